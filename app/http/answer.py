"""Answers that are not failures."""

from collections.abc import Mapping

from quart import Response

from ..errors import json_bytes
from .conditions import entity_tag, is_unmodified


def json_answer(members: Mapping[str, object], revision: int | None = None) -> Response:
    """200 with a JSON object; with a revision, its ETag, or 304 for a caller who has that one."""
    body = json_bytes(members)
    if revision is None:
        headers = {"Cache-Control": "no-store"}
        return Response(body, 200, headers=headers, content_type="application/json")
    headers = {"Cache-Control": "private, no-cache"}
    return tagged_answer(body, "application/json", entity_tag(revision), headers)


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
