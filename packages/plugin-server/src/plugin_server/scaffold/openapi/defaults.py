"""The default of a value, where it fits the value's own schema."""

import json
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import SchemaError

from .annotations import BOUNDS, LENGTHS, SIZES

Schema = dict[str, Any]

KINDS: dict[str, tuple[Any, dict[str, str]]] = {
    "string": (str, LENGTHS),
    "integer": (int, {**BOUNDS, "multipleOf": "multiple_of"}),
    "number": (float, {**BOUNDS, "multipleOf": "multiple_of"}),
    "boolean": (bool, {}),
    "array": (list[Any], SIZES),
    "null": (None, {}),
}
# What says more than is compared here.
UNREAD = {"$ref", "allOf", "not", "if", "contains", "prefixItems"}


def default_of(schema: Schema) -> Any:
    """The default; None where there is none, where it does not fit, and where that cannot be told,
    as with objects.
    """
    value = schema.get("default")
    return value if value is not None and _fits(schema, value) else None


def _fits(schema: Any, value: Any) -> bool:
    if not isinstance(schema, dict) or schema.keys() & UNREAD:
        return schema is True
    fitting = {
        name: sum(_fits(each, value) for each in schema.get(name, ()))
        for name in ("anyOf", "oneOf")
    }
    if ("anyOf" in schema and not fitting["anyOf"]) or (
        "oneOf" in schema and fitting["oneOf"] != 1
    ):
        return False
    choices = schema["enum"] if "enum" in schema else [schema["const"]] if "const" in schema else []
    if choices and json.dumps(value) not in map(json.dumps, choices):
        return False
    kinds = schema.get("type", list(KINDS))
    return any(
        _is_of_kind(schema, kind, value) for kind in ([kinds] if isinstance(kinds, str) else kinds)
    )


def _is_of_kind(schema: Schema, kind: str, value: Any) -> bool:
    if kind not in KINDS:
        return False
    annotation, limits = KINDS[kind]
    said = {called: schema[name] for name, called in limits.items() if name in schema}
    limited: Any = Annotated[annotation, Field(**said)]
    try:
        TypeAdapter(limited).validate_json(json.dumps(value), strict=True)
    except (ValidationError, SchemaError):
        return False
    return kind != "array" or _are_elements(schema, value)


def _are_elements(schema: Schema, values: list[Any]) -> bool:
    is_unique = len(set(map(json.dumps, values))) == len(values)
    return (is_unique or schema.get("uniqueItems") is not True) and all(
        _fits(schema.get("items", True), each) for each in values
    )
