"""Answers that are not failures, and what caches are told of all answers."""

from collections.abc import Mapping

from quart import Response

from ..errors import json_bytes
from ..tags import state_tag
from .conditions import is_unmodified


def json_answer(members: Mapping[str, object]) -> Response:
    """200 with a JSON object that nobody may keep."""
    headers = {"Cache-Control": "no-store"}
    return Response(json_bytes(members), 200, headers=headers, content_type="application/json")


def state_answer(owner: str, revision: int, members: Mapping[str, object]) -> Response:
    """200 with a JSON object that its owner may keep, and its tag; 304 for a caller who has it."""
    body = json_bytes(members)
    headers = {"Cache-Control": "private, no-cache"}
    etag = f'"{state_tag(owner, revision, body)}"'
    return tagged_answer(body, "application/json", etag, headers)


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
