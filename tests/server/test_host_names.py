"""Under which host names a server that asks for no token may be called, at every route."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.main import create_app
from plugin_server import Plugin
from plugin_server.auth import owner
from plugin_server.settings import Settings
from tests.answers import EMPTY, a_list, answered, problem
from tests.front_door import TOKEN, served
from tests.running import running_server

from .mcp_messages import message, post, result, succeeded, tool_call

PUBLIC = "https://todo.example.org"
FOREIGN_HOST = problem(
    403,
    "foreign_host",
    "This server asks for no token, so it answers only under localhost, an address, or the host"
    " that PLUGIN_PUBLIC_URL names.",
)
NOT_ONE_HOST = problem(400, "invalid_host", "A request has exactly one Host header.")
SERVICE = {"auth": "service_http", "service_tokens": TOKEN}
BEARS = {"Authorization": f"Bearer {TOKEN}"}
LOCAL = ["localhost", "LOCALHOST:5002", "localhost.", "x.localhost", "127.0.0.1", "127.9.9.9:80"]
LOCAL += ["[::1]", "[::1]:5002", "192.0.2.1", "192.0.2.1:5002", "[2001:db8::1]:5002"]
TUNNEL = ["todo.example.org", "TODO.example.org:443", "todo.example.org.:8443"]
# Like the name of a tunnel.
NEARLY = ["todo.example.org.evil.example", "tod", "example.org", "a.todo.example.org"]
FOREIGN = ["evil.example", "localhost.evil.example", *NEARLY, "127.0.0.1.evil.example", "127.1"]
FOREIGN += ["2130706433"]
MILK = {"todo": "milk", "todo_idx": 0}
CALLS: dict[str, dict[str, Any]] = {
    "getTodos": {},
    "addTodo": {"todo": "milk"},
    "deleteTodo": {"todo_idx": 0},
}


@asynccontextmanager
async def fork(database_url: str, **settings: Any) -> AsyncIterator[tuple[Plugin, Any]]:
    """The application with one more route, as a fork would add it, and a client of it."""
    app = create_app(Settings(database_url=database_url, rate_limit="off", **settings))

    @app.route("/fork/<username>", methods=["PUT", "PATCH"])
    async def change(username: str) -> str:
        return await owner(username)

    async with served(app) as client:
        yield app, client


async def refused(app: Plugin, client: httpx.AsyncClient, **headers: str) -> dict[str, Any]:
    """Each method and route that answers 403, with the answer; HEAD has none."""
    found = {}
    for rule in app.url_map.iter_rules():
        for method in rule.methods or ():
            body = message("ping").members if rule.rule == "/mcp" else MILK
            path = rule.rule.replace("<username>", "ann")
            answer = await client.request(method, path, headers=headers, json=body)
            if answer.status_code == 403:
                found[f"{method} {rule.rule}"] = None if method == "HEAD" else told(answer)
    return found


def told(answer: httpx.Response) -> dict[str, Any]:
    """The problem. A page says of it no more than the sentence."""
    if answer.headers["Content-Type"].startswith("text/html"):
        assert FOREIGN_HOST["detail"] in answer.text
        return FOREIGN_HOST
    problem: dict[str, Any] = answer.json()
    return problem


def asking(app: Plugin) -> dict[str, Any]:
    """Each method and route that is for a caller, with the refusal: the rest is for everybody."""
    return {
        f"{method} {rule.rule}": None if method == "HEAD" else FOREIGN_HOST
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"OPTIONS"}
        if not rule.endpoint.startswith(("wellknown.", "front."))
    }


async def tool_answers(client: httpx.AsyncClient, host: str) -> list[tuple[int, Any]]:
    """The answers to a call of every tool, called by that name."""
    found = []
    for tool in (await result(client, message("tools/list")))["tools"]:
        sent = tool_call(tool["name"], {"username": "bob", **CALLS[tool["name"]]})
        answer = await post(client, sent, host=host)
        found.append((answer.status_code, answer.json()))
    return found


@pytest.mark.parametrize(
    ("public_url", "ours", "foreign"),
    [
        (None, LOCAL, [*FOREIGN, *TUNNEL]),
        (PUBLIC, ["localhost", *TUNNEL], NEARLY),
        (f"{PUBLIC}.:8443", ["192.0.2.1", *TUNNEL], NEARLY),
        ("http://todo:5002", ["[::1]:5002", "todo:5002", "todo"], ["evil.example", *TUNNEL]),
    ],
)
async def test_a_name_that_is_not_ours_is_refused_by_whatever_asks_who_calls(
    sqlite_url: str, public_url: str | None, ours: list[str], foreign: list[str]
) -> None:
    async with fork(sqlite_url, public_url=public_url) as (app, client):
        for host in foreign:
            assert await refused(app, client, Host=host) == asking(app), host
            assert await tool_answers(client, host) == [(403, FOREIGN_HOST)] * len(CALLS), host
        for username in ("ann", "bob"):
            assert (await client.get(f"/todos/{username}")).json() == EMPTY
        for number, host in enumerate(ours):
            assert await refused(app, client, Host=host) == {}, host
            before, after = 2 * number, 2 * number + 2
            assert await tool_answers(client, host) == [
                (200, {"jsonrpc": "2.0", "id": 1, "result": succeeded(members)})
                for members in (
                    a_list([], before),
                    {"todo": "milk", "todo_idx": 0, "revision": before + 1},
                    {"todo": "milk", "revision": after},
                )
            ], host


async def test_where_a_token_is_asked_for_any_name_is_as_good(sqlite_url: str) -> None:
    async with fork(sqlite_url, **SERVICE) as (app, client):
        for host in [*LOCAL, *TUNNEL, *FOREIGN]:
            assert await refused(app, client, Host=host, **BEARS) == {}, host


@pytest.mark.parametrize(
    ("hops", "called", "foreign"),
    [
        (
            0,
            [("localhost", "evil.example"), ("todo.example.org", "evil.example")],
            [("evil.example", "localhost"), ("evil.example", "todo.example.org")],
        ),
        (
            1,
            [
                ("localhost", "todo.example.org"),
                ("todo.example.org", "todo.example.org"),
                ("localhost", "evil.example, todo.example.org"),
                ("localhost", ""),
            ],
            [
                ("localhost", "evil.example"),
                ("evil.example", "localhost"),
                ("evil.example", "todo.example.org"),
                ("localhost", "localhost, evil.example"),
            ],
        ),
        (
            2,
            [("localhost", "evil.example, localhost, localhost"), ("localhost", "localhost")],
            [
                ("localhost", "evil.example"),
                ("localhost", "evil.example, localhost"),
                ("localhost", "localhost, evil.example"),
            ],
        ),
    ],
)
async def test_a_page_can_hide_its_name_behind_no_forwarded_host(
    sqlite_url: str, hops: int, called: list[tuple[str, str]], foreign: list[tuple[str, str]]
) -> None:
    """It may send X-Forwarded-Host to its own origin, and a proxy may write another Host."""
    proxied = {"public_url": PUBLIC, "trusted_proxies": f"host={hops}"}
    async with fork(sqlite_url, **proxied) as (app, client):
        for expected, hosts in (({}, called), (asking(app), foreign)):
            for host, forwarded in hosts:
                headers = {"Host": host, "X-Forwarded-Host": forwarded}
                assert await refused(app, client, **headers) == expected, headers


def test_nor_behind_an_absolute_target_nor_behind_no_name_at_all(tmp_path: Path) -> None:
    refusals = [(403, FOREIGN_HOST)]
    with running_server(tmp_path) as server:
        for origin, version, host, expected in (
            ("http://evil.example", "1.1", "Host: localhost\r\n", refusals),
            ("http://localhost", "1.1", "Host: evil.example\r\n", refusals),
            ("http://evil.example", "1.1", "Host: evil.example\r\n", refusals),
            ("http://localhost", "1.1", "Host: localhost\r\n", [(200, EMPTY)]),
            ("", "1.0", "Host: localhost\r\n", [(200, EMPTY)]),
            ("", "1.0", "Host: evil.example\r\n", refusals),
            # Whether HTTP or the mode refuses it first is nobody's business here.
            ("", "1.0", "", [(400, NOT_ONE_HOST), *refusals]),
        ):
            head = f"GET {origin}/todos/ann HTTP/{version}\r\n{host}Connection: close\r\n\r\n"
            answer = answered(server, head)
            assert (answer.status, json.loads(answer.body)) in expected, head
