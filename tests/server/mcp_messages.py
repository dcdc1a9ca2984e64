"""Messages of the Model Context Protocol, as clients of its two eras put them on the wire."""

import json
from typing import Any, Literal, NamedTuple

import httpx

Era = Literal["older", "newer"]

ERAS: tuple[Era, Era] = ("older", "newer")
HANDSHAKES = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
NEWER = "2026-07-28"
VERSION = "MCP-Protocol-Version"
META = {
    "io.modelcontextprotocol/protocolVersion": NEWER,
    "io.modelcontextprotocol/clientCapabilities": {},
}
TOO_LARGE = 987_654_321_987_654_321
CLIENT = {"capabilities": {}, "clientInfo": {"name": "a test", "version": "1"}}
SERVER = {"name": "todo", "title": "TODO List", "version": "0.1.0"}
STAMP = {"io.modelcontextprotocol/serverInfo": SERVER}


class Message(NamedTuple):
    """One request, and the headers that go with it."""

    members: dict[str, Any]
    headers: dict[str, str]

    @property
    def body(self) -> bytes:
        return json_body(self.members)

    def words(self, *more: str) -> bytes:
        """The whole HTTP request, with more header lines."""
        lines = [f"{name}: {value}" for name, value in self.headers.items()]
        head = ["POST /mcp HTTP/1.1", "Host: localhost", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*head, *lines, *more, "", ""]).encode() + self.body


def json_body(value: object) -> bytes:
    """The value in JSON, where TOO_LARGE is a number beyond Python's floats."""
    return json.dumps(value).encode().replace(str(TOO_LARGE).encode(), b"1e999")


def message(
    method: str, params: dict[str, Any] | None = None, era: Era = "older", number: int = 1
) -> Message:
    """A request of a method."""
    whole: dict[str, Any] = {"jsonrpc": "2.0", "id": number, "method": method}
    if era == "older":
        return Message(whole if params is None else {**whole, "params": params}, {})
    headers = {VERSION: NEWER, "Mcp-Method": method}
    if params and isinstance(params.get("name"), str):
        headers["Mcp-Name"] = params["name"]
    return Message({**whole, "params": {**(params or {}), "_meta": META}}, headers)


def tool_call(name: str, arguments: dict[str, Any], era: Era = "older", number: int = 1) -> Message:
    """A request to call a tool."""
    return message("tools/call", {"name": name, "arguments": arguments}, era, number)


async def post(client: httpx.AsyncClient, sent: Message, **headers: str) -> httpx.Response:
    """The answer to a message; `headers` have underscores for hyphens."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/mcp", content=sent.body, headers={**sent.headers, **more})


async def result(client: httpx.AsyncClient, sent: Message, **headers: str) -> dict[str, Any]:
    """The result of a request that succeeds, without what the newer era adds to each."""
    answer = await post(client, sent, **headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    whole = answer.json()
    found: dict[str, Any] = whole.pop("result")
    assert whole == {"jsonrpc": "2.0", "id": sent.members["id"]}
    if sent.headers:
        assert (found.pop("resultType"), found.pop("_meta")) == ("complete", STAMP)
    return found


def succeeded(members: dict[str, Any]) -> dict[str, Any]:
    """The result of a tool call that came to these members."""
    return {**_text(members), "structuredContent": members, "isError": False}


def failed(problem: dict[str, Any]) -> dict[str, Any]:
    """The result of a tool call that came to this problem."""
    told = {name: value for name, value in problem.items() if name not in ("type", "title")}
    return {**_text(told), "isError": True}


def _text(members: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    return {"content": [{"type": "text", "text": text}]}


def error(code: int, text: str, number: int | None = 1, **more: Any) -> dict[str, Any]:
    """The whole answer to a message that is refused."""
    told = {"code": code, "message": text, **more}
    return {"jsonrpc": "2.0", "id": number, "error": told}
