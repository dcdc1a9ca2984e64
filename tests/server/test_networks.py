"""PLUGIN_ALLOWED_NETWORKS: whose addresses may call, at every door."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from app.main import create_app
from plugin_server.plugin import Plugin
from plugin_server.settings import Settings
from plugin_server.settings.values import Hops
from tests.answers import problem, routes
from tests.load import read_answer
from tests.running import running_server

REFUSED = problem(
    403,
    "network_not_allowed",
    "This address may not call: PLUGIN_ALLOWED_NETWORKS names those that may.",
)
LIST: dict[str, Any] = {
    "creationTime": "2026-11-21T00:00:00.000000",
    "prefixes": [{"ipv4Prefix": "192.0.2.0/24"}, {"ipv6Prefix": "2001:db8::/32"}],
}


class McpEndpoint:
    """The front door, for a caller from any address."""

    def __init__(self, app: Plugin) -> None:
        self.app = app

    async def answer(
        self, address: str, path: str = "/legal", method: str = "GET", **options: Any
    ) -> httpx.Response:
        """The answer to a request whose other end is `address`."""
        transport = httpx.ASGITransport(cast(Any, self.app), client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, **options)


@asynccontextmanager
async def door_with(sqlite_url: str, **settings: Any) -> AsyncIterator[McpEndpoint]:
    """The door of an application with these settings."""
    app = create_app(Settings(database_url=sqlite_url, rate_limit="off", **settings))
    async with app.test_app():
        yield McpEndpoint(app)


def published(folder: Path, content: object = LIST) -> str:
    """The entry of the setting for a list in a file."""
    file = folder / "list.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return f"@{file}"


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("192.0.2.255", True),
        ("192.0.3.0", False),
        ("::ffff:192.0.2.1", True),
        ("2001:db8:ffff::1", True),
        ("2001:db9::1", False),
        ("198.51.100.7", True),
        ("198.51.100.8", False),
        ("127.0.0.1", False),
        ("::1", False),
        ("", False),
        ("not an address", False),
    ],
)
async def test_only_addresses_of_the_networks_may_call(
    address: str, allowed: bool, sqlite_url: str, tmp_path: Path
) -> None:
    entries = (published(tmp_path), "198.51.100.7/32")
    async with door_with(sqlite_url, allowed_networks=entries) as door:
        answer = await door.answer(address)
    assert answer.status_code == (200 if allowed else 403)
    if not allowed:
        assert answer.json() == REFUSED
        assert answer.headers["connection"] == "close"


async def test_without_networks_every_address_may_call(sqlite_url: str) -> None:
    async with door_with(sqlite_url) as door:
        assert (await door.answer("")).status_code == 200


async def test_every_door_is_closed_to_others(sqlite_url: str) -> None:
    async with door_with(sqlite_url, allowed_networks=("192.0.2.0/24",)) as door:
        for path, methods in {**routes(), "/nowhere": {"GET"}}.items():
            for method in methods:
                answer = await door.answer("198.51.100.1", path, method)
                assert answer.status_code == 403
                assert method == "HEAD" or answer.json() == REFUSED


async def test_health_stays_open_to_this_machine_and_to_nobody_else(sqlite_url: str) -> None:
    async with door_with(sqlite_url, allowed_networks=("192.0.2.0/24",)) as door:
        for address, status in {"127.0.0.1": 200, "::1": 200, "198.51.100.1": 403}.items():
            assert (await door.answer(address, "/healthz")).status_code == status
        assert (await door.answer("127.0.0.1", "/healthz/")).status_code == 403


@pytest.mark.parametrize(
    ("hops", "forwarded", "status"),
    [
        (0, "192.0.2.1", 403),
        (1, "192.0.2.1", 200),
        (1, "192.0.2.1, 198.51.100.1", 403),
        (2, "203.0.113.1, 192.0.2.1, 198.51.100.1", 200),
        (2, "192.0.2.1", 403),
        (1, "127.0.0.1", 403),
    ],
)
async def test_the_address_is_what_trusted_proxies_say_and_not_what_callers_say(
    hops: int, forwarded: str, status: int, sqlite_url: str
) -> None:
    settings = {"allowed_networks": ("192.0.2.0/24",), "trusted_proxies": Hops(hops, 0, 0)}
    async with door_with(sqlite_url, **settings) as door:
        answer = await door.answer("198.51.100.1", headers={"X-Forwarded-For": forwarded})
    assert answer.status_code == status


async def test_a_tool_that_is_called_from_an_allowed_network_answers(sqlite_url: str) -> None:
    call = {"name": "getTodos", "arguments": {"username": "ann"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    async with door_with(sqlite_url, allowed_networks=("192.0.2.0/24",)) as door:
        answer = await door.answer("192.0.2.1", "/mcp", "POST", json=message)
    assert answer.json()["result"]["isError"] is False


def test_the_server_asks_the_socket_for_the_address(tmp_path: Path) -> None:
    with running_server(tmp_path, PLUGIN_ALLOWED_NETWORKS="192.0.2.0/24") as server:
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        assert httpx.get(f"{server.url}/legal").json() == REFUSED


async def test_who_is_refused_while_sending_sees_the_refusal_and_no_reset(tmp_path: Path) -> None:
    head = b"POST /todos/ann HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n"
    with running_server(tmp_path, PLUGIN_ALLOWED_NETWORKS="192.0.2.0/24") as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(head)
        assert await read_answer(reader) == (403, REFUSED, True)
        for _ in range(6):
            writer.write(b"a" * 10_000)
            await writer.drain()
        assert await asyncio.wait_for(reader.read(), 20) == b""
        writer.close()
