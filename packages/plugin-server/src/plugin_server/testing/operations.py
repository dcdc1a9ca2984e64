"""An operation of the contract as requests. It is described as its tool is: see mcp/tools.py."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import httpx

from ..contract import types_of
from ..http.body import WHOLE_BODY
from ..mcp.tools import Tool
from .samples import LONGEST, TOO_MANY, Schema, bad_values, edge_values, sample

# A request, or a message of MCP with its arguments, may have PLUGIN_MAX_BODY bytes.
LONGEST_REQUEST = 60_000


class Request(NamedTuple):
    """What is sent, and what there is to say of it."""

    about: str
    method: str
    url: str
    headers: dict[str, str]
    content: bytes

    async def send(self, client: httpx.AsyncClient, token: str | None = None) -> httpx.Response:
        headers = self.headers | ({"Authorization": f"Bearer {token}"} if token else {})
        return await client.request(
            self.method, self.url, headers=headers, content=self.content or None
        )


def arguments_of(operation: Tool) -> dict[str, Any]:
    """An argument for each that the operation requires, as its schema allows."""
    schema = operation.listed["inputSchema"]
    return {name: sample(schema["properties"][name]) for name in schema["required"]}


def as_some_clients_send(operation: Tool, arguments: dict[str, Any]) -> dict[str, Any]:
    """The same arguments, said less well: an integer as its digits, and null for what is left out
    (but where null may be meant).
    """
    properties = operation.listed["inputSchema"]["properties"]
    said = {
        name: str(value) if types_of(properties[name]) == ["integer"] else value
        for name, value in arguments.items()
    }
    left_out = {
        name: None
        for name, schema in properties.items()
        if name not in arguments and types_of(schema) and "null" not in types_of(schema)
    }
    return said | left_out


def request(operation: Tool, arguments: dict[str, Any], about: str = "sound") -> Request:
    """The request with these arguments."""
    arguments = {**operation.filled_in, **arguments}
    path = operation.path
    for name in operation.in_path:
        path = path.replace(f"{{{name}}}", quote(_text(arguments[name]), safe=""))
    query = urlencode(
        [
            (name, _text(each))
            for name in operation.in_query
            if arguments.get(name) is not None
            for each in _as_list(arguments[name])
        ]
    )
    body = b""
    if operation.whole_body and WHOLE_BODY in arguments:
        body = _json(arguments[WHOLE_BODY])
    elif operation.in_body:
        body = _json({name: arguments[name] for name in operation.in_body if name in arguments})
    headers = {"Content-Type": "application/json"} if body else {}
    return Request(about, operation.method, f"{path}?{query}" if query else path, headers, body)


def bad_arguments(operation: Tool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Arguments that break the contract by one value each, which has a name."""
    arguments = arguments_of(operation)
    properties = operation.listed["inputSchema"]["properties"]
    found = [(name, bad) for name in operation.in_body for bad in bad_values(properties[name])]
    found += [(name, bad) for name in operation.in_query for bad in _bad_in_query(properties[name])]
    found += [
        (name, ("too long", "x" * (properties[name]["maxLength"] + 1)))
        for name in operation.in_path
        if properties[name].get("maxLength", LONGEST) < LONGEST
    ]
    for name, (about, value) in found:
        yield f"{name}: {about}", {**arguments, name: value}


def edge_requests(operation: Tool) -> Iterator[tuple[str, Request]]:
    """Requests with one value each at a limit that the contract has for it, by its name."""
    arguments = arguments_of(operation)
    for name, schema in operation.listed["inputSchema"]["properties"].items():
        if "enum" in schema or "format" in schema:
            continue
        for limit, value in edge_values(schema):
            edge = {**arguments, name: value}
            is_no_path = name in operation.in_path and value == ""
            if len(json.dumps(edge)) <= LONGEST_REQUEST and not is_no_path:
                yield name, request(operation, edge, f"{name} at its {limit}")


def bad_requests(operation: Tool) -> Iterator[Request]:
    """Requests that break the contract, one mistake each."""
    arguments = arguments_of(operation)
    sound = request(operation, arguments)
    for about, bad in bad_arguments(operation):
        yield request(operation, bad, about)
    for about, written in (("no UTF-8", "%ff"), ("a control character", "%00"), ("no text", "%zz")):
        if operation.in_path:
            path = operation.path.replace(f"{{{operation.in_path[0]}}}", written)
            for name in operation.in_path[1:]:
                path = path.replace(f"{{{name}}}", quote(_text(arguments[name]), safe=""))
            yield sound._replace(about=f"path: {about}", url=path)
    if sound.content:
        yield from _bad_bodies(operation, sound)


def _bad_in_query(schema: Schema) -> Iterator[tuple[str, Any]]:
    """The bad values that still are when they are written: there everything is a text, and one
    value is a list of one.
    """
    if "array" in types_of(schema):
        yield from ((about, value) for about, value in bad_values(schema) if about == TOO_MANY)
        yield from _bad_in_query(schema.get("items", {}))
        return
    for about, value in bad_values(schema):
        is_value = value is not None and not isinstance(value, list | dict)
        if is_value and ("string" not in types_of(schema) or isinstance(value, str)):
            yield about, value


def _bad_bodies(operation: Tool, sound: Request) -> Iterator[Request]:
    bodies = {
        "nothing": b"",
        "no JSON": b"{",
        "no UTF-8": b'"\xff"',
        "NaN": b'{"x": NaN}',
        "a lone surrogate": b'{"x": "\\ud800"}',
        "nested too deeply": b'{"x": ' + b"[" * 1000 + b"]" * 1000 + b"}",
        "a repeated name": b'{"x": 1, "x": 2}',
        "too long": b'{"x": "' + b"x" * 2_000_000 + b'"}',
    }
    if not operation.whole_body:
        bodies |= {"a list": b"[]", "a text": b'"x"', "null": b"null"}
    for about, body in bodies.items():
        yield sound._replace(about=f"body: {about}", content=body)
    for about, header in (
        ("plain text", {"Content-Type": "text/plain"}),
        ("a form", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("compressed", {"Content-Type": "application/json", "Content-Encoding": "gzip"}),
    ):
        yield sound._replace(about=f"body: {about}", headers=header)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
