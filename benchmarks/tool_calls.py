"""Calls of a tool, as the load sends them."""

import json
from typing import Any

LIST_NAME = "somebody"
HANDSHAKE, STATELESS = "2025-11-25", "2026-07-28"
ERAS = (HANDSHAKE, STATELESS)


def message(era: str, head: str) -> bytes:
    """A call of getTodos in one era of the protocol."""
    params: dict[str, Any] = {"name": "getTodos", "arguments": {"username": LIST_NAME}}
    headers = f"MCP-Protocol-Version: {era}\r\n"
    if era == STATELESS:
        headers += "Mcp-Method: tools/call\r\nMcp-Name: getTodos\r\n"
        params["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": era,
            "io.modelcontextprotocol/clientInfo": {"name": "load", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    body = json.dumps(call)
    headers += (
        "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
    )
    return f"POST /mcp HTTP/1.1\r\n{head}{headers}\r\n{body}".encode()
