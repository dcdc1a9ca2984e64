"""Answers that are not failures, and what caches are told of all answers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from quart import Response

from ..errors import json_bytes
from ..tags import state_tag
from .conditions import is_unmodified
from .request import current_scope

JSON = "application/json"


class State(NamedTuple):
    """Whose data an answer shows, and how often that has changed: what its entity tag is made of
    (see tags.py).
    """

    owner: str
    revision: int


def answer(
    members: Mapping[str, object] | Sequence[object],
    status: int = 200,
    *,
    state: State | None = None,
    location: str | None = None,
) -> Response:
    """An answer that is a JSON object, or a list where a contract has one.

    With a `state`, its owner may keep it, it has an ETag, and a caller who has it already gets 304
    (RFC 9110 section 15.4.5). Without one nobody may keep it. `location` is the path of what was
    made, for 201, without that of PLUGIN_PUBLIC_URL.
    """
    body = json_bytes(members)
    if state is not None:
        headers = {"Cache-Control": "private, no-cache"}
        return tagged_answer(body, JSON, f'"{state_tag(*state, body)}"', headers)
    response = Response(body, status, headers={"Cache-Control": "no-store"}, content_type=JSON)
    if location is not None:
        response.headers["Location"] = current_scope().get("public_path", "") + location
    return response


def no_content() -> Response:
    """204: it was done, and there is nothing to say."""
    response = Response(b"", 204, headers={"Cache-Control": "no-store"})
    del response.headers["Content-Type"]
    return response


def tagged_answer(
    content: bytes, content_type: str, etag: str, headers: Mapping[str, str]
) -> Response:
    """200 with the content, or 304 for a caller who has it already (RFC 9110 section 15.4.5)."""
    headers = {**headers, "ETag": etag}
    if not is_unmodified(etag):
        return Response(content, 200, headers=headers, content_type=content_type)
    response = Response(b"", 304, headers=headers)
    del response.headers["Content-Type"], response.headers["Content-Length"]
    return response


def vary(response: Response, header: str) -> None:
    """Tell caches that the answer depends on this header of the request (RFC 9111 section 4.1)."""
    others = response.headers.get("Vary")
    response.headers["Vary"] = f"{others}, {header}" if others else header
