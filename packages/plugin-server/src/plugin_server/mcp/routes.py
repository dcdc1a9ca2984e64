"""POST /mcp, or /mcp/: one message in, one answer out. There are no streams and no sessions, so
that any replica can answer and nothing outlives its request.
"""

import asyncio
import gc
from typing import TYPE_CHECKING, Any, cast

from quart import Blueprint, Response, current_app, request

from ..auth import authenticated
from ..documents import Documents, InvalidDocument
from ..http.origin import only_host
from ..http.request import header_lines
from ..settings import Settings
from .calls import Application
from .origin_rule import OriginRule
from .tools import Tool, tools_of

if TYPE_CHECKING:
    from .protocol import Protocol

mcp = Blueprint("mcp", __name__)


class McpEndpoint:
    """What the route needs: who may come in, and the protocol, once somebody does.

    Raises InvalidDocument for a contract that gives no tools.
    """

    def __init__(self, app: Application, documents: Documents, settings: Settings) -> None:
        self.origin_rule = OriginRule(settings)
        self._app = app
        self._documents = documents
        self._tools = _tools(documents)
        self._protocol: Protocol | None = None
        self._opening = asyncio.Lock()

    async def protocol(self) -> "Protocol":
        """The protocol, imported in a thread: that takes half a second, and others are waiting."""
        if self._protocol is None:
            # Who comes while it is imported waits for that import, and starts no other.
            async with self._opening:
                if self._protocol is None:
                    self._protocol = await asyncio.to_thread(self._open)
        return self._protocol

    def _open(self) -> "Protocol":
        from .protocol import Protocol

        protocol = Protocol(self._app, self._documents, self._tools)
        # As at the start: what was imported stays, and need not be looked through again.
        gc.freeze()
        return protocol


def _tools(documents: Documents) -> dict[str, Tool]:
    try:
        return tools_of(documents.contract)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise InvalidDocument(
            "openapi.yaml: its operations cannot be read: `plugin-check` says why"
        ) from error


# Some clients add a slash. A redirect would lose the method or the token in several others.
@mcp.post("/mcp")
@mcp.post("/mcp/")
async def message() -> Response:
    """One JSON-RPC message. Its content type is not looked at: a tool scan was seen to send
    application/octet-stream.
    """
    endpoint = cast(McpEndpoint, current_app.extensions["mcp"])
    scope = cast(dict[str, Any], request.scope)
    host = only_host(scope["lines"])
    endpoint.origin_rule.check(host, header_lines(b"origin"), request.scheme)
    caller = await authenticated()
    protocol = await endpoint.protocol()
    status, answer = await protocol.answer(scope, await request.body, caller)
    headers = {"Cache-Control": "no-store"}
    if answer is None:
        response = Response(b"", status, headers=headers)
        del response.headers["Content-Type"]
        return response
    return Response(answer, status, headers=headers, content_type="application/json")
