"""A schema as OpenAPI 3.1 has it, without what hosts and engines refuse."""

import math
import re
from typing import Annotated, Any

from pydantic import Field, TypeAdapter
from pydantic_core import SchemaError

from ...contract import make_bounds_numbers
from .changes import Changes

Schema = dict[str, Any]

TYPES = {"string", "integer", "number", "boolean", "array", "object", "null"}
COMPOSED = ("allOf", "anyOf", "oneOf")
LISTS = (*COMPOSED, "prefixItems")
NAMED = ("properties", "patternProperties", "dependentSchemas", "$defs")
SINGLE = ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames")
COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
DROPPED = {
    *("xml", "externalDocs", "discriminator", "nullable", "examples", "$id", "$schema"),
    *("$anchor", "$comment", "$dynamicRef", "$dynamicAnchor", "$vocabulary"),
}
TEXTS = ("description", "title", "example", "default")
# What some engine of regular expressions refuses: rule S11 of plugin-check.
_REFUSED = re.compile(
    r"\(\?[^:]|\\[1-9kpPuUAzZ0]|\\[^\^$\\.*+?()\[\]{}|/dDsSwWbBfnrtvx-]"
    r"|\[[^\]\\]*\[|\{[0-9]*,?[0-9]{4,}"
)


def cleaned(schema: Any, changes: Changes, place: str) -> Any:
    """The schema, and all in it. References stay."""
    if not isinstance(schema, dict):
        return schema if isinstance(schema, bool) else {}
    found = {
        name: value
        for name, value in schema.items()
        if name not in DROPPED and not name.startswith("x-")
    }
    make_bounds_numbers(found)
    if (schema.keys() - found.keys()) - {"nullable"}:
        changes.note("members that no host reads are left out of a schema", place)
    before = set(found)
    _repair(found)
    if before - found.keys():
        changes.note("members that are no schema are left out", place)
    if "pattern" in found and not _is_pattern(found["pattern"]):
        del found["pattern"]
        changes.note("a pattern is left out, because not every engine takes it", place)
    if "patternProperties" in found and not all(map(_is_pattern, found["patternProperties"])):
        del found["patternProperties"]
        changes.note("a pattern is left out, because not every engine takes it", place)
    for name in LISTS:
        if name in found:
            found[name] = [cleaned(each, changes, place) for each in found[name]]
    for name in NAMED:
        if name in found:
            found[name] = {key: cleaned(each, changes, place) for key, each in found[name].items()}
    for name in SINGLE:
        if name in found:
            found[name] = cleaned(found[name], changes, place)
    found = _merged(found)
    if _lists_nothing(found):
        found["additionalProperties"] = {}
    return _nullable(found) if schema.get("nullable") is True else found


def _repair(schema: Schema) -> None:
    """Leave out what is no schema: hosts read over it, or refuse the whole."""
    kinds = schema.get("type")
    named = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    known = [each for each in named if isinstance(each, str) and each in TYPES]
    if "type" in schema:
        if known:
            schema["type"] = known[0] if len(known) == 1 else known
        else:
            del schema["type"]
    wrong = [name for name in LISTS if not _is_list_of_schemas(schema.get(name, [{}]))]
    wrong += [name for name in NAMED if not isinstance(schema.get(name, {}), dict)]
    wrong += [name for name in SINGLE if not isinstance(schema.get(name, {}), dict | bool)]
    if not schema.get("enum", [0]):
        wrong.append("enum")
    for name in ("required", "enum"):
        if not isinstance(schema.get(name, []), list):
            wrong.append(name)
    wrong += [
        name for name in ("description", "title") if not isinstance(schema.get(name, ""), str)
    ]
    wrong += [name for name in COUNTS if not _is_number(schema.get(name, 0), is_count=True)]
    wrong += [name for name in BOUNDS if not _is_number(schema.get(name, 0), is_count=False)]
    for name in set(wrong):
        schema.pop(name, None)
    if "properties" in schema and "type" not in schema and not any(map(schema.get, COMPOSED)):
        schema["type"] = "object"
    if "items" in schema and "type" not in schema:
        schema["type"] = "array"
    if schema.get("type") == "array":
        schema.setdefault("items", {})


def _is_number(value: Any, *, is_count: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) and value >= 0 if is_count else math.isfinite(value)


def _is_list_of_schemas(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _is_pattern(pattern: Any) -> bool:
    if not isinstance(pattern, str) or _REFUSED.search(pattern):
        return False
    try:
        re.compile(pattern)
        TypeAdapter(Annotated[str, Field(pattern=pattern)])
    except (re.error, SchemaError, OverflowError, RecursionError):
        return False
    return True


def _merged(schema: Schema) -> Schema:
    """An object that is written in parts, `allOf`, as one, where they do not contradict."""
    parts = schema.get("allOf")
    if not parts or any("$ref" in each or any(map(each.get, COMPOSED)) for each in parts):
        return schema
    whole = {name: value for name, value in schema.items() if name != "allOf"}
    for part in parts:
        for name, value in part.items():
            if name == "properties":
                whole[name] = {**value, **whole.get(name, {})}
            elif name == "required":
                whole[name] = list(dict.fromkeys([*whole.get(name, []), *value]))
            elif name in TEXTS or (name == "additionalProperties" and value is not False):
                whole.setdefault(name, value)
            elif name == "additionalProperties" or whole.get(name, value) == value:
                whole[name] = value
            else:
                return schema
    if whole.get("additionalProperties") is False:
        del whole["additionalProperties"]
    return whole


def _lists_nothing(schema: Schema) -> bool:
    members = ("properties", "additionalProperties", "patternProperties", *COMPOSED)
    return schema.get("type") == "object" and not any(
        isinstance(schema.get(name), dict | list) for name in members
    )


def _nullable(schema: Schema) -> Schema:
    """3.0 says `nullable`, 3.1 names the type null."""
    if "enum" in schema and None not in schema["enum"]:
        schema = {**schema, "enum": [*schema["enum"], None]}
    kinds = schema.get("type")
    if kinds is None:
        if not schema.keys() & {"$ref", *COMPOSED}:
            return schema
        return {"anyOf": [schema, {"type": "null"}]}
    listed = [kinds] if isinstance(kinds, str) else kinds
    return {**schema, "type": [*listed, *(["null"] if "null" not in listed else [])]}


def shortened(text: Any, characters: int) -> str:
    """At most so many characters of a text, up to the end of a sentence or else of a word."""
    words = " ".join(text.split()) if isinstance(text, str) else ""
    words = "".join(each for each in words if each.isprintable())
    if len(words) <= characters:
        return words
    sentence = words[:characters].rpartition(". ")[0]
    if len(sentence) > characters // 3:
        return f"{sentence}."
    return words[: characters - 1].rpartition(" ")[0].rstrip(" ,;:.-") + "…"
