"""Traversals of a contract. They end, whatever is in it: each object is visited once."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from .contract import (
    REFERENCES_FOLLOWED,
    Operation,
    Part,
    escape,
    lookup,
    media,
    operations,
)
from .plugin import SourceDocument

# Deeper schemas are left alone.
DEPTH = 10

# Below these keys are values of the author's own, in which "$ref" is a name like another.
LITERAL = ("example", "examples", "default", "enum", "const", "mapping")

# Below these keys are objects whose own keys are names of the author's.
NAMED = (
    "$defs",
    "callbacks",
    "content",
    "definitions",
    "dependentSchemas",
    "encoding",
    "headers",
    "links",
    "parameters",
    "pathItems",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "securitySchemes",
    "variables",
    "webhooks",
)

INNER = ("items", "additionalProperties", "not", "contains", "propertyNames")
INNER_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")


class Reference(NamedTuple):
    """A `$ref`: the JSON pointer of the object that is given by it, and what it says."""

    pointer: str
    target: str

    @property
    def remote(self) -> bool:
        return not self.target.startswith("#")


def references(value: Any, pointer: str = "") -> Iterator[Reference]:
    """Every `$ref` in a document or a part of it, in no particular order of depth."""
    waiting: list[tuple[Any, str, bool]] = [(value, pointer, False)]
    seen: set[int] = set()
    while waiting:
        each, place, named = waiting.pop()
        if not isinstance(each, dict | list) or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, list):
            waiting += [(inner, f"{place}/{index}", False) for index, inner in enumerate(each)]
            continue
        target = each.get("$ref")
        if isinstance(target, str) and not named:
            yield Reference(place, target)
        for key, inner in reversed(each.items()):
            name = str(key)
            if named or not (name in LITERAL or name.startswith("x-")):
                waiting.append((inner, f"{place}/{escape(name)}", not named and name in NAMED))


def anchors(value: Any) -> set[str]:
    """The names that JSON Schema's `$anchor` gives to parts of a document."""
    waiting, seen, found = [value], set[int](), set[str]()
    while waiting:
        each = waiting.pop()
        if not isinstance(each, dict | list) or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, dict):
            names = (each.get("$anchor"), each.get("$dynamicAnchor"))
            found.update(name for name in names if isinstance(name, str))
            waiting += each.values()
        else:
            waiting += each
    return found


def schemas(contract: SourceDocument, start: Part, seen: set[int]) -> Iterator[Part]:
    """A schema and those inside it, local references followed, to a depth of DEPTH.

    `seen` holds what was visited before and is added to, so that what many share is given once.
    A schema reached by a reference is given with the pointer to where it is written.
    """
    waiting: list[tuple[Any, str, int]] = [(start.value, start.pointer, 0)]
    while waiting:
        value, pointer, depth = waiting.pop()
        value, pointer = _written(contract, value, pointer)
        if not isinstance(value, dict) or id(value) in seen or depth > DEPTH:
            continue
        seen.add(id(value))
        yield Part(pointer, value)
        waiting += [(inner, place, depth + 1) for place, inner in _inner(value, pointer)]


def media_schemas(contract: SourceDocument, part: Part, seen: set[int]) -> Iterator[Part]:
    """The schemas of everything that a body or an answer may hold."""
    for _, each in media(part):
        schema = each.value.get("schema")
        if isinstance(schema, dict):
            yield from schemas(contract, Part(f"{each.pointer}/schema", schema), seen)


def request_schemas(contract: SourceDocument) -> Iterator[Part]:
    """The schemas of all parameters and request bodies, each once."""
    seen: set[int] = set()
    for operation in operations(contract):
        for part in operation.parameters:
            schema = part.value.get("schema")
            if isinstance(schema, dict):
                yield from schemas(contract, Part(f"{part.pointer}/schema", schema), seen)
            yield from media_schemas(contract, part, seen)
        if operation.body is not None:
            yield from media_schemas(contract, operation.body, seen)


def bodies(operation: Operation) -> Iterator[Part]:
    """The request body, and the answers that report success."""
    if operation.body is not None:
        yield operation.body
    yield from successes(operation)


def successes(operation: Operation) -> Iterator[Part]:
    """The answers that report success."""
    for status, answer in operation.responses.items():
        if status.startswith("2"):
            yield answer


def all_parameters(contract: SourceDocument) -> Iterator[Part]:
    """Every parameter of every operation, those of a path once."""
    seen: set[str] = set()
    for operation in operations(contract):
        for part in operation.parameters:
            if part.pointer not in seen:
                seen.add(part.pointer)
                yield part


def _written(contract: SourceDocument, value: Any, pointer: str) -> tuple[Any, str]:
    for _ in range(REFERENCES_FOLLOWED):
        target = value.get("$ref") if isinstance(value, dict) else None
        if not isinstance(target, str):
            return value, pointer
        value, pointer = lookup(contract, target), unquote(target.removeprefix("#"))
    return None, pointer


def _inner(schema: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, Any]]:
    properties = schema.get("properties")
    if isinstance(properties, dict):
        for name, each in properties.items():
            yield f"{pointer}/properties/{escape(str(name))}", each
    for key in INNER:
        if key in schema:
            yield f"{pointer}/{key}", schema[key]
    for key in INNER_LISTS:
        listed = schema.get(key)
        if isinstance(listed, list):
            for index, each in enumerate(listed):
                yield f"{pointer}/{key}/{index}", each
