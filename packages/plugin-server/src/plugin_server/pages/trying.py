"""One call of an operation by a form: the request as a command, and what the server answered."""

import json
from collections.abc import Mapping
from contextlib import suppress
from shlex import quote
from typing import Any, NamedTuple, cast

from quart import current_app
from werkzeug.datastructures import MultiDict

from ..contract import types_of
from ..errors import Problem
from ..http.json import strict_json
from ..http.request import current_scope, request_origin
from ..mcp.calls import Application, OperationRequest, answer_of, request_of
from .current import settings
from .operations import Field, Operation
from .schemas import as_schema

# So that no argument has the name of a field of ours.
ARGUMENT = "argument:"
SHOWN_CHARACTERS = 100_000


class Tried(NamedTuple):
    """`command` is empty where no request could be made of the arguments."""

    command: str
    status: int
    is_success: bool
    answer: str


async def tried(operation: Operation, fields: MultiDict[str, str]) -> Tried:
    """Call the operation with the form's fields. The token goes into this one request."""
    token = "".join(each for each in fields.get("token", "") if each.isprintable() and each != " ")
    try:
        request = request_of(operation.tool, _arguments(operation, fields))
    except Problem as problem:
        return Tried("", problem.status, False, _shown(problem.body(), "json"))
    app = cast(Application, current_app)
    came = await answer_of(app, request, _scope_with(token))
    return Tried(
        command=_command(request, bool(token)),
        status=came.status,
        is_success=came.status < 400,
        answer=_shown(came.body, came.content_type),
    )


def values_of(operation: Operation, fields: MultiDict[str, str]) -> dict[str, str]:
    """What was written into the form, by argument, to be there again."""
    return {field.name: fields.get(ARGUMENT + field.name, "") for field in operation.fields}


def _arguments(operation: Operation, fields: MultiDict[str, str]) -> dict[str, Any]:
    schemas = operation.tool.listed["inputSchema"]["properties"]
    return {
        name: _value(field, as_schema(schemas[name]), text)
        for field in operation.fields
        for name, text in [(field.name, fields.get(ARGUMENT + field.name, ""))]
        # An empty text is one, but nothing in a path.
        if text or (field.place == "body" and field.is_required)
    }


def _value(field: Field, schema: Mapping[str, Any], text: str) -> Any:
    """What the text means. One that means nothing here is sent as it is, and refused there."""
    if "string" in types_of(schema) or (field.control == "choice" and "enum" in schema):
        return text
    try:
        return strict_json(text.encode())
    except ValueError:
        return text


def _scope_with(token: str) -> dict[str, Any]:
    scope = dict(current_scope())
    if token:
        header = f"{settings().authorization_type.title()} {token}".encode()
        others = [each for each in scope["headers"] if each[0].lower() != b"authorization"]
        scope["headers"] = [*others, (b"authorization", header)]
    return scope


def _command(request: OperationRequest, has_token: bool) -> str:
    """The request, for curl in a shell. The token is a variable there."""
    path = f"{request.path}?{request.query}" if request.query else request.path
    method = (
        "" if request.method == ("POST" if request.body else "GET") else f"-X {request.method} "
    )
    method = "--head " if request.method == "HEAD" else method
    lines = [f"curl {method}{quote(request_origin() + path)}"]
    if has_token:
        scheme = settings().authorization_type.title()
        lines.append(f'-H "Authorization: {scheme} $TOKEN"')
    if request.body:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d {quote(request.body.decode())}")
    return " \\\n  ".join(lines)


def _shown(body: bytes, content_type: str) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return f"{len(body):,} bytes of {content_type}"
    if "json" in content_type:
        with suppress(ValueError, RecursionError):
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
