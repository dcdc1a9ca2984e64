"""The parameters of an operation: those of its path and its query, each written out in it."""

import re
from collections.abc import Mapping
from typing import Any

from ...contract import types_of
from ...mcp.tools import inlined
from .changes import Changes
from .naming import in_words
from .reading import resolved
from .schemas import cleaned, shortened

Schema = dict[str, Any]

CHARACTERS = 200  # rule L07 of plugin-check
IN_PATH = re.compile(r"\{([^{}]*)\}")


def parameters_of(
    contract: Schema,
    item: Schema,
    operation: Schema,
    path: str,
    renamed: Mapping[str, str],
    changes: Changes,
    place: str,
) -> list[Schema]:
    """The parameters, those of the path first. `path` has the new names of those `renamed`."""
    found: dict[tuple[str, str], Schema] = {}
    for holder in (item, operation):
        listed = holder.get("parameters")
        for each in listed if isinstance(listed, list) else ():
            given = resolved(contract, each)
            name, where = given.get("name"), given.get("in")
            if not isinstance(name, str) or where not in ("path", "query"):
                changes.note(
                    f"a parameter in the {_kind(where)} is left out, no host sends it", place
                )
                continue
            found[where, renamed.get(name, name) if where == "path" else name] = given
    in_path = list(dict.fromkeys(IN_PATH.findall(path)))
    kept = [
        _parameter(contract, found.get(("path", name), {}), name, "path", changes, place)
        for name in in_path
    ]
    for (where, name), given in found.items():
        if where == "query" and name in in_path:
            changes.note("a parameter of the query is left out, the path has its name", place)
        elif where == "query":
            one = _parameter(contract, given, name, "query", changes, place)
            if "object" in types_of(one["schema"]):
                changes.note("a parameter that is an object is left out, no host sends it", place)
            else:
                kept.append(one)
    return kept


def _parameter(
    contract: Schema, given: Schema, name: str, where: str, changes: Changes, place: str
) -> Schema:
    schema = given.get("schema")
    if "content" in given:
        schema = {"type": "string"}
        changes.note("a parameter is a text, hosts write no other content into it", place)
    schema = cleaned(inlined(contract, schema or {"type": "string"}), changes, place)
    schema = schema if isinstance(schema, dict) and schema else {"type": "string"}
    if "example" in given and not isinstance(given["example"], dict | list):
        schema.setdefault("example", given["example"])
    if where == "path" and {"array", "object"} & set(types_of(schema)):
        schema = {"type": "string"}
        changes.note("what a path names is a text", place)
    if "array" in types_of(schema):
        if given.get("explode") is False or given.get("style", "form") != "form":
            changes.note("a list is sent by repeating its name, as hosts do", place)
        items = schema.get("items")
        if not isinstance(items, dict) or {"array", "object"} & set(types_of(items)):
            schema["items"] = {"type": "string"}
            changes.note("a list of the query holds texts, where it held lists or objects", place)
        if given.get("required") is True and not schema.get("minItems"):
            schema["minItems"] = 1
            changes.note(
                "a list that is required has an element or more, a query has no name without a"
                " value",
                place,
            )
    return {
        "name": name,
        "in": where,
        "required": where == "path" or given.get("required") is True,
        "description": described(
            given.get("description") or schema.get("description"), name, changes, place
        ),
        "schema": {key: value for key, value in schema.items() if key != "description"},
    }


def described(text: object, name: str, changes: Changes, place: str) -> str:
    """What a parameter of that name is, in a text that hosts take."""
    short = shortened(text, CHARACTERS)
    if isinstance(text, str) and len(" ".join(text.split())) > CHARACTERS:
        changes.note(f"a text is shortened to {CHARACTERS} characters, hosts take no more", place)
    if not short:
        changes.note("a parameter without a description has one made of its name", place)
    return short or f"The {in_words(name)}."


def _kind(where: object) -> str:
    return where if where in ("header", "cookie") else "wrong place"
