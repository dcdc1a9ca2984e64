"""A tool call is a request to our own route, in this process: the same authentication, validation
and failures. What the route answers becomes the result.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from ..errors import Problem, json_bytes
from ..http.conversation import HEADERS
from ..http.record import RequestRecord
from .arguments import Arguments, body_of, path_of, query_of
from .tools import Tool

# What the route may know of the caller's own request.
PASSED_ON = (
    b"host",
    b"authorization",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-proto",
    *HEADERS,
)

Scope = Mapping[str, Any]
# The application itself, as ASGI calls it.
Application = Callable[[Any, Any, Any], Awaitable[None]]


class Result(NamedTuple):
    """What a tool call came to. `structured` is only there when the tool promises it."""

    text: str
    structured: dict[str, Any] | None
    is_error: bool


class OperationRequest(NamedTuple):
    """A call as it goes over HTTP. `path` and `query` are percent-encoded."""

    method: str
    path: str
    query: str
    body: bytes


class OperationAnswer(NamedTuple):
    """What the operation's own route answered."""

    status: int
    content_type: str
    body: bytes


async def call(app: Application, tool: Tool, arguments: Arguments, outer: Scope) -> Result:
    """Call the tool. `outer` is the scope of the request that the call came in.

    A failure is a result too, so that a model can correct itself. Only its text tells of it,
    because clients hold structured content to the tool's output schema.
    """
    record: RequestRecord = outer["record"]
    record.tool = tool.name
    try:
        status, _, content = await answer_of(app, request_of(tool, arguments), outer)
    except Problem as problem:
        status, content = problem.status, problem.body()
    record.tool_status = status
    # What is no text is still a success, or a failure.
    text = content.decode(errors="replace")
    if status >= 400:
        return Result(_told(text), None, is_error=True)
    return Result(text, _object(text) if tool.is_structured else None, is_error=False)


def request_of(tool: Tool, arguments: Arguments) -> OperationRequest:
    """The request that calls the tool's operation. Raises BadRequest and Unprocessable for what
    cannot stand in a path or a query.
    """
    path, query = path_of(tool, arguments), query_of(tool, arguments)
    return OperationRequest(tool.method, path, query, body_of(tool, arguments))


async def answer_of(app: Application, request: OperationRequest, outer: Scope) -> OperationAnswer:
    """What our own route answers. `outer` is the scope of the request that asks for it."""
    headers = [(name, value) for name, value in outer["headers"] if name.lower() in PASSED_ON]
    if request.body:
        headers.append((b"content-type", b"application/json"))
        headers.append((b"content-length", str(len(request.body)).encode()))
    scope = {
        **outer,
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": request.query.encode(),
        "headers": headers,
    }
    answered: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: Any) -> None:
        answered.append(message)

    await app(scope, receive, send)
    start, *parts = answered
    content_type = dict(start["headers"]).get(b"content-type", b"").decode("latin-1")
    return OperationAnswer(start["status"], content_type, b"".join(part["body"] for part in parts))


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
