"""The protocol's own client, in each of its modes, against the real server in each auth mode."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client

from tests.answers import EMPTY, stale
from tests.front_door import TOKEN
from tests.running import Server, running_server

from .mcp_listing import TOOLS
from .mcp_messages import HANDSHAKES, NEWER, failed
from .test_auth import FORBIDDEN, issued

SPOKEN = {"legacy": HANDSHAKES[-1], NEWER: NEWER, "auto": NEWER}
SERVICE = {"PLUGIN_AUTH": "service_http", "PLUGIN_SERVICE_TOKENS": TOKEN}


def encoded(token: str) -> str:
    return f"Basic {base64.b64encode(f'ann:{token}'.encode()).decode()}"


@asynccontextmanager
async def talking(
    server: Server, mode: str, authorization: str | None = None
) -> AsyncIterator[Client]:
    """A client of the server that has opened the conversation, if its mode does that."""
    headers = {} if authorization is None else {"Authorization": authorization}
    async with httpx2.AsyncClient(headers=headers) as http:
        transport = streamable_http_client(f"{server.url}/mcp", http_client=http)
        async with Client(transport, mode=mode, cache=None, read_timeout_seconds=20) as client:
            assert client.protocol_version == SPOKEN[mode]
            yield client


async def called(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The result of a call, as it is on the wire."""
    came = await client.call_tool(tool, arguments)
    whole = came.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {
        name: whole[name] for name in ("content", "structuredContent", "isError") if name in whole
    }


async def use_all(client: Client, username: str) -> None:
    """List the tools and call each, well and badly; the list is empty before and after."""
    tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == [tool["name"] for tool in TOOLS]
    listed = await called(client, "getTodos", username=username)
    assert listed["structuredContent"]["todos"] == []
    seen = listed["structuredContent"]["revision"]
    added = await called(client, "addTodo", username=username, todo="äpfel 🍏", revision=seen)
    expected = {"todo": "äpfel 🍏", "todo_idx": 0, "revision": seen + 1}
    assert (added["structuredContent"], added["isError"]) == (expected, False)
    refused = await called(client, "deleteTodo", username=username, todo_idx=0, revision=seen)
    assert refused == failed(stale(409, ["äpfel 🍏"], seen + 1))
    deleted = await called(client, "deleteTodo", username=username, todo_idx=0, revision=seen + 1)
    assert deleted["structuredContent"] == {"todo": "äpfel 🍏", "revision": seen + 2}
    with pytest.raises(MCPError, match="There is no such tool"):
        await client.call_tool("noSuchTool", {})


@pytest.mark.parametrize(
    ("variables", "authorization"),
    [
        ({}, None),
        (SERVICE, f"Bearer {TOKEN}"),
        ({**SERVICE, "PLUGIN_AUTHORIZATION_TYPE": "basic"}, encoded(TOKEN)),
    ],
    ids=["none", "service_http bearer", "service_http basic"],
)
async def test_the_official_client_lists_and_calls_every_tool(
    tmp_path: Path, variables: dict[str, str], authorization: str | None
) -> None:
    with running_server(tmp_path, **variables) as server:
        for mode in SPOKEN:
            async with talking(server, mode, authorization) as client:
                await use_all(client, "ann")


async def test_a_person_has_their_own_list_and_no_other(database_url: str, tmp_path: Path) -> None:
    variables = {"PLUGIN_DATABASE_URL": database_url, "PLUGIN_AUTH": "user_http"}
    with running_server(tmp_path, **variables) as server:
        token = await issued(database_url, "ann")
        for mode in SPOKEN:
            async with talking(server, mode, f"Bearer {token}") as client:
                await use_all(client, "me")
                await use_all(client, "ann")
                assert await called(client, "getTodos", username="bob") == failed(FORBIDDEN)
                refused = await called(client, "addTodo", username="bob", todo="milk")
                assert refused == failed(FORBIDDEN)
        async with talking(server, "auto", f"Bearer {await issued(database_url, 'bob')}") as client:
            assert (await called(client, "getTodos", username="me"))["structuredContent"] == EMPTY


async def test_the_official_client_does_not_come_in_without_the_token(tmp_path: Path) -> None:
    with running_server(tmp_path, **SERVICE) as server:
        for mode in SPOKEN:
            for authorization in (None, f"Bearer {TOKEN}x"):
                with pytest.raises((MCPError, ExceptionGroup)):
                    async with talking(server, mode, authorization) as client:
                        await client.list_tools()
