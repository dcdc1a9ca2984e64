"""Asks an MCP endpoint which tools it has, in today's form and in the one before it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from guarded_fetch import Fetch

from .plugin import SourceDocument
from .reading import BYTES, read_json

if TYPE_CHECKING:
    from guarded_fetch import Client

STATELESS, WITH_SESSIONS = "2026-07-28", "2025-11-25"
NAME = {"name": "plugin-check", "version": "1"}

PAGES = 10
EVENTS_READ = 100
VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What 2025-11-25 allows a session's name to be made of; the length is our own limit.
SESSION = re.compile(r"[\x21-\x7e]{1,1024}")


# The subject of a fetch of metadata that a 401 of the endpoint names.
NAMED_METADATA = "named by WWW-Authenticate"

CALL_HEADERS: Mapping[str, str] = {
    "Accept": "application/json, text/event-stream",
    "Content-Type": "application/json",
}


async def list_tools(
    client: "Client", endpoint: str, token: str | None = None
) -> tuple[SourceDocument | None, tuple[Fetch, ...]]:
    """The result of tools/list under the endpoint's name, or None, and what was asked for it.

    All pages are put together, at most PAGES of them; a `nextCursor` is left in the document when
    that was not the end. `token` is sent as a bearer token. Never raises. The subject of each
    fetch is the method that was called.
    """
    session = _Session(client, endpoint, token)
    listed = await session.pages()
    if listed is None and session.may_go_on and await session.opened():
        listed = await session.pages()
    document = None if listed is None else SourceDocument(endpoint, listed)
    return document, tuple(session.fetches)


def is_absent(fetch: Fetch) -> bool:
    """Whether an answer shows that no MCP endpoint is there."""
    if fetch.failure_kind is not None:
        return False
    missing = fetch.status in (404, 405) and b'"jsonrpc"' not in fetch.body and not fetch.hops
    return missing or fetch.content_type == "text/html"


class _Session:
    """Calls of JSON-RPC, one after the other; without a session until one is opened."""

    def __init__(self, client: "Client", endpoint: str, token: str | None) -> None:
        self.fetches: list[Fetch] = []
        self._client = client
        self._endpoint = endpoint
        self._version = STATELESS
        self._headers = dict(CALL_HEADERS)
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"

    @property
    def may_go_on(self) -> bool:
        """Whether another form of asking may do better."""
        last = self.fetches[-1]
        return last.failure_kind is None and last.status not in (401, 403) and not is_absent(last)

    async def pages(self) -> dict[str, Any] | None:
        tools: list[Any] = []
        cursor: str | None = None
        size = 0
        for _ in range(PAGES):
            result = await self._call("tools/list", {} if cursor is None else {"cursor": cursor})
            page = result.get("tools") if result else None
            if result is None or not isinstance(page, list):
                return None
            tools += page
            following = result.get("nextCursor")
            if not isinstance(following, str) or not following:
                return {"tools": tools}
            cursor = following
            size += len(self.fetches[-1].body)
            if size > BYTES:
                break
        return {"tools": tools, "nextCursor": cursor}

    async def opened(self) -> bool:
        """Shake hands as 2025-11-25 asks for."""
        self._version = WITH_SESSIONS
        self._headers.pop("Mcp-Method", None)
        self._headers.pop("MCP-Protocol-Version", None)
        wanted = {"protocolVersion": WITH_SESSIONS, "capabilities": {}, "clientInfo": NAME}
        result = await self._call("initialize", wanted)
        if result is None:
            return False
        version = result.get("protocolVersion")
        if not isinstance(version, str) or not VERSION.fullmatch(version):
            version = WITH_SESSIONS
        self._headers["MCP-Protocol-Version"] = version
        session = self.fetches[-1].headers.get("mcp-session-id", "")
        if SESSION.fullmatch(session):
            self._headers["Mcp-Session-Id"] = session
        await self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return True

    async def _call(self, method: str, parameters: dict[str, Any]) -> Mapping[str, Any] | None:
        """The result of a call, None where there is none."""
        if self._version == STATELESS:
            self._headers |= {"MCP-Protocol-Version": STATELESS, "Mcp-Method": method}
            prefix = "io.modelcontextprotocol/"
            parameters["_meta"] = {
                f"{prefix}protocolVersion": STATELESS,
                f"{prefix}clientInfo": NAME,
                f"{prefix}clientCapabilities": {},
            }
        number = len(self.fetches) + 1
        call = {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
        fetch = await self._send(call)
        for message in _messages(fetch):
            if "result" in message or "error" in message:
                result = message.get("result")
                return result if isinstance(result, dict) else None
        return None

    async def _send(self, message: dict[str, Any]) -> Fetch:
        fetch = await self._client.fetch(
            "tools",
            "POST",
            self._endpoint,
            subject=message["method"],
            headers=self._headers,
            body=json.dumps(message).encode(),
        )
        self.fetches.append(fetch)
        return fetch


def _messages(fetch: Fetch) -> Iterator[Mapping[str, Any]]:
    """The JSON-RPC messages of an answer: one, or one an event."""
    # The stream of an answer may stay open after the answer.
    if fetch.content_type == "text/event-stream":
        texts = _events(fetch.body)
    else:
        texts = iter([fetch.body] if fetch.failure_kind is None else [])
    for number, text in enumerate(texts):
        if number == EVENTS_READ:
            return
        if isinstance(message := read_json(fetch.url, text).value, dict):
            yield message


def _events(body: bytes) -> Iterator[bytes]:
    """The data of each whole event of an event stream."""
    data: list[bytes] = []
    # The last line is not a whole one.
    for line in body.splitlines()[: None if body.endswith((b"\n", b"\r")) else -1]:
        if line.startswith(b"data:"):
            data.append(line[5:].removeprefix(b" "))
        elif not line and data:
            yield b"\n".join(data)
            data = []
