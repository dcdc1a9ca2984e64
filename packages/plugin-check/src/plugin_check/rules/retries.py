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
TELLING = ("id", "ids", "key", "revision", "version", "etag", "uuid", "token")
TELLING_HEADERS = ("idempotency-key", "if-match")

# The extension that says what MCP's tool annotations say, and those of them after which a repeated
# call does no harm.
ANNOTATIONS = "x-mcp-annotations"
HARMLESS = ("readOnlyHint", "idempotentHint")

GRAVE = frozenset(("buy", "delete", "pay", "publish", "remove", "send", "transfer"))

# Words of an operationId: deleteAll, delete_all, delete-all.
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


@rule(
    "S09", "contract", "a DELETE can be sent without a body", "OAS", plugin=WARNING, actions=WARNING
)
def delete_without_body(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Hosts and load balancers may drop the body of a DELETE.

    It is enough that the query or the path can carry what the body must have, one `id` of its `ids`
    too; of a body that need not have anything, something.
    """
    contract = plugin.contract or SourceDocument("")
    for operation in operations(contract):
        if operation.method != "delete" or operation.body is None:
            continue
        if operation.body.value.get("required") is not True:
            continue
        needed = set(map(_singular, _required_names(contract, operation.body)))
        offered = set(map(_singular, _property_names(contract, operation.body)))
        given = {
            _singular(str(part.value.get("name")))
            for part in operation.parameters
            if part.value.get("in") in ("query", "path")
        }
        if not needed <= given or given.isdisjoint(needed | offered):
            yield contract.violation(
                f"{operation.pointer}/requestBody",
                f"{shown(operation.name)} is a DELETE that needs a body, which hosts may drop.",
                "Let query parameters of the same names do instead, or put them into the path.",
            )


@rule(
    "S10",
    "contract",
    f"what deletes, overwrites, sends or pays is not marked {CONSEQUENTIAL}: false",
    "GS",
    plugin=WARNING,
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
    "a write has an id, a key or a revision, so that a repeated call does no harm",
    "PR",
    plugin=WARNING,
)
def repeatable_writes(plugin: PluginSnapshot) -> Iterator[Violation]:
    """A host may repeat a failing call up to 10 times. An index tells no repeated call."""
    contract = plugin.contract or SourceDocument("")
    for operation in operations(contract):
        if operation.method not in NOT_IDEMPOTENT or _is_harmless(operation):
            continue
        if not _detects_repeats(contract, operation):
            yield contract.violation(
                operation.pointer,
                f"{shown(operation.name)} cannot tell a repeated call from a new one.",
                "Take an id, a key or a revision with it: hosts repeat calls that seem to fail.",
            )


def _is_harmless(operation: Operation) -> bool:
    annotations = operation.value.get(ANNOTATIONS)
    return isinstance(annotations, dict) and any(annotations.get(hint) is True for hint in HARMLESS)


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


def _singular(name: str) -> str:
    return f"{name[:-3]}id" if name.endswith("ids") else name


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
