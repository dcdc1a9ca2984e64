"""MCP endpoints of both eras, on loopback."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from guarded_fetch.testing.hostile_servers import ok

TOOL: dict[str, Any] = {
    "name": "getPlants",
    "inputSchema": {"type": "object", "properties": {"limit": {"type": "integer"}}},
    "outputSchema": {"type": "object"},
    "annotations": {"readOnlyHint": True, "destructiveHint": False, "openWorldHint": False},
}

SESSION = "Mcp-Session-Id: plants-1"
EVENT_STREAM = "Content-Type: text/event-stream"
JSON = "Content-Type: application/json"


@dataclass
class Asked:
    """A call as it came. Header names are lower case."""

    headers: dict[str, str]
    message: dict[str, Any]

    @property
    def method(self) -> str:
        return str(self.message["method"])


@dataclass
class McpServer:
    """Lists `pages` of tools: without sessions, or only within one; as JSON or as events.

    With `held_open` an event stream does not end after the answer.
    """

    pages: list[list[Any]] = field(default_factory=lambda: [[TOOL]])
    sessions: bool = False
    events: bool = False
    held_open: bool = False
    asked: list[Asked] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await read(reader)
        self.asked.append(asked)
        if asked.method == "notifications/initialized":
            writer.write(ok(b"", status="202 Accepted"))
        elif self.sessions and asked.method == "initialize":
            agreed = {"protocolVersion": "2025-06-18", "capabilities": {}}
            self._answer(writer, {"id": asked.message["id"], "result": agreed}, SESSION)
        elif self.sessions and asked.headers.get("mcp-session-id") != "plants-1":
            refusal = {"jsonrpc": "2.0", "id": None, "error": {"code": -32000, "message": "No."}}
            writer.write(ok(json.dumps(refusal).encode(), JSON, status="400 Bad Request"))
        else:
            self._answer(writer, {"id": asked.message["id"], "result": self._page(asked)})
        await writer.drain()
        if self.held_open:
            await reader.read()

    def _page(self, asked: Asked) -> dict[str, Any]:
        number = int(asked.message.get("params", {}).get("cursor", 0))
        following = number + 1
        more = {"nextCursor": str(following)} if following < len(self.pages) else {}
        return {"tools": self.pages[number], **more}

    def _answer(self, writer: asyncio.StreamWriter, message: dict[str, Any], *lines: str) -> None:
        text = json.dumps({"jsonrpc": "2.0", **message})
        if not self.events:
            writer.write(ok(text.encode(), JSON, *lines))
            return
        progress = json.dumps({"jsonrpc": "2.0", "method": "notifications/progress"})
        head = "\r\n".join(("HTTP/1.1 200 OK", EVENT_STREAM, *lines, "", ""))
        events = f": hello\n\nevent: message\ndata: {progress}\n\nid: 2\ndata: {text}\n\n"
        writer.write((head + events).encode())


async def read(reader: asyncio.StreamReader) -> Asked:
    """Read one call."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(headers, json.loads(body or b'{"method": "GET"}'))
