"""Answers that are not failures."""

import json
from collections.abc import Mapping

from quart import Response

from .conditions import is_unmodified

UNCACHED = {"Cache-Control": "no-store"}


def json_answer(members: Mapping[str, object]) -> Response:
    """200 with a JSON object."""
    return Response(json_bytes(members), 200, headers=UNCACHED, content_type="application/json")


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


def json_bytes(members: Mapping[str, object]) -> bytes:
    """Compact JSON, UTF-8."""
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()
