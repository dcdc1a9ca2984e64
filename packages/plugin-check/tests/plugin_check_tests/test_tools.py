"""Listing the tools of an MCP endpoint, and what K14 says of the answers."""

import pytest

from guarded_fetch import Client, Limits
from guarded_fetch.testing.hostile_servers import (
    Handler,
    answering,
    hostile,
    ok,
    repeating,
    serving,
)
from plugin_check.plugin import PluginSnapshot, SourceDocument
from plugin_check.report import Level
from plugin_check.rules.endpoint import endpoint
from plugin_check.rules.tools import hints, output_schema, tool_names
from plugin_check.tools import list_tools

from .mcp_servers import EVENT_STREAM, JSON, TOOL, McpServer

IMPATIENT = Limits(seconds_a_request=0.5)


async def listed(
    handler: Handler, token: str | None = None, limits: Limits = IMPATIENT
) -> tuple[str, PluginSnapshot]:
    """The endpoint's address, and a plugin with what was found there."""
    async with serving(handler) as port:
        url = f"http://127.0.0.1:{port}/mcp"
        async with Client(url, limits=limits) as client:
            tools, fetches = await list_tools(client, url, token)
    return url, PluginSnapshot(url, fetches=fetches, tools=tools, token=token)


def said(plugin: PluginSnapshot) -> list[tuple[str, Level | None]]:
    """What K14 says of a scan on loopback, less that it is on loopback."""
    violations = [(each.message, each.level) for each in endpoint(plugin)]
    return [each for each in violations if not each[0].startswith("Only this machine")]


async def test_a_server_of_today_is_asked_once_and_without_a_handshake() -> None:
    server = McpServer()
    url, plugin = await listed(server)
    assert plugin.tools == SourceDocument(url, {"tools": [TOOL]})
    (asked,) = server.asked
    assert asked.message == {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/list",
        "params": {
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": {"name": "plugin-check", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {},
            }
        },
    }
    assert asked.headers["mcp-protocol-version"] == "2026-07-28"
    assert asked.headers["mcp-method"] == "tools/list"
    assert asked.headers["accept"] == "application/json, text/event-stream"
    assert asked.headers["content-type"] == "application/json"
    assert "authorization" not in asked.headers
    assert said(plugin) == []


@pytest.mark.parametrize("events", [False, True])
async def test_an_older_server_is_greeted_and_asked_in_its_session(events: bool) -> None:
    server = McpServer(sessions=True, events=events)
    url, plugin = await listed(server)
    assert plugin.tools == SourceDocument(url, {"tools": [TOOL]})
    assert [each.method for each in server.asked] == [
        "tools/list",
        "initialize",
        "notifications/initialized",
        "tools/list",
    ]
    assert [each.headers.get("mcp-session-id") for each in server.asked] == [
        None,
        None,
        "plants-1",
        "plants-1",
    ]
    assert server.asked[1].message["params"] == {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "plugin-check", "version": "1"},
    }
    assert [each.headers.get("mcp-protocol-version") for each in server.asked] == [
        "2026-07-28",
        None,
        "2025-06-18",
        "2025-06-18",
    ]
    assert [each.subject for each in plugin.fetches] == [each.method for each in server.asked]
    assert server.asked[3].message == {
        "jsonrpc": "2.0",
        "id": 4,
        "method": "tools/list",
        "params": {},
    }
    assert "mcp-method" not in server.asked[3].headers


async def test_an_event_stream_may_say_other_things_first_and_stay_open_afterwards() -> None:
    url, plugin = await listed(McpServer(events=True, held_open=True))
    assert plugin.tools == SourceDocument(url, {"tools": [TOOL]})


async def test_pages_are_put_together() -> None:
    tools = [{**TOOL, "name": f"tool-{number}"} for number in range(5)]
    server = McpServer(pages=[tools[:2], [], tools[2:]])
    url, plugin = await listed(server)
    assert plugin.tools == SourceDocument(url, {"tools": tools})
    assert [each.message["params"].get("cursor") for each in server.asked] == [None, "1", "2"]


async def test_pages_without_an_end_are_left_after_ten() -> None:
    server = McpServer(pages=[[TOOL]] * 100)
    url, plugin = await listed(server)
    assert plugin.tools == SourceDocument(url, {"tools": [TOOL] * 10, "nextCursor": "10"})
    assert len(server.asked) == 10
    assert said(plugin) == [("The list of tools does not end after 10 tools.", None)]


async def test_a_token_is_sent_as_a_bearer_token() -> None:
    server = McpServer(sessions=True)
    await listed(server, token="sesame")
    assert {each.headers["authorization"] for each in server.asked} == {"Bearer sesame"}


CHALLENGE = "WWW-Authenticate: Bearer"


@pytest.mark.parametrize(
    ("answer", "token", "expected"),
    [
        (
            ok(b"", CHALLENGE, status="401 Unauthorized"),
            None,
            ("The tools cannot be listed without a token.", Level.NOTE),
        ),
        (
            ok(b"", status="401 Unauthorized"),
            None,
            (
                "The tools cannot be listed without a token, "
                "and no WWW-Authenticate says where to get one.",
                Level.WARNING,
            ),
        ),
        (
            ok(b"", CHALLENGE, status="401 Unauthorized"),
            "sesame",
            ("The token was refused.", None),
        ),
        (ok(b"", status="403 Forbidden"), None, ("Listing the tools is forbidden.", None)),
        (ok(b"", status="404 Not Found"), None, ("No MCP endpoint answers here.", Level.NOTE)),
        (ok(b"", status="405 No"), None, ("No MCP endpoint answers here.", Level.NOTE)),
        (
            ok(b"<h1>Plants</h1>", "Content-Type: text/html"),
            None,
            ("No MCP endpoint answers here.", Level.NOTE),
        ),
    ],
)
async def test_who_refuses_is_not_asked_again(
    answer: bytes, token: str | None, expected: tuple[str, Level | None]
) -> None:
    _, plugin = await listed(answering(answer), token)
    assert plugin.tools is None
    assert len(plugin.fetches) == 1
    assert said(plugin) == [expected]


DEEP = b'{"jsonrpc": "2.0", "id": 1, "result": ' + b"[" * 100_000
EVENTS = f"HTTP/1.1 200 OK\r\n{EVENT_STREAM}\r\n\r\n".encode()

STRANGE = {
    "nothing": ok(b"", JSON),
    "no JSON": ok(b"\xff\x00garbage", JSON),
    "a list": ok(b"[]", JSON),
    "no result": ok(b'{"jsonrpc": "2.0", "id": 1, "result": null}', JSON),
    "a result that is a list": ok(b'{"jsonrpc": "2.0", "id": 1, "result": [[]]}', JSON),
    "an error": ok(b'{"jsonrpc": "2.0", "id": 1, "error": {"code": -32601}}', JSON),
    "depth": ok(DEEP, JSON),
    "events without data": ok(b"event: a\n\nevent: b\n\n" * 1_000, EVENT_STREAM),
    "half an event": ok(
        b'data: {"jsonrpc": "2.0", "id": 1, "result": {"tools": []}}', EVENT_STREAM
    ),
}


@pytest.mark.parametrize("name", STRANGE)
async def test_an_answer_without_tools_is_an_error(name: str) -> None:
    _, plugin = await listed(answering(STRANGE[name]))
    assert plugin.tools is None
    assert [each.subject for each in plugin.fetches] == ["tools/list", "initialize"]
    assert said(plugin) == [("initialize was answered with status 200 and no list of tools.", None)]


ENDLESS = {
    "events": repeating(EVENTS, b'data: {"jsonrpc": "2.0", "method": "a"}\n\n' * 1_000),
    "one event": repeating(EVENTS, b"data: " + b"x" * 65_536 + b"\n"),
    "an event in drops": repeating(EVENTS, b"data: {}\n\n", 0.01),
    "a document": repeating(b"HTTP/1.1 200 OK\r\n" + JSON.encode() + b"\r\n\r\n", b"[" * 65_536),
}


@pytest.mark.parametrize("name", [*ENDLESS, *hostile()])
async def test_a_hostile_endpoint_is_left_after_one_try(name: str) -> None:
    _, plugin = await listed((ENDLESS | hostile())[name])
    assert plugin.tools is None
    assert len(plugin.fetches) == 1
    ((message, level),) = said(plugin)
    assert message.startswith("The tools could not be listed: ")
    assert message.isprintable()
    assert level is None


async def test_ten_thousand_tools_are_listed_and_judged() -> None:
    _, plugin = await listed(McpServer(pages=[[{"name": "a b"}] * 10_000]), limits=Limits())
    assert len(list(tool_names(plugin))) == 10_000
    assert len(list(output_schema(plugin))) == 10_000
    assert len(list(hints(plugin))) == 30_000
