"""The contract's operations, as a page shows them: each with a form that calls it."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from ..contract import types_of
from ..http.body import WHOLE_BODY
from ..mcp.tools import Tool
from .schemas import Member, as_schema, in_words, members, text

Control = Literal["line", "choice", "json"]


class Field(NamedTuple):
    """An argument. `place` is path, query or body; `kind` says what it must be, in words.

    `control` is what it is written into: one of `choices`, JSON, or a line of text.
    """

    name: str
    place: str
    is_required: bool
    kind: str
    description: str
    control: Control
    choices: tuple[str, ...]


class Operation(NamedTuple):
    """`effect` says in a sentence what a call does to what is kept; `answers` what comes back."""

    tool: Tool
    name: str
    title: str
    description: str
    effect: str
    fields: tuple[Field, ...]
    answers: list[Member]


def operation_of(tool: Tool) -> Operation:
    listed = tool.listed
    title, description = text(listed["title"]) or tool.name, text(listed["description"])
    return Operation(
        tool=tool,
        name=tool.name,
        title=title,
        description="" if description == title else description,
        effect=_effect(listed["annotations"]),
        fields=tuple(_fields(tool)),
        answers=members(listed.get("outputSchema")),
    )


def _effect(hints: Mapping[str, Any]) -> str:
    if hints["readOnlyHint"]:
        return "Reads, and changes nothing."
    return "Deletes or replaces." if hints["destructiveHint"] else "Adds, and deletes nothing."


def _fields(tool: Tool) -> list[Field]:
    taken = tool.listed["inputSchema"]
    return [
        _field(tool, name, as_schema(schema), name in taken["required"])
        for name, schema in taken["properties"].items()
    ]


def _field(tool: Tool, name: str, schema: Mapping[str, Any], is_required: bool) -> Field:
    place = "path" if name in tool.in_path else "query" if name in tool.in_query else "body"
    control, choices = _control(schema)
    is_whole = tool.whole_body and name == WHOLE_BODY
    return Field(
        name=name,
        place=place,
        is_required=is_required,
        kind=in_words(schema),
        description=text(schema.get("description")),
        control="json" if is_whole else control,
        choices=choices,
    )


def _control(schema: Mapping[str, Any]) -> tuple[Control, tuple[str, ...]]:
    choices = schema.get("enum")
    if isinstance(choices, list) and all(isinstance(each, str) for each in choices):
        return "choice", tuple(choices)
    if types_of(schema) == ["boolean"]:
        return "choice", ("true", "false")
    is_line = set(types_of(schema)) & {"string", "integer", "number", "boolean"}
    return ("line" if is_line else "json"), ()
