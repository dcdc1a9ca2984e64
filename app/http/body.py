"""JSON, or a query, as a model: strict about what it says, indifferent to what it adds.

Several hosts repeat path parameters in the body, so fields that the model does not know are
ignored. Everything ambiguous is refused: repeated names, NaN, lone surrogates, text as number.
"""

import json
import re
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from quart import request

from ..errors import BadRequest, Conflict, Unprocessable, UnsupportedMediaType

# The largest whole number that every JSON reader keeps exactly (RFC 8259 section 6).
LARGEST_NUMBER = 2**53 - 1
# A limit of our own (RFC 8259 section 9 allows one): Python's differs between its releases, and
# depends on how deep the stack is already.
DEEPEST = 64
# One without an end is a text to the end: else a search would start anew at each of its quotation
# marks.
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))

M = TypeVar("M", bound=BaseModel)


def _whole(value: object) -> object:
    # JSON Schema calls 1.0 an integer; Python calls True one.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("Must be a whole number")
    return value


def _not_null(value: object) -> object:
    if value is None:
        raise ValueError("Must be left out or have a value")
    return value


WholeNumber = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=LARGEST_NUMBER)]
NotNull = BeforeValidator(_not_null)


async def json_body(model: type[M]) -> M:
    """The request's body. Raises UnsupportedMediaType, BadRequest and Unprocessable."""
    return _validated(model, _json_object(await _json_bytes()))


async def json_body_or_query(model: type[M]) -> M:
    """The request's body, its query, or both as long as they agree.

    Some clients and proxies drop the body of a DELETE (RFC 9110 section 9.3.5). Query values are
    whole numbers. Raises what json_body raises, and Conflict.
    """
    fields = _json_object(await _json_bytes()) if await request.body else {}
    query = {}
    for name in model.model_fields:
        values = request.args.getlist(name)
        if len(values) > 1:
            raise BadRequest("A query parameter is repeated.", code="repeated_parameter")
        if values:
            query[name] = _query_number(values[0])
    for name, field in model.model_fields.items():
        if field.is_required() and name not in fields and name not in query:
            raise BadRequest(f"{name} is missing.", code="missing_parameter")
    validated = _validated(model, {**query, **fields})
    if any(getattr(validated, name) != number for name, number in query.items()):
        raise Conflict("Body and query do not agree. Nothing was done.", code="contradiction")
    return validated


async def _json_bytes() -> bytes:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("The body must be JSON, sent as application/json.")
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaType("The body must not be compressed.", code="unsupported_encoding")
    body: bytes = await request.body
    return body


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = strict_json(body)
    except ValueError:
        raise BadRequest(
            "The body is not well-formed JSON in UTF-8, in which each name stands once and at most"
            f" {DEEPEST} levels are nested.",
            code="malformed_json",
        ) from None
    if not isinstance(value, dict):
        raise Unprocessable(
            "The body must be a JSON object.",
            errors=[{"detail": "Must be an object", "pointer": "#"}],
        )
    return value


def strict_json(body: bytes) -> Any:
    """The value of well-formed JSON.

    Raises ValueError for everything ambiguous in it, and for more than DEEPEST nested levels.
    """
    if _is_too_deep(body):
        raise ValueError("nested too deeply")
    value = _STRICT.decode(body.decode("utf-8"))
    if b"\\u" in body:
        # A lone surrogate is no character, and neither database can keep it.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _is_too_deep(body: bytes) -> bool:
    """Whether more than DEEPEST levels are nested; for what is not well-formed, anything."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return False
    brackets = _TEXT.sub(b"", body).translate(_BRACKETS, _NO_BRACKETS)
    # Each round takes the innermost level away, all of it at once: a loop over the brackets in
    # Python would hold up everybody else for 30 ms.
    for _ in range(DEEPEST):
        brackets = brackets.replace(b"[]", b"")
        if not brackets:
            return False
    return True


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name is repeated")
    return fields


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def _query_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 16):
        raise BadRequest("A query parameter is not a whole number.", code="invalid_parameter")
    return int(text)


def _validated(model: type[M], fields: dict[str, Any]) -> M:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        errors = [
            {
                "detail": each["msg"].removeprefix("Value error, "),
                "pointer": "#/" + "/".join(map(str, each["loc"])),
            }
            for each in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    summary = "; ".join(f"{each['pointer'][2:]}: {each['detail']}" for each in errors)
    raise Unprocessable(f"The request breaks the contract: {summary}.", errors=errors)
