"""The arguments of a tool call as path, query and body of a request.

In a path and a query a number and its digits look the same, so that only here can they be told
apart. What is wrong is told in the words of http/models.py, and so are the digits of an integer
read as they are there.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from ..errors import BadRequest, json_bytes
from ..http.body import WHOLE_BODY
from ..http.models import is_exact, refusal
from ..http.target import is_unfit
from ..http.wording import EMPTY, of_type
from .tools import Schema, Tool

# JSON's types of what can stand in a path or a query.
_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}
_TEXT_OR_INFINITY = re.compile(rb'("(?:[^"\\]|\\.)*")|Infinity')

Arguments = Mapping[str, Any]


def path_of(tool: Tool, arguments: Arguments) -> str:
    """The path, percent-encoded. Raises BadRequest and Unprocessable."""
    path = tool.path
    for name in tool.in_path:
        value = _value(tool, arguments, name)
        if value is None:
            raise BadRequest(f"{name} is missing.", code="missing_parameter")
        text = _text((name,), value, _schema(tool, name))
        fault = _fault_in_path(text)
        if fault is not None:
            raise refusal([((name,), fault)])
        path = path.replace(f"{{{name}}}", quote(text, safe=""))
    return path


def query_of(tool: Tool, arguments: Arguments) -> str:
    """The query, percent-encoded. Raises Unprocessable."""
    pairs = []
    for name in tool.in_query:
        value, schema = _value(tool, arguments, name), _schema(tool, name)
        if "array" in _types(schema):
            each_schema = schema.get("items", {})
            values = value if isinstance(value, list) else [value]
            pairs += [
                (name, _text((name, place), each, each_schema))
                for place, each in enumerate(values)
                if value is not None
            ]
        elif value is not None:
            pairs.append((name, _text((name,), value, schema)))
    return urlencode(pairs)


def body_of(tool: Tool, arguments: Arguments) -> bytes:
    """The body in JSON; empty where the tool has none, or it is left out."""
    if tool.whole_body:
        whole = arguments.get(WHOLE_BODY)
        return b"" if whole is None else _json(whole)
    if not tool.in_body:
        return b""
    return _json({name: arguments[name] for name in tool.in_body if name in arguments})


def _value(tool: Tool, arguments: Arguments, name: str) -> Any:
    """The argument, or what the server knows of it."""
    value = arguments.get(name)
    return tool.filled_in.get(name) if value is None else value


def _schema(tool: Tool, name: str) -> Schema:
    schema: Schema = tool.listed["inputSchema"]["properties"].get(name, {})
    return schema


def _types(schema: Schema) -> list[str]:
    """The types that a schema names, or all that can be written; null is left out before."""
    types = schema.get("type", list(_TYPES.values()))
    return [types] if isinstance(types, str) else [each for each in types if each != "null"]


def _text(place: tuple[int | str, ...], value: object, schema: Schema) -> str:
    """A value as it stands in a path or a query."""
    types, type_ = _types(schema), _TYPES.get(type(value), "")
    if types == ["integer"] and is_exact(value):
        return value
    if isinstance(value, float) and value.is_integer() and "integer" in types:
        return str(int(value))
    if type_ in types or (type_ == "integer" and "number" in types):
        return value if isinstance(value, str) else json.dumps(value)
    raise refusal([(place, of_type(types))])


def _fault_in_path(text: str) -> str | None:
    """Why a text cannot stand in a path, where it would be another path or none."""
    if not text:
        return EMPTY
    if "/" in text:
        return "Must not hold a slash"
    if text in (".", ".."):
        return "Must not be a dot or two"
    return "Must not hold a control character or U+FFFD" if is_unfit(text) else None


def _json(value: Any) -> bytes:
    body = json_bytes(value)
    if b"Infinity" not in body:
        return body
    # A number beyond Python's floats came in, and goes on as one; the word is not JSON.
    return _TEXT_OR_INFINITY.sub(lambda found: found[1] or b"1e999", body)
