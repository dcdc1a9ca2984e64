"""The body of a request, its query, or both, as a model."""

from typing import Any

from quart import request
from werkzeug.datastructures import MultiDict

from ..errors import BadRequest, Conflict, Unprocessable, UnsupportedMediaType
from .json import DEEPEST, strict_json
from .models import M, validated, without_nulls
from .query import query_fields, typed_fields

# The name of a body that is no object with named members, as the tools call it.
WHOLE_BODY = "body"


async def json_body(model: type[M]) -> M:
    """The request's body. Raises UnsupportedMediaType, BadRequest and Unprocessable."""
    return validated(model, _json_object(await _json_bytes()))


async def query(model: type[M]) -> M:
    """The request's query: texts, numbers, true and false, and lists of them by repeated names.

    Raises BadRequest and Unprocessable.
    """
    fields = query_fields(model)
    _require(model, fields)
    return validated(model, fields)


async def parameters(model: type[M]) -> M:
    """What the path names, and the request's query, which is read as `query` reads it.

    Raises BadRequest and Unprocessable.
    """
    named = {name: str(value) for name, value in (request.view_args or {}).items()}
    texts = MultiDict(request.args)
    for name, value in named.items():
        texts.setlist(name, [value])
    fields = typed_fields(model, texts, "parameter")
    _require(model, fields)
    return validated(model, fields)


async def whole_body(model: type[M]) -> M:
    """The request's body as the model's one field, `body`: for JSON that is no object with members
    of its own, such as a list. Raises what json_body raises.
    """
    return validated(model, {WHOLE_BODY: _json_value(await _json_bytes())})


async def body_or_query(model: type[M]) -> M:
    """The request's body, its query, or both as long as they agree.

    Some clients and proxies drop the body of a DELETE (RFC 9110 section 9.3.5). Raises what
    json_body and query raise, and Conflict.
    """
    body = _json_object(await _json_bytes()) if await request.body else {}
    body = without_nulls(model, body)
    queried = query_fields(model)
    _require(model, {**queried, **body})
    answer = validated(model, {**queried, **body})
    said_in_query = validated(model, {**body, **queried}) if queried else answer
    if answer != said_in_query:
        raise Conflict("Body and query do not agree. Nothing was done.", code="contradiction")
    return answer


def _require(model: type[M], fields: dict[str, Any]) -> None:
    for name, field in model.model_fields.items():
        if field.is_required() and (field.alias or name) not in fields:
            raise BadRequest(f"{field.alias or name} is missing.", code="missing_parameter")


async def _json_bytes() -> bytes:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("The body must be JSON, sent as application/json.")
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaType("The body must not be compressed.", code="unsupported_encoding")
    body: bytes = await request.body
    return body


def _json_value(body: bytes) -> Any:
    try:
        return strict_json(body)
    except ValueError:
        raise BadRequest(
            "The body is not well-formed JSON in UTF-8, in which each name stands once and at most"
            f" {DEEPEST} levels are nested.",
            code="malformed_json",
        ) from None


def _json_object(body: bytes) -> dict[str, Any]:
    value = _json_value(body)
    if not isinstance(value, dict):
        raise Unprocessable(
            "The body must be a JSON object.",
            errors=[{"detail": "Must be an object", "pointer": "#"}],
        )
    return value
