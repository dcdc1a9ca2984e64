"""JSON's types of a model's fields."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import BaseModel

Schema = Mapping[str, Any]


class Kind(NamedTuple):
    """`name` is JSON's type of a field, or that of its elements where it `is_list`; the first of
    several. `is_integer` where a field takes integers, perhaps null, and nothing else.
    """

    name: str
    is_list: bool
    is_integer: bool


@lru_cache
def field_kinds(model: type[BaseModel]) -> dict[str, Kind]:
    """The kind of each field, by its name in JSON."""
    whole = model.model_json_schema()
    definitions = whole.get("$defs", {})
    # A model that holds itself is a definition too.
    (schema,) = _alternatives(whole, definitions)
    return {name: _kind(each, definitions) for name, each in schema.get("properties", {}).items()}


def _kind(schema: Schema, definitions: Schema) -> Kind:
    alternatives = _alternatives(schema, definitions) or [{}]
    names = [each.get("type", "string") for each in alternatives]
    if names[0] != "array":
        return Kind(names[0], False, set(names) == {"integer"})
    return Kind(_kind(alternatives[0].get("items", {}), definitions).name, True, False)


def _alternatives(schema: Schema, definitions: Schema) -> list[Schema]:
    """The schemas of which a value fits one, but for null."""
    if "$ref" in schema:
        return _alternatives(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        return [found for each in schema["anyOf"] for found in _alternatives(each, definitions)]
    return [] if schema.get("type") == "null" else [schema]
