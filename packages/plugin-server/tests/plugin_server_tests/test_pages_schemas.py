"""A schema in words, whoever wrote it."""

from typing import Any

import pytest

from plugin_server.pages.schemas import in_words, members

WORDS: list[tuple[Any, str]] = [
    ({"type": "string"}, "text"),
    ({"type": "string", "minLength": 1, "maxLength": 9}, "text, 1 to 9 characters"),
    ({"type": "string", "maxLength": 9, "format": "date"}, "text (date), at most 9 characters"),
    ({"type": "integer", "minimum": 0, "maximum": 2**53 - 1}, "whole number, at least 0"),
    ({"type": "number", "exclusiveMinimum": 0.5}, "number, more than 0.5"),
    ({"type": "boolean"}, "true or false"),
    ({"type": ["string", "null"]}, "text or null"),
    (
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "list of text, at least 1 items",
    ),
    ({"type": "array"}, "list"),
    ({"enum": ["a", 1, None]}, "one of a, 1, null"),
    ({"const": {"a": 1}}, '{"a": 1}'),
    ({"anyOf": [{"type": "string"}, {"type": "null"}, {"type": "null"}]}, "text or null"),
    ({}, "any value"),
    (True, "any value"),
    (None, "any value"),
    ({"type": 7, "enum": "x", "anyOf": {}, "items": 1}, "any value"),
]


@pytest.mark.parametrize(("schema", "words"), WORDS)
def test_a_value_is_described(schema: Any, words: str) -> None:
    assert in_words(schema) == words


def test_members_have_their_way_in_their_name() -> None:
    leaf = {"type": "string", "description": "A\n  leaf."}
    schema = {
        "properties": {
            "a": {"type": "object", "properties": {"b": leaf}},
            "c": {"type": "array", "items": {"properties": {"d": leaf, "e": 5}}},
        }
    }
    assert members(schema) == [
        ("a", "object", ""),
        ("a.b", "text", "A leaf."),
        ("c", "list of any value", ""),
        ("c[].d", "text", "A leaf."),
        ("c[].e", "any value", ""),
    ]


def test_no_schema_fills_the_page() -> None:
    deep: dict[str, Any] = {}
    for _ in range(90):
        deep = {"type": "object", "properties": {"x": deep}}
    assert [member.name for member in members(deep)] == ["x", "x.x", "x.x.x", "x.x.x.x"]
    assert len(members({"properties": {str(each): {} for each in range(1000)}})) == 60
    assert members({"properties": []}) == []
