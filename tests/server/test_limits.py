"""How often one caller may ask: counted over every door, by token or by address."""

import asyncio
import subprocess
import sys
import tracemalloc
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest
from pydantic import SecretStr

from app.main import create_app
from plugin_server.auth.tokens import add_token
from plugin_server.limits import UnusableStorage
from plugin_server.settings import Settings
from tests.answers import problem
from tests.front_door import OTHER_TOKEN, TOKEN, front_door
from tests.running import environment

from .limited import CALL, HOST, LIST, PROXY, bearer, client_database, of, statuses


async def test_as_many_as_allowed_pass_and_the_next_is_told_to_wait(sqlite_url: str) -> None:
    async with front_door(sqlite_url, rate_limit="5/hour") as client:
        for _ in range(5):
            assert (await client.get(LIST)).status_code == 200
        answer = await client.get(LIST)
    wait = int(answer.headers["Retry-After"])
    assert 3590 <= wait <= 3600
    assert answer.status_code == 429
    assert answer.json() == problem(
        429,
        "too_many_requests",
        f"Too many requests. Wait {wait} seconds, then send this one again.",
    )
    assert dict(answer.headers) == {
        "content-type": "application/problem+json",
        "content-length": ANY,
        "retry-after": str(wait),
        "cache-control": "no-store",
        "ratelimit-policy": '"rate";q=5;w=3600',
        "ratelimit": f'"rate";r=0;t={wait}',
        "vary": "Origin",
        "x-content-type-options": "nosniff",
    }


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({}, LIST),
        ({"auth": "service_http"}, "/openapi.yaml"),
        ({"auth": "user_http"}, LIST),
    ],
)
async def test_of_many_at_once_exactly_as_many_as_allowed_pass(
    sqlite_url: str, settings: dict[str, str], path: str
) -> None:
    tokens = {"service_tokens": TOKEN}
    async with front_door(sqlite_url, rate_limit="120/hour", **tokens, **settings) as client:
        token = await client_database(client).write(add_token, "ann")
        headers = bearer(token if settings.get("auth") == "user_http" else TOKEN)
        assert await statuses(client, 200, path=path, headers=headers) == {200: 120, 429: 80}


async def test_whoever_waits_as_long_as_told_is_let_in_again(sqlite_url: str) -> None:
    async with front_door(sqlite_url, rate_limit="2/second") as client:
        assert await statuses(client, 3) == {200: 2, 429: 1}
        answer = await client.get(LIST)
        assert answer.headers["Retry-After"] == "1"
        assert answer.json()["detail"].startswith("Too many requests. Wait 1 second, then")
        deadline = asyncio.get_running_loop().time() + 1.2
        while (await client.get(LIST)).status_code == 429:
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.02)


DOORS = [
    ("GET", "/.well-known/ai-plugin.json", {}, 200),
    ("GET", "/openapi.json", {}, 200),
    ("HEAD", "/logo.png", {}, 200),
    ("GET", "/legal", {}, 200),
    ("GET", LIST, {}, 200),
    ("OPTIONS", LIST, {}, 200),
    ("GET", "/nowhere", {}, 404),
    ("GET", "http://localhost:5002//healthz", {}, 404),
    ("PUT", LIST, {}, 405),
    ("GET", "/mcp", {}, 405),
    ("POST", "/mcp", {"content": CALL.body}, 200),
    ("GET", "/todos/%ff", {}, 400),
    ("POST", LIST, {"content": "x" * 70_000}, 413),
]


@pytest.mark.parametrize(("method", "path", "rest", "status"), DOORS)
async def test_every_door_counts_and_is_closed(
    sqlite_url: str, method: str, path: str, rest: dict[str, Any], status: int
) -> None:
    async with front_door(sqlite_url, rate_limit="1/hour") as client:
        first = await client.request(method, path, **rest)
        assert first.status_code == status
        answer = await client.request(method, path, **rest)
        assert (answer.status_code, answer.headers["Content-Type"]) == (
            429,
            "application/problem+json",
        )
        # What cannot be read to its end is not followed by another request, limited or not.
        assert answer.headers.get("Connection") == first.headers.get("Connection")
        assert (await client.get("/openapi.yaml")).status_code == 429


async def test_a_probe_of_health_is_never_counted(sqlite_url: str) -> None:
    async with front_door(sqlite_url, rate_limit="1/hour") as client:
        assert await statuses(client, 20, path="/healthz") == {200: 20}
        assert await statuses(client, 2) == {200: 1, 429: 1}
        assert await statuses(client, 2, path="/healthz") == {200: 2}


async def test_a_tool_call_counts_once(sqlite_url: str) -> None:
    async with front_door(sqlite_url, rate_limit="2/hour") as client:
        answers = [await client.post("/mcp", content=CALL.body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.json()["result"]["isError"] for answer in answers[:2]] == [False, False]


async def test_clients_behind_a_proxy_count_by_their_own_address(sqlite_url: str) -> None:
    async with front_door(sqlite_url, rate_limit="1/hour", **PROXY) as client:
        for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"):
            assert await statuses(client, 2, headers=of(address)) == {200: 1, 429: 1}
        neighbour = of("2001:db8::ffff:2")
        assert (await client.get(LIST, headers=neighbour)).status_code == 429


async def test_the_longest_address_counts_and_a_longer_text_is_none(sqlite_url: str) -> None:
    longest = "[2001:0db8:0123:4567:89ab:cdef:192.168.100.200]:65535"
    scoped = "fe80:0000:0000:0000:0123:4567:89ab:cdef%interface-name1"
    async with front_door(sqlite_url, rate_limit="1/hour", **PROXY) as client:
        for address in (longest, scoped):
            assert await statuses(client, 2, headers=of(address)) == {200: 1, 429: 1}
        # No address, so it is one of those at the proxy's own.
        endless = of(f"fe80::1%{'x' * 15_000}")
        assert await statuses(client, 1, headers=endless) == {200: 1}
        assert await statuses(client, 1, headers={}) == {429: 1}


async def test_long_texts_in_place_of_an_address_are_not_kept(sqlite_url: str) -> None:
    async with front_door(sqlite_url, **PROXY) as client:
        tracemalloc.start()
        try:
            await client.get("/logo.png", headers=of("x"))
            before, _ = tracemalloc.get_traced_memory()
            for number in range(300):
                await client.get("/logo.png", headers=of(f"{number}{'x' * 15_000}"))
            after, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert after - before < 2_000_000  # of 4.5 MB of texts


async def test_valid_tokens_count_apart_from_their_address_and_each_other(sqlite_url: str) -> None:
    async with front_door(sqlite_url, rate_limit="3/hour", **HOST) as client:
        assert await statuses(client, 5, path="/legal") == {200: 3, 429: 2}
        for token in (TOKEN, OTHER_TOKEN):
            assert await statuses(client, 5, headers=bearer(token)) == {200: 3, 429: 2}


async def test_made_up_tokens_count_under_their_address(sqlite_url: str) -> None:
    async with front_door(sqlite_url, rate_limit="5/hour", **HOST) as client:
        answers = [await client.get("/legal", headers=bearer(uuid4().hex)) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        answer = await client.get(LIST, headers=bearer(TOKEN))
        assert answer.status_code == 200


async def test_a_newcomer_is_let_in_from_an_address_that_is_used_up(sqlite_url: str) -> None:
    """A thousand people may call through one host: the first call of each is no flood."""
    async with front_door(sqlite_url, auth="user_http", rate_limit="2/hour") as client:
        assert await statuses(client, 3, path="/legal") == {200: 2, 429: 1}
        database = client_database(client)
        for name in ("ann", "bob", "cy"):
            headers = bearer(await database.write(add_token, name))
            path = f"/todos/{name}"
            assert await statuses(client, 3, headers=headers, path=path) == {200: 2, 429: 1}


async def test_pages_may_read_for_how_long_they_have_to_wait(sqlite_url: str) -> None:
    origin = {"Origin": "https://chatgpt.com"}
    preflight = {**origin, "Access-Control-Request-Method": "GET"}
    async with front_door(sqlite_url, rate_limit="1/hour") as client:
        assert (await client.options(LIST, headers=preflight)).status_code == 200
        answer = await client.get(LIST, headers=origin)
    assert answer.status_code == 429
    assert answer.headers["Access-Control-Allow-Origin"] == origin["Origin"]
    exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"Retry-After", "RateLimit", "RateLimit-Policy"} <= exposed


def run(code: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """A Python of its own, from which the command line may be called as `main`."""
    prepared = f"import sys; from app.__main__ import main; sys.argv[1:] = []; {code}"
    return subprocess.run(
        [sys.executable, "-c", prepared],
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_the_library_is_not_imported_before_it_is_needed() -> None:
    code = "from app.main import create_app; create_app(); print('limits' in sys.modules)"
    assert run(code, PLUGIN_RATE_LIMIT="120/minute").stdout == "False\n"


def test_a_storage_without_its_extra_refuses_the_start() -> None:
    variables = {"PLUGIN_RATE_LIMIT": "1/hour", "PLUGIN_RATE_LIMIT_STORAGE": "redis://h"}
    ended = run("sys.modules['redis'] = None; main()", **variables)
    told = "PLUGIN_RATE_LIMIT_STORAGE: needs the extra `redis`, which is not installed"
    assert (ended.returncode, ended.stderr) == (2, f"todo-plugin: {told}\n")


@pytest.mark.parametrize("url", ["redis://:s3cret@h:port", "redis://:s3cret@h/0?x=1"])
def test_what_is_no_address_of_a_storage_refuses_the_start(url: str) -> None:
    with pytest.raises(UnusableStorage) as refused:
        create_app(Settings(rate_limit_storage=SecretStr(url)))
    assert str(refused.value) == (
        "PLUGIN_RATE_LIMIT_STORAGE: must be such as redis://HOST:6379/0,"
        " with what is special in the password percent-encoded"
    )
    assert refused.value.__suppress_context__
