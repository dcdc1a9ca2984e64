"""A schema as the annotation of a model's field.

It is no compiler of schemas: an object inside a body is any object, and what has several kinds is
anything. The contract says more, and tests compare the answers with it.
"""

import json
from math import ceil, floor
from typing import Any, NamedTuple

from ...contract import types_of

Schema = dict[str, Any]

# What models.py calls the whole numbers that every reader of JSON keeps exactly.
INTEGER = "Integer"
LENGTHS = {"minLength": "min_length", "maxLength": "max_length", "pattern": "pattern"}
BOUNDS = {"minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt", "exclusiveMaximum": "lt"}
# A bound of whole numbers that is none; pydantic takes no such.
ROUNDED = {"minimum": ceil, "maximum": floor, "exclusiveMinimum": floor, "exclusiveMaximum": ceil}
SIZES = {"minItems": "min_length", "maxItems": "max_length"}
ANYTHING = "object"


class Annotation(NamedTuple):
    """`text` is Python; `is_nullable` where null is a value."""

    text: str
    is_nullable: bool = False

    @property
    def with_null(self) -> str:
        """The same where null is a value, or means that it is left out."""
        return self.text if self.text == ANYTHING else f"{self.text} | None"


def annotation(schema: Any) -> Annotation:
    """The annotation of a value that fits the schema."""
    if not isinstance(schema, dict):
        return Annotation(ANYTHING)
    for name in ("anyOf", "oneOf"):
        if isinstance(schema.get(name), list):
            return _of_alternatives(schema[name])
    named = types_of(schema)
    is_nullable = "null" in named
    named = [each for each in named if each != "null"]
    choices = schema["enum"] if "enum" in schema else [schema["const"]] if "const" in schema else []
    if choices and set(named) <= {"string", "integer"}:
        found = _literal(choices)
        if found is not None:
            return Annotation(found, is_nullable or None in choices)
    if not named:
        return Annotation(ANYTHING)
    return Annotation(
        " | ".join(dict.fromkeys(_of_type(schema, each) for each in named)), is_nullable
    )


def _of_alternatives(alternatives: list[Any]) -> Annotation:
    """Only one that may also be null is something of its own."""
    is_nullable = {"type": "null"} in alternatives
    others = [each for each in alternatives if each != {"type": "null"}]
    if len(others) != 1:
        return Annotation(ANYTHING)
    return Annotation(annotation(others[0]).text, is_nullable)


def _literal(choices: list[Any]) -> str | None:
    said = [each for each in choices if each is not None]
    if not said or not all(type(each) in (str, int) for each in said):
        return None
    return f"Literal[{', '.join(dict.fromkeys(map(python, said)))}]"


def _of_type(schema: Schema, kind: str) -> str:
    match kind:
        case "string":
            return _limited("str", schema, LENGTHS)
        case "integer":
            bounds = {name: ROUNDED[name](value) for name, value in _bounds(schema).items()}
            is_bounded = len(bounds) == len(BOUNDS) // 2
            return _limited("int" if is_bounded else INTEGER, bounds, BOUNDS)
        case "number":
            return _limited("float", _bounds(schema), BOUNDS)
        case "boolean":
            return "bool"
        case "array":
            inside = annotation(schema.get("items", {}))
            text = inside.with_null if inside.is_nullable else inside.text
            return _limited(f"list[{text}]", schema, SIZES)
        case _:
            return f"dict[str, {ANYTHING}]"


def _bounds(schema: Schema) -> Schema:
    return {
        name: schema[name]
        for name in BOUNDS
        if isinstance(schema.get(name), int | float) and not isinstance(schema[name], bool)
    }


def _limited(kind: str, schema: Schema, limits: dict[str, str]) -> str:
    said = [f"{called}={python(schema[name])}" for name, called in limits.items() if name in schema]
    return f"Annotated[{kind}, Field({', '.join(said)})]" if said else kind


def python(value: Any) -> str:
    """A value that holds no object as Python's source has it, with double quotation marks."""
    if isinstance(value, list):
        return f"[{', '.join(map(python, value))}]"
    if not isinstance(value, str):
        return repr(value)
    # JSON's escapes are Python's too.
    return json.dumps(value, ensure_ascii=False)
