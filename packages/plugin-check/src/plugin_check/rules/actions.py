"""What GPT Actions want of a contract besides: one way to sign in, text only, no headers."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from guarded_fetch.words import shown

from ..contract import WRITING, Operation, Part, escape, follow, media, operations
from ..plugin import PluginSnapshot, SourceDocument
from ..report import Violation
from ..rule import ERROR, WARNING, rule
from ..walk import all_parameters, bodies, media_schemas, successes
from .retries import CONSEQUENTIAL

NOT_TEXT = ("image/", "audio/", "video/", "font/", "multipart/")
NOT_TEXT_TYPES = ("application/octet-stream", "application/pdf", "application/zip")
FILES_SENT, FILES_ANSWERED = "openaiFileIdRefs", "openaiFileResponse"


@rule(
    "G01",
    "contract",
    "there is one way to sign in; open operations have `security: []`",
    "AC",
    actions=ERROR,
)
def one_way_to_sign_in(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Open operations do not count."""
    contract = plugin.contract or SourceDocument("")
    used: str | None = None
    reported: set[str] = set()
    for operation in operations(contract):
        own = "security" in operation.value
        pointer = f"{operation.pointer}/security" if own else "/security"
        required = (operation.value if own else contract.top).get("security")
        if not isinstance(required, list) or not required or pointer in reported:
            continue
        reported.add(pointer)
        names = [str(name) for each in required if isinstance(each, dict) for name in each]
        if len(required) > 1:
            yield contract.violation(
                pointer,
                "There is a choice of ways to sign in.",
                "Leave one: an action signs in in one way. What is open has `security: []`.",
            )
        elif others := sorted({*names, used or names[0]} - {names[0]} if names else ()):
            yield contract.violation(
                pointer,
                f"{shown(names[0])} is needed here, and {shown(others[0])} here too or elsewhere.",
                "Use one security scheme in the whole contract, or split it into two actions.",
            )
        used = used or (names[0] if names else None)


@rule(
    "G03",
    "contract",
    f"writes say {CONSEQUENTIAL}, and a DELETE says that it is",
    "AC",
    actions=WARNING,
)
def consequences(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Left out it means false for GET and true for all else."""
    contract = plugin.contract or SourceDocument("")
    for operation in operations(contract):
        said = operation.value.get(CONSEQUENTIAL)
        if operation.method == "delete" and said is not True:
            yield contract.violation(
                operation.pointer,
                f"{shown(operation.name)} deletes and does not say `{CONSEQUENTIAL}: true`.",
                "Say so: then the user is asked every time.",
            )
        elif operation.method in WRITING and not isinstance(said, bool):
            yield contract.violation(
                operation.pointer,
                f"{shown(operation.name)} writes and does not say {CONSEQUENTIAL}.",
                f"Write `{CONSEQUENTIAL}: true` to have the user asked every time, "
                "`false` to let them always allow it.",
            )


@rule("G04", "contract", "no parameter is a header", "AC", actions=ERROR)
def no_headers(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Custom headers are not sent."""
    contract = plugin.contract or SourceDocument("")
    for part in all_parameters(contract):
        if part.value.get("in") == "header":
            yield contract.violation(
                part.pointer,
                f"The parameter {shown(part.value.get('name'))} is a header, which is never sent.",
                "Let the query or the body carry it.",
            )


@rule(
    "G05",
    "contract",
    f"requests and answers are text; files go through {FILES_SENT} and {FILES_ANSWERED}",
    "AC",
    "SF",
    actions=ERROR,
)
def text_only(plugin: PluginSnapshot) -> Iterator[Violation]:
    """How many files there are, and how large, shows only in a call."""
    contract = plugin.contract or SourceDocument("")
    seen: set[int] = set()
    for operation in operations(contract):
        for part in bodies(operation):
            for kind, each in media(part):
                if _is_binary(kind):
                    yield contract.violation(
                        each.pointer,
                        f"{shown(kind)} is not text, and only text is sent.",
                        f"Send JSON, and files through {FILES_SENT} and {FILES_ANSWERED}.",
                    )
            for schema in media_schemas(contract, part, seen):
                if schema.value.get("format") == "binary":
                    yield contract.violation(
                        f"{schema.pointer}/format",
                        "A binary value is not text, and only text is sent.",
                        f"Send files through {FILES_SENT} and {FILES_ANSWERED}.",
                    )
        yield from _files(contract, operation)


def _is_binary(kind: str) -> bool:
    name = kind.partition(";")[0].strip().lower()
    return name.startswith(NOT_TEXT) or name in NOT_TEXT_TYPES


def _files(contract: SourceDocument, operation: Operation) -> Iterator[Violation]:
    sent = [part for part in operation.parameters if part.value.get("name") == FILES_SENT]
    if operation.body is not None:
        sent += _properties(contract, operation.body, FILES_SENT)
    for part in sent:
        if operation.method != "post":
            yield contract.violation(
                part.pointer,
                f"{shown(operation.name)} takes {FILES_SENT}, but is no POST.",
                "Take files in the body of a POST.",
            )
        elif not _is_list(part.value):
            yield _no_list(contract, part, FILES_SENT)
    for answer in successes(operation):
        for part in _properties(contract, answer, FILES_ANSWERED):
            if not _is_list(part.value):
                yield _no_list(contract, part, FILES_ANSWERED)


def _no_list(contract: SourceDocument, part: Part, name: str) -> Violation:
    return contract.violation(
        part.pointer, f"{name} is not a list.", "Write `type: array`, of at most 10 files."
    )


def _properties(contract: SourceDocument, part: Part, name: str) -> Iterator[Part]:
    """The property of that name in what a body or an answer holds."""
    for _, each in media(part):
        properties = follow(contract, each.value.get("schema")).get("properties")
        if isinstance(properties, dict) and name in properties:
            found = follow(contract, properties[name])
            yield Part(f"{each.pointer}/schema/properties/{name}", found)


def _is_list(schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    return kind == "array" or (isinstance(kind, list) and "array" in kind)


def state_violations(plugin: PluginSnapshot) -> Iterator[Violation]:
    """What G02 can see in the documents: OAuth that cannot carry a `state` of the host's own.

    It is fixed in an address already, or the flow has no address to send the user to.
    """
    contract, manifest = (
        plugin.contract or SourceDocument(""),
        plugin.manifest or SourceDocument(""),
    )
    for document, pointer, address in _authorization_addresses(contract, manifest):
        if _has_state(address):
            yield document.violation(
                pointer,
                f"The address {shown(address)} has a `state` of its own already.",
                "Leave it out: the host adds one, and checks that it comes back.",
            )
    for pointer, flows in _flows(contract):
        names = [str(name) for name in flows if not str(name).startswith("x-")]
        if names and "authorizationCode" not in names:
            yield contract.violation(
                pointer,
                f"The OAuth flow {shown(names[0])} has no `state` that the host could check.",
                "Offer the flow authorizationCode.",
            )


def _authorization_addresses(
    contract: SourceDocument, manifest: SourceDocument
) -> Iterator[tuple[SourceDocument, str, str]]:
    for name in ("client_url", "authorization_url"):
        address = manifest.text("auth", name)
        if address is not None and manifest.text("auth", "type") == "oauth":
            yield manifest, f"/auth/{name}", address
    for pointer, flows in _flows(contract):
        for name, flow in flows.items():
            address = flow.get("authorizationUrl") if isinstance(flow, dict) else None
            if isinstance(address, str):
                yield contract, f"{pointer}/{name}/authorizationUrl", address


def _flows(contract: SourceDocument) -> Iterator[tuple[str, Mapping[str, Any]]]:
    components = contract.top.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    for name, scheme in schemes.items() if isinstance(schemes, dict) else ():
        followed = follow(contract, scheme)
        flows = followed.get("flows")
        if followed.get("type") == "oauth2" and isinstance(flows, dict):
            yield f"/components/securitySchemes/{escape(str(name))}/flows", flows


def _has_state(address: str) -> bool:
    try:
        query = parse_qsl(urlsplit(address).query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return False
    return any(name == "state" for name, _ in query)
