"""Calls of a tool, as the load sends them."""

import json
from collections.abc import Mapping
from typing import Any

LIST_NAME = "somebody"
ACCEPT = "application/json, text/event-stream"
HANDSHAKE, STATELESS = "2025-11-25", "2026-07-28"
ERAS = (HANDSHAKE, STATELESS)


def call(tool: str, arguments: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The JSON-RPC message that calls a tool."""
    params = {"name": tool, "arguments": arguments, **more}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


def message(era: str, head: str) -> bytes:
    """A call of getTodos in one era of the protocol."""
    more: dict[str, Any] = {}
    headers = f"MCP-Protocol-Version: {era}\r\n"
    if era == STATELESS:
        headers += "Mcp-Method: tools/call\r\nMcp-Name: getTodos\r\n"
        more["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": era,
            "io.modelcontextprotocol/clientInfo": {"name": "load", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
    body = json.dumps(call("getTodos", {"username": LIST_NAME}, **more))
    headers += (
        f"Accept: {ACCEPT}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    )
    return f"POST /mcp HTTP/1.1\r\n{head}{headers}\r\n{body}".encode()
