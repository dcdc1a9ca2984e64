"""A tool call is a request to our own route, in this process: the same authentication, validation
and failures. What the route answers becomes the result.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from ..errors import BadRequest, Problem, Unprocessable, json_bytes
from ..http.models import is_exact
from ..http.record import RequestRecord
from .tools import WHOLE_BODY, Tool

# What the route may know of the caller's own request.
PASSED_ON = (
    b"host",
    b"authorization",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-proto",
)

TEXT_OR_INFINITY = re.compile(rb'("(?:[^"\\]|\\.)*")|Infinity')

# JSON's types of what can stand in a path or a query.
KINDS = {str: "string", bool: "boolean", int: "integer", float: "number"}

Arguments = Mapping[str, Any]
Scope = Mapping[str, Any]
# The application itself, as ASGI calls it.
Application = Callable[[Any, Any, Any], Awaitable[None]]


class Result(NamedTuple):
    """What a tool call came to. `structured` is only there when the tool promises it."""

    text: str
    structured: dict[str, Any] | None
    is_error: bool


async def call(app: Application, tool: Tool, arguments: Arguments, outer: Scope) -> Result:
    """Call the tool. `outer` is the scope of the request that the call came in.

    A failure is a result too, so that a model can correct itself. Only its text tells of it,
    because clients hold structured content to the tool's output schema.
    """
    record: RequestRecord = outer["record"]
    record.tool = tool.name
    try:
        status, content = await _answer(app, tool, arguments, outer)
    except Problem as problem:
        status, content = problem.status, problem.body()
    record.tool_status = status
    # What is no text is still a success, or a failure.
    text = content.decode(errors="replace")
    if status >= 400:
        return Result(_told(text), None, is_error=True)
    return Result(text, _object(text) if tool.is_structured else None, is_error=False)


async def _answer(
    app: Application, tool: Tool, arguments: Arguments, outer: Scope
) -> tuple[int, bytes]:
    """Status and body of the route's answer."""
    body = _body(tool, arguments)
    headers = [(name, value) for name, value in outer["headers"] if name.lower() in PASSED_ON]
    if body:
        headers.append((b"content-type", b"application/json"))
        headers.append((b"content-length", str(len(body)).encode()))
    path = _path(tool, arguments)
    scope = {
        **outer,
        "method": tool.method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": _query(tool, arguments).encode(),
        "headers": headers,
    }
    answered: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        answered.append(message)

    await app(scope, receive, send)
    start, content = answered
    return start["status"], content["body"]


def _path(tool: Tool, arguments: Arguments) -> str:
    path = tool.path
    for name in tool.in_path:
        if arguments.get(name) is None:
            raise BadRequest(f"{name} is missing.", code="missing_parameter")
        path = path.replace(f"{{{name}}}", quote(_text(tool, name, arguments[name]), safe=""))
    return path


def _query(tool: Tool, arguments: Arguments) -> str:
    pairs = [
        (name, _text(tool, name, each))
        for name in tool.in_query
        if arguments.get(name) is not None
        for each in (arguments[name] if isinstance(arguments[name], list) else [arguments[name]])
    ]
    return urlencode(pairs)


def _body(tool: Tool, arguments: Arguments) -> bytes:
    if tool.whole_body:
        whole = arguments.get(WHOLE_BODY)
        return b"" if whole is None else _json(whole)
    if not tool.in_body:
        return b""
    return _json({name: arguments[name] for name in tool.in_body if name in arguments})


def _json(value: Any) -> bytes:
    body = json_bytes(value)
    if b"Infinity" not in body:
        return body
    # A number beyond Python's floats came in, and goes on as one; the word is not JSON.
    return TEXT_OR_INFINITY.sub(lambda found: found[1] or b"1e999", body)


def _text(tool: Tool, name: str, value: object) -> str:
    """An argument as it stands in a path or a query.

    There a number and its digits look the same, so that only here can they be told apart. Of an
    integer the digits are taken too, as in a body (see http/models.py).
    """
    schema = tool.listed["inputSchema"]["properties"][name]
    types = schema.get("items", schema).get("type", list(KINDS.values()))
    # Null cannot stand there: one is left out before.
    wanted = [types] if isinstance(types, str) else [each for each in types if each != "null"]
    kind = KINDS.get(type(value), "nothing")
    if wanted == ["integer"] and is_exact(value):
        return str(value)
    if isinstance(value, float) and value.is_integer() and "integer" in wanted:
        return str(int(value))
    if kind in wanted or (kind == "integer" and "number" in wanted):
        return value if isinstance(value, str) else json.dumps(value)
    told = f"Must be of type {' or '.join(wanted)}"
    raise Unprocessable(
        f"The request breaks the contract: {name}: {told}.",
        errors=[{"detail": told, "pointer": f"#/{name}"}],
    )


def _object(text: str) -> dict[str, Any] | None:
    """The JSON object that the text is; None for a fork's answer that is none."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _told(text: str) -> str:
    """The problem without what only HTTP needs; text that is none, as it is."""
    members = _object(text)
    if members is None:
        return text
    return json_bytes(
        {name: value for name, value in members.items() if name not in ("type", "title")}
    ).decode()
