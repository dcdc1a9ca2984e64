"""The contract says what the hosts need to know of each operation."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from guarded_fetch.words import shown

from ..approved import CONTRACTS, Share
from ..contract import Operation, operations
from ..plugin import PluginSnapshot, SourceDocument
from ..report import Violation
from ..rule import ERROR, WARNING, rule
from ..walk import all_parameters, bodies, media_schemas

NO_SERVERS = Share(17, CONTRACTS, "no servers")
NO_DESCRIPTION = Share(16, CONTRACTS, "no info.description")

ANSWERING = ("get", "post", "put", "patch", "delete")
COMPOSED = ("allOf", "anyOf", "oneOf")
# A part that may add no more than `required` to what the others list.
ADDED = re.compile(r"/allOf/[0-9]+$")
OPERATION_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@rule(
    "S02",
    "contract",
    "info has title, description and version; servers and paths are not empty",
    "GS",
    plugin=(WARNING, ERROR),
    actions=(ERROR, WARNING),
    reasons={
        "plugin": "the installer read over it",
        "actions": "strict readers refuse it, and an Action calls the address of servers[0]",
    },
    shares=(NO_SERVERS, NO_DESCRIPTION),
)
def introduction(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Only what is missing or empty; what has a wrong type is S01's.

    No specification asks for a description, and without a path there is nothing to call.
    """
    contract = plugin.contract
    if contract is None or not isinstance(contract.value, dict):
        return
    info = contract.top.get("info", {})
    for name in ("title", "description", "version"):
        text = info.get(name, "") if isinstance(info, dict) else None
        if isinstance(text, str) and not text.strip():
            yield contract.violation(
                f"/info/{name}",
                f"The contract has no info.{name}.",
                f"Write one under `info`: hosts show the model what the {name} says.",
                WARNING if name == "description" else None,
                NO_DESCRIPTION if name == "description" else None,
            )
    if contract.top.get("servers", ()) in ((), [], {}):
        message, repair = '"servers" is missing or empty.', "Write the URL of your API there."
        yield contract.violation("/servers", message, repair, share=NO_SERVERS)
    if contract.top.get("paths", ()) in ((), [], {}):
        message, repair = '"paths" is missing or empty.', "Write at least one path there."
        yield contract.violation("/paths", message, repair, ERROR)


@rule(
    "S03",
    "contract",
    "each operation has an operationId of its own, which fits ^[a-zA-Z0-9_-]{1,64}$",
    "editor",
    "Dify",
    plugin=(WARNING, ERROR),
    actions=ERROR,
    reasons={
        "plugin": "the installer took other names too: approved plugins have them",
        "actions": "the GPT editor makes it the name of a function",
    },
)
def operation_ids(plugin: PluginSnapshot) -> Iterator[Violation]:
    """A name that is no string is S01's."""
    contract = plugin.contract or SourceDocument("")
    first: dict[str, str] = {}
    for operation in operations(contract):
        name = operation.value.get("operationId")
        where = f"{operation.method.upper()} {shown(operation.path)}"
        if name is None:
            yield contract.violation(
                operation.pointer,
                f"{where} has no operationId.",
                "Give it one, such as getTodos: hosts call the operation by it.",
                ERROR,
            )
        elif not isinstance(name, str):
            continue
        elif not OPERATION_ID.fullmatch(name):
            yield contract.violation(
                f"{operation.pointer}/operationId",
                f"The operationId {shown(name)} cannot be a function's name.",
                "Write 1 to 64 of the letters a-z and A-Z, digits, _ and -.",
            )
        elif name in first:
            yield contract.violation(
                f"{operation.pointer}/operationId",
                f"{where} has the operationId {shown(name)}, which {first[name]} has already.",
                "Give each operation an operationId of its own.",
                ERROR,
            )
        else:
            first[name] = where


@rule(
    "S04",
    "contract",
    "path parameters are required; each operation and each parameter is described",
    "OAS",
    "GS",
    plugin=WARNING,
    actions=(ERROR, WARNING),
    reasons={
        "plugin": "the installer read over such a slip",
        "actions": "strict readers refuse it, as FastMCP and Semantic Kernel do",
    },
)
def descriptions(plugin: PluginSnapshot) -> Iterator[Violation]:
    """A missing description is only a warning.

    A parameter with neither schema nor content is no OpenAPI, which is S01's.
    """
    contract = plugin.contract or SourceDocument("")
    for part in all_parameters(contract):
        required = part.value.get("required")
        if part.value.get("in") == "path" and required is not True:
            yield contract.violation(
                part.pointer if required is None else f"{part.pointer}/required",
                f"The path parameter {shown(part.value.get('name'))} is not required.",
                "Write `required: true`: without it there would be another path.",
            )
    for operation in operations(contract):
        if not any(_has_text(operation.value, key) for key in ("summary", "description")):
            yield contract.violation(
                operation.pointer,
                f"{shown(operation.name)} has neither a summary nor a description.",
                "Say in a sentence what it does: the model chooses by it.",
                WARNING,
            )
    for part in all_parameters(contract):
        if part.value and not _has_text(part.value, "description"):
            yield contract.violation(
                part.pointer,
                f"The parameter {shown(part.value.get('name'))} has no description.",
                "Say in a sentence what the model is to put there.",
                WARNING,
            )


@rule(
    "S05",
    "contract",
    "object schemas list their properties, and answers declare their content",
    "editor",
    plugin=WARNING,
    actions=WARNING,
)
def properties(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Of request bodies and of answers that report success."""
    contract = plugin.contract or SourceDocument("")
    seen: set[int] = set()
    for operation in operations(contract):
        for part in bodies(operation):
            for schema in media_schemas(contract, part, seen):
                if _lists_nothing(schema.value) and not ADDED.search(schema.pointer):
                    yield contract.violation(
                        schema.pointer,
                        "This object schema lists no properties: nothing says what is in it.",
                        "List them under `properties`, or describe the values of all keys under "
                        "`additionalProperties`.",
                    )
        yield from _answers_without_content(contract, operation)


def _answers_without_content(contract: SourceDocument, operation: Operation) -> Iterator[Violation]:
    for status in ("200", "201", "202"):
        answer = operation.responses.get(status)
        if answer is None or operation.method not in ANSWERING or "content" in answer.value:
            continue
        if answer.value or not _given_by_reference(operation, status):
            yield contract.violation(
                answer.pointer,
                f"The answer {status} of {shown(operation.name)} declares no content.",
                "Say under `content` what comes back, or answer 204.",
            )


def _given_by_reference(operation: Operation, status: str) -> bool:
    written = operation.value.get("responses", {}).get(status)
    return isinstance(written, dict) and "$ref" in written


def _lists_nothing(schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    if kind != "object" and not (isinstance(kind, list) and "object" in kind):
        return False
    return not any(
        isinstance(schema.get(key), dict | list)
        for key in ("properties", "additionalProperties", "patternProperties", *COMPOSED)
    )


def _has_text(holder: Mapping[str, Any], key: str) -> bool:
    text = holder.get(key)
    return isinstance(text, str) and bool(text.strip())
