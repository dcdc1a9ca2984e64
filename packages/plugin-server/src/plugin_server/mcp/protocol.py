"""The Model Context Protocol, both of its eras, by the official SDK.

The SDK's own HTTP transport opens a task group, two memory streams and a session for each request
of the older era, which costs more than the call itself. A request here is handed to the SDK's
single-record driver instead; versions, envelopes, methods and results stay the SDK's business.
"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import anyio
import mcp_types as types
from mcp.server.caching import CacheHint
from mcp.server.connection import Connection
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.runner import modern_error_data, serve_one
from mcp.shared import inbound
from mcp.shared.exceptions import MCPError, NoBackChannelError
from mcp.shared.message import ServerMessageMetadata
from mcp.shared.transport_context import TransportContext
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from ..auth import Caller
from ..documents import Documents
from ..errors import json_bytes
from ..http.conversation import META
from ..http.json import strict_json
from ..limits import count_again
from .calls import Application, call
from .failures import NOT_JSON, Answer, failure, not_a_request, unsupported_version
from .tools import Tool

# The contract changes when the server is deployed anew.
LISTS_KEPT = CacheHint(ttl_ms=60_000, scope="public")

VERSION = b"mcp-protocol-version"
# https://developers.openai.com/plugins/build/auth
SCHEMES = "securitySchemes"
ROUTING = (VERSION, b"mcp-method", b"mcp-name")

# 2025-03-26 alone has batches. A client of it names no version in its requests.
BATCHING = ("", types.DEFAULT_NEGOTIATED_VERSION)
LARGEST_BATCH = 20

Scope = Mapping[str, Any]


class SingleResponse:
    """A request whose only way back is its answer (mcp.shared.dispatcher.DispatchContext)."""

    can_send_request = False
    transport = TransportContext(kind="streamable-http", can_send_request=False)

    def __init__(self, request_id: types.RequestId, scope: Scope) -> None:
        self.request_id = request_id
        self.message_metadata = ServerMessageMetadata(request_context=SimpleNamespace(scope=scope))
        self.cancel_requested = anyio.Event()

    async def send_raw_request(self, method: str, *_: Any, **__: Any) -> dict[str, Any]:
        raise NoBackChannelError(method)

    async def notify(self, *_: Any, **__: Any) -> None:
        """There is nowhere to send it."""

    async def progress(self, *_: Any, **__: Any) -> None:
        """There is nowhere to send it."""


class Protocol:
    """Answers messages about the contract's tools."""

    def __init__(self, app: Application, documents: Documents, tools: Mapping[str, Tool]) -> None:
        self._app = app
        self._tools = tools
        self._schemes = {
            tool.name: [{"type": "oauth2", "scopes": list(tool.scopes)}]
            for tool in tools.values()
            if tool.scopes is not None
        }
        self._listed = types.ListToolsResult(tools=[self._tool(each) for each in tools.values()])
        manifest, info = documents.manifest, documents.contract.get("info", {})
        self._server = Server[Any](
            manifest.get("name_for_model", "plugin"),
            version=str(info.get("version", "")),
            title=manifest["name_for_human"],
            instructions=manifest.get("description_for_model"),
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            cache_hints={"tools/list": LISTS_KEPT, "server/discover": LISTS_KEPT},
        )
        # It is there to trace every message, with a library that nothing here exports to.
        self._server.middleware.clear()

    async def answer(self, scope: Scope, body: bytes, caller: Caller) -> Answer:
        """The HTTP status, and the JSON-RPC response; None for what has none.

        Raises Forbidden for a tool that the caller's scopes do not allow, where clients that speak
        OAuth look for it, and TooManyRequests for a batch of more messages than may be sent.
        """
        try:
            message = strict_json(body)
        except ValueError:
            return failure(None, types.PARSE_ERROR, NOT_JSON)
        version = _version(scope)
        is_batch = isinstance(message, list) and version in BATCHING
        # Of a batch too, nothing is done before it is known that all may be.
        self._check_scopes(message if is_batch else [message], caller)
        if is_batch and 0 < len(message) <= LARGEST_BATCH:
            return await self._answer_batch(scope, message, version)
        return await self._answer_one(scope, message, version)

    async def _answer_batch(self, scope: Scope, messages: list[Any], version: str) -> Answer:
        """One answer after the other, for each message that has one."""
        await count_again(scope, len(messages) - 1)
        answers = [
            answer
            for message in messages
            for _, answer in [await self._answer_one(scope, message, version, is_alone=False)]
            if answer is not None
        ]
        return (200, b"[" + b",".join(answers) + b"]") if answers else (202, None)

    async def _answer_one(
        self, scope: Scope, message: Any, version: str, *, is_alone: bool = True
    ) -> Answer:
        is_modern = version not in ("", *HANDSHAKE_PROTOCOL_VERSIONS)
        if isinstance(message, dict) and "id" not in message and "method" in message:
            return _notified(message, version if is_modern else None)
        if isinstance(message, dict) and "method" not in message and not is_modern:
            # A response to a request of ours. There are none, and the older era expects 202.
            return (202, None) if message.keys() & {"result", "error"} else not_a_request()
        try:
            request = types.JSONRPCRequest.model_validate(message)
        except ValidationError:
            return not_a_request()
        if request.method == "initialize" and not is_alone:
            return failure(request.id, types.INVALID_REQUEST, "initialize is sent by itself.")
        if not is_modern:
            known = version or types.DEFAULT_NEGOTIATED_VERSION
            return await self._serve(request, Connection.from_envelope(known, None, None), scope)
        opened = _opened(message, scope["lines"])
        if isinstance(opened, inbound.InboundLadderRejection):
            # A header that says something else than the message is told so first.
            if version not in MODERN_PROTOCOL_VERSIONS and opened.code != types.HEADER_MISMATCH:
                return unsupported_version(request.id, version)
            return failure(request.id, opened.code, opened.message, opened.data)
        return await self._serve(request, opened, scope, is_modern=True)

    async def _serve(
        self,
        request: types.JSONRPCRequest,
        connection: Connection,
        scope: Scope,
        *,
        is_modern: bool = False,
    ) -> Answer:
        try:
            result = await serve_one(
                self._server,
                SingleResponse(request.id, scope),
                request.method,
                request.params,
                connection=connection,
                lifespan_state=None,
            )
        except Exception as error:  # noqa: BLE001 - the SDK tells its own apart, and logs the rest
            told = modern_error_data(error)
            # The older era knows failures by the body alone.
            status = None if is_modern else 200
            # What else the SDK tells is the caller's own words.
            return failure(request.id, told.code, told.message, status=status)
        if request.method == "tools/list":
            # The SDK leaves out what the protocol's schema does not know, and ChatGPT looks here.
            for each in result["tools"]:
                if each["name"] in self._schemes:
                    each[SCHEMES] = self._schemes[each["name"]]
        return 200, json_bytes({"jsonrpc": "2.0", "id": request.id, "result": result})

    def _check_scopes(self, messages: list[Any], caller: Caller) -> None:
        for message in messages:
            is_call = isinstance(message, dict) and message.get("method") == "tools/call"
            params = message.get("params") if is_call else None
            name = params.get("name") if isinstance(params, dict) else None
            tool = self._tools.get(name) if isinstance(name, str) else None
            if tool is not None:
                caller.require(tool.scopes or ())

    def _tool(self, tool: Tool) -> types.Tool:
        schemes = self._schemes.get(tool.name)
        meta = {} if schemes is None else {"_meta": {SCHEMES: schemes}}
        return types.Tool.model_validate({**tool.listed, **meta})

    async def _list_tools(
        self, _context: ServerRequestContext[Any], _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return self._listed

    async def _call_tool(
        self, context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        tool = self._tools.get(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, "There is no such tool: tools/list has them.")
        scope: Scope = cast(Any, context.request).scope
        told = {**scope, META: params.meta}
        result = await call(self._app, tool, params.arguments or {}, told)
        return types.CallToolResult(
            content=[types.TextContent(text=result.text)],
            structured_content=result.structured,
            is_error=result.is_error,
        )


def _version(scope: Scope) -> str:
    """The version of the protocol that the request names; empty where it names none."""
    lines: Mapping[bytes, list[bytes]] = scope["lines"]
    return lines.get(VERSION, [b""])[0].decode("latin-1")


def _opened(
    message: dict[str, Any], lines: Mapping[bytes, list[bytes]]
) -> Connection | inbound.InboundLadderRejection:
    """The connection that a request of the newer era describes in its headers and `_meta`."""
    for name in ROUTING:
        if len(lines.get(name, ())) > 1:
            repeated = f"The header {name.decode()} is repeated."
            return inbound.InboundLadderRejection(types.HEADER_MISMATCH, repeated)
    headers = {
        name.decode("latin-1"): values[0].decode("latin-1") for name, values in lines.items()
    }
    route = inbound.classify_inbound_request(message, headers=headers)
    if isinstance(route, inbound.InboundLadderRejection):
        return route
    return Connection.from_envelope(
        route.protocol_version, route.client_info, route.client_capabilities
    )


def _notified(message: dict[str, Any], modern_version: str | None) -> Answer:
    try:
        types.JSONRPCNotification.model_validate(message)
    except ValidationError:
        return not_a_request()
    if modern_version is not None and modern_version not in MODERN_PROTOCOL_VERSIONS:
        return unsupported_version(None, modern_version)
    return 202, None
