"""Values that a JSON Schema allows, and values that it does not."""

import re
from collections.abc import Iterator
from typing import Any

from ..contract import types_of

Schema = dict[str, Any]

# A limit above this is no limit that a test could pass.
LONGEST = 1_000_000
TOO_MANY = "too many"

_OTHER_TYPES: dict[str, list[Any]] = {
    "string": [7, True, [], {}],
    # A text of exactly an integer is one: see Model.
    "integer": [*("seven", "1.5", " 1", "0x1", "1e3", "01", "+1", ""), 1.5, True, [], {}, 10**400],
    "number": ["seven", True, [], {}],
    "boolean": ["perhaps", 1, [], {}],
    "array": ["text", 7, {}],
    "object": ["text", 7, []],
}


def _type_of(value: Any) -> str:
    """JSON's type of a value."""
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return kinds.get(type(value), "object")


def sample(schema: Schema) -> Any:
    """A value that the schema allows: its own example, default or first choice, else the smallest
    of its type. A `pattern` is only kept by an example.
    """
    for name in ("examples", "enum"):
        if schema.get(name):
            return schema[name][0]
    for name in ("example", "default", "const"):
        if name in schema:
            return schema[name]
    for name in ("anyOf", "oneOf"):
        if schema.get(name):
            return sample(schema[name][0])
    kind = next(iter(types_of(schema)), "string")
    match kind:
        case "integer" | "number":
            above = schema.get("exclusiveMinimum")
            return schema.get("minimum", 0) if above is None else above + 1
        case "boolean":
            return True
        case "array":
            return [sample(schema.get("items", {}))] * schema.get("minItems", 0)
        case "object":
            members = schema.get("properties", {})
            return {name: sample(members[name]) for name in schema.get("required", [])}
        case _:
            return "x" * max(schema.get("minLength", 1), 1)


def edge_values(schema: Schema) -> Iterator[tuple[str, Any]]:
    """The values at the limits that the schema has, each with a name."""
    for name in ("minimum", "maximum"):
        if name in schema:
            yield name, schema[name]
    for name in ("minLength", "maxLength"):
        text = "x" * min(schema.get(name, LONGEST), LONGEST)
        if name in schema and re.search(schema.get("pattern", ""), text):
            yield name, text
    for name in ("minItems", "maxItems"):
        if schema.get(name, LONGEST) < LONGEST and not schema.get("uniqueItems"):
            yield name, [sample(schema.get("items", {}))] * schema[name]


def bad_values(schema: Schema) -> Iterator[tuple[str, Any]]:
    """Values that the schema does not allow, each with a name."""
    named = types_of(schema)
    for kind in named[:1]:
        for value in _OTHER_TYPES.get(kind, []):
            if _type_of(value) in named:
                continue
            yield f"{value!r:.20} instead of {kind}", value
    if schema.get("minLength", 0) > 0:
        yield "empty", ""
    if schema.get("maxLength", LONGEST) < LONGEST:
        yield "too long", "x" * (schema["maxLength"] + 1)
    if "minimum" in schema:
        yield "too small", schema["minimum"] - 1
    if "maximum" in schema:
        yield "too large", schema["maximum"] + 1
    if "enum" in schema:
        yield "no choice", "none of these"
    if schema.get("maxItems", LONGEST) < LONGEST:
        yield TOO_MANY, [sample(schema.get("items", {}))] * (schema["maxItems"] + 1)
