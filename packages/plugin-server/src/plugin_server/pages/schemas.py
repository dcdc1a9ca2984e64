"""A JSON Schema in words. It may be anybody's: what is no schema is told as nothing."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from ..contract import types_of
from ..http.models import LARGEST_NUMBER

MEMBERS = 60
LEVELS = 4
_WORDS = {"integer": "whole number", "string": "text", "boolean": "true or false", "null": "null"}
# Pairs of limits, and what they count.
_RANGES = (
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " items"),
    ("minimum", "maximum", ""),
)
_BOUNDS = {"exclusiveMinimum": "more than", "exclusiveMaximum": "less than"}


class Member(NamedTuple):
    """A member of an object; one further down has its whole way in its name, as in `list[].id`."""

    name: str
    kind: str
    description: str


def in_words(schema: object) -> str:
    """What a value must be, such as: text, at most 100 characters."""
    found = as_schema(schema)
    if isinstance(found.get("enum"), list):
        return "one of " + ", ".join(map(_value, found["enum"]))
    if "const" in found:
        return _value(found["const"])
    alternatives = found.get("anyOf") or found.get("oneOf")
    if isinstance(alternatives, list):
        return " or ".join(dict.fromkeys(map(in_words, alternatives)))
    words = " or ".join(_kind(each, found) for each in types_of(found)) or "any value"
    return ", ".join([words, *_ranges(found)])


def members(schema: object) -> list[Member]:
    """What an object has, over LEVELS levels, and no more than MEMBERS in all."""
    return list(islice(_members(as_schema(schema), "", LEVELS), MEMBERS))


def as_schema(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """A text of a document, in one line; a contract may have anything where a text should be."""
    return "" if value is None else " ".join(str(value).split())


def _members(schema: Mapping[str, Any], before: str, levels: int) -> Iterator[Member]:
    for name, value in as_schema(schema.get("properties")).items():
        each = as_schema(value)
        way = f"{before}{name}"
        yield Member(way, in_words(each), text(each.get("description")))
        if levels > 1:
            yield from _members(each, f"{way}.", levels - 1)
            yield from _members(as_schema(each.get("items")), f"{way}[].", levels - 1)


def _ranges(schema: Mapping[str, Any]) -> Iterator[str]:
    for low, high, unit in _RANGES:
        # This one every number has.
        limits = {
            each: _value(schema[each])
            for each in (low, high)
            if each in schema and schema[each] != LARGEST_NUMBER
        }
        if len(limits) == 2:
            yield f"{limits[low]} to {limits[high]}{unit}"
        elif limits:
            ((name, limit),) = limits.items()
            yield f"at {'least' if name == low else 'most'} {limit}{unit}"
    yield from (
        f"{words} {_value(schema[name])}" for name, words in _BOUNDS.items() if name in schema
    )


def _kind(name: str, schema: Mapping[str, Any]) -> str:
    if name == "array":
        return f"list of {in_words(schema['items'])}" if "items" in schema else "list"
    words = _WORDS.get(name, name)
    form = schema.get("format")
    return f"{words} ({form})" if name == "string" and isinstance(form, str) else words


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
