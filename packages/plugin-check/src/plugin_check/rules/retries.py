"""A host may repeat a call, and must know which calls to ask its user about first."""

import re
from collections.abc import Iterator

from guarded_fetch.words import shown

from ..contract import Operation, Part, follow, media, operations
from ..plugin import PluginSnapshot, SourceDocument
from ..report import Violation
from ..rule import WARNING, rule

CONSEQUENTIAL = "x-openai-isConsequential"

# A PUT that comes twice leaves what it left the first time (RFC 9110 section 9.2.2). A DELETE
# should, but deletes another entry when it names it by an index.
NOT_IDEMPOTENT = ("post", "delete", "patch")

# What tells a repeated call from a new one, as the end of a parameter's name.
TELLING = ("id", "key", "revision", "version", "etag", "uuid", "token")
TELLING_HEADERS = ("idempotency-key", "if-match")

GRAVE = frozenset(("buy", "delete", "pay", "publish", "remove", "send", "transfer"))

# Words of an operationId: deleteAll, delete_all, delete-all.
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


@rule(
    "S09",
    "contract",
    WARNING,
    ("plugin", "actions"),
    "a DELETE can be sent without a body",
    "OAS",
)
def delete_without_body(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Hosts and load balancers may drop the body of a DELETE.

    It is enough that the query or the path can carry what the body must have.
    """
    contract = plugin.contract or SourceDocument("")
    for operation in operations(contract):
        if operation.method != "delete" or operation.body is None:
            continue
        if operation.body.value.get("required") is not True:
            continue
        needed = _required_names(contract, operation.body)
        given = {
            part.value.get("name")
            for part in operation.parameters
            if part.value.get("in") in ("query", "path") and isinstance(part.value.get("name"), str)
        }
        if not needed or not needed <= given:
            yield contract.violation(
                f"{operation.pointer}/requestBody",
                f"{shown(operation.name)} is a DELETE that needs a body, which hosts may drop.",
                "Let query parameters of the same names do instead, or put them into the path.",
            )


@rule(
    "S10",
    "contract",
    WARNING,
    ("plugin",),
    f"what deletes, overwrites, sends or pays is not marked {CONSEQUENTIAL}: false",
    "GS",
)
def confirmed(plugin: PluginSnapshot) -> Iterator[Violation]:
    """DELETE, PUT and PATCH, and a POST whose operationId or summary has a word of GRAVE."""
    contract = plugin.contract or SourceDocument("")
    for operation in operations(contract):
        if operation.value.get(CONSEQUENTIAL) is not False:
            continue
        if operation.method in ("delete", "put", "patch") or (
            operation.method == "post" and _is_consequential(operation)
        ):
            yield contract.violation(
                f"{operation.pointer}/{CONSEQUENTIAL}",
                f"{shown(operation.name)} is marked as without consequences: "
                "no host would ask its user first.",
                f"Write `{CONSEQUENTIAL}: true`.",
            )


@rule(
    "T08",
    "contract",
    WARNING,
    ("plugin",),
    "a write has an id, a key or a revision, so that a repeated call does no harm",
    "PR",
)
def repeatable_writes(plugin: PluginSnapshot) -> Iterator[Violation]:
    """A host may repeat a failing call up to 10 times. An index tells no repeated call."""
    contract = plugin.contract or SourceDocument("")
    for operation in operations(contract):
        if operation.method in NOT_IDEMPOTENT and not _detects_repeats(contract, operation):
            yield contract.violation(
                operation.pointer,
                f"{shown(operation.name)} cannot tell a repeated call from a new one.",
                "Take an id, a key or a revision with it: hosts repeat calls that seem to fail.",
            )


def _detects_repeats(contract: SourceDocument, operation: Operation) -> bool:
    for part in operation.parameters:
        name = str(part.value.get("name")).lower()
        if name.endswith(TELLING) or (part.value.get("in") == "header" and name in TELLING_HEADERS):
            return True
    names = _property_names(contract, operation.body) if operation.body else ()
    return any(name.lower().endswith(TELLING) for name in names)


def _property_names(contract: SourceDocument, body: Part) -> Iterator[str]:
    for schema in _schemas(contract, body):
        properties = schema.value.get("properties")
        if isinstance(properties, dict):
            yield from map(str, properties)


def _required_names(contract: SourceDocument, body: Part) -> set[str]:
    names: set[str] = set()
    for schema in _schemas(contract, body):
        required = schema.value.get("required")
        if isinstance(required, list):
            names.update(name for name in required if isinstance(name, str))
    return names


def _schemas(contract: SourceDocument, body: Part) -> Iterator[Part]:
    """The body's own schemas and what they are composed of, one step deep."""
    for _, each in media(body):
        schema = follow(contract, each.value.get("schema"))
        yield Part(f"{each.pointer}/schema", schema)
        for key in ("allOf", "anyOf", "oneOf"):
            listed = schema.get(key)
            for part in listed if isinstance(listed, list) else ():
                yield Part(f"{each.pointer}/schema/{key}", follow(contract, part))


def _is_consequential(operation: Operation) -> bool:
    texts = (operation.value.get("operationId"), operation.value.get("summary"))
    words = {
        word.lower() for text in texts if isinstance(text, str) for word in WORD.findall(text[:500])
    }
    return bool(words & GRAVE)
