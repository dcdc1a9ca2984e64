"""What is told of a message that cannot be answered: JSON-RPC errors, and their HTTP status."""

import re
from typing import Any

import mcp_types as types
from mcp.shared import inbound
from mcp_types.version import KNOWN_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS

from ..errors import json_bytes
from ..http.json import DEEPEST

NOT_JSON = f"The body is not well-formed JSON in UTF-8, nested at most {DEEPEST} levels deep."
# The HTTP status, and the JSON-RPC response; None for what has none.
Answer = tuple[int, bytes | None]

# What a version may look like, and no more of a caller's own text than that.
_VERSION = re.compile(r"v?[0-9][0-9.-]{0,31}")


def failure(
    request_id: types.RequestId | None,
    code: int,
    message: str,
    data: Any = None,
    status: int | None = None,
) -> Answer:
    """An error; the status is that of its code, unless another one is given."""
    error = {"code": code, "message": message, **({} if data is None else {"data": data})}
    answer = json_bytes({"jsonrpc": "2.0", "id": request_id, "error": error})
    return status or inbound.ERROR_CODE_HTTP_STATUS.get(code, 200), answer


def not_a_request() -> Answer:
    """For what is neither a request nor a notification."""
    return failure(
        None, types.INVALID_REQUEST, "The body must be one JSON-RPC request or notification."
    )


def unsupported_version(request_id: types.RequestId | None, version: str) -> Answer:
    """For a version of the protocol that nobody knows. The sentence names those of both eras, the
    data those of the newer one, as server/discover does.
    """
    known = ", ".join(KNOWN_PROTOCOL_VERSIONS)
    told = f"This protocol version is not supported. Use one of these: {known}."
    # The protocol asks for what was requested.
    requested = version if _VERSION.fullmatch(version) else "unknown"
    data = {"supported": list(MODERN_PROTOCOL_VERSIONS), "requested": requested}
    return failure(request_id, types.UNSUPPORTED_PROTOCOL_VERSION, told, data)
