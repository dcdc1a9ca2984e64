"""One limit over several replicas, counted in Redis; and what happens while that is away."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import IPv6Address
from pathlib import Path
from time import monotonic
from uuid import uuid4

import httpx
import pytest
from redis.asyncio import Redis

from plugin_server.limits.windows import AWAY_SECONDS, BEAT_SECONDS, BEATS
from tests.front_door import TOKEN, front_door
from tests.redis_server import RedisServer
from tests.running import running_server

PATH = "/openapi.yaml"


def somebody() -> dict[str, str]:
    """The header of a client whom no other test has counted."""
    return {"X-Forwarded-For": str(IPv6Address(uuid4().int))}


@asynccontextmanager
async def replicas(
    count: int, url: str, folder: Path, rate: str = "20/hour", **settings: str
) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Front doors of so many replicas over one Redis."""
    settings = {"rate_limit": rate, "rate_limit_storage": url, **settings}
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                front_door(f"sqlite:///{folder}/{number}.db", trusted_proxies="for=1", **settings)
            )
            for number in range(count)
        ]


async def statuses(
    clients: list[httpx.AsyncClient], count: int, headers: dict[str, str]
) -> Counter[int]:
    """The statuses of so many requests at once, to each of the replicas in turn."""
    asked = [clients[n % len(clients)].get(PATH, headers=headers) for n in range(count)]
    return Counter([answer.status_code for answer in await asyncio.gather(*asked)])


async def test_replicas_share_the_limit(redis_url: str, tmp_path: Path) -> None:
    async with replicas(2, redis_url, tmp_path) as doors:
        for headers in (somebody(), somebody()):
            assert await statuses(doors, 100, headers) == {200: 20, 429: 80}
            for door in doors:
                answer = await door.get(PATH, headers=headers)
                assert 3500 <= int(answer.headers["Retry-After"]) <= 3600
                assert answer.headers["RateLimit-Policy"] == '"rate";q=20;w=3600'


async def test_replicas_share_the_limit_of_invalid_tokens(redis_url: str, tmp_path: Path) -> None:
    host = {"auth": "service_http", "service_tokens": TOKEN}
    address = somebody()
    async with replicas(2, redis_url, tmp_path, rate="1000/hour", **host) as doors:
        answers = [
            await doors[n % 2].get(
                "/todos/ann", headers={**address, "Authorization": f"Bearer {uuid4().hex}"}
            )
            for n in range(12)
        ]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2


async def test_what_is_kept_bears_our_name_and_goes_by_itself(
    redis: RedisServer, tmp_path: Path
) -> None:
    async with replicas(1, redis.url, tmp_path) as doors, Redis.from_url(redis.url) as asking:
        assert await statuses(doors, 1, {"X-Forwarded-For": "192.0.2.1"}) == {200: 1}
        keys = await asking.keys()
        assert keys == [b"todo-plugin:{rate/192.0.2.1/20/3600/second}"]
        assert 7190 <= await asking.ttl(keys[0]) <= 7200


async def test_a_storage_that_hangs_holds_up_one_request_now_and_then(
    redis: RedisServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with replicas(1, redis.url, tmp_path) as doors:
        headers = somebody()
        assert await statuses(doors, 5, headers) == {200: 5}
        redis.freeze()
        begun = monotonic()
        # This process counts alone, from nothing.
        assert await statuses(doors, 100, headers) == {200: 20, 429: 80}
        assert monotonic() - begun >= BEATS * BEAT_SECONDS
        for _ in range(60):
            assert await statuses(doors, 1, headers) == {429: 1}
        assert monotonic() - begun < 60 * BEATS * BEAT_SECONDS / 2
        redis.thaw()
        await until_back(doors[0])
        # What Redis had counted still counts.
        assert (await statuses(doors, 100, headers))[200] in range(16)
    assert told(caplog) == [
        "the storage of the rate limit is away (TimeoutError): this process counts",
        "the storage of the rate limit is back",
    ]


async def test_a_storage_that_is_killed_is_taken_again_when_it_is_back(
    redis: RedisServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    redis.kill()
    async with replicas(1, redis.url, tmp_path) as doors:
        assert await statuses(doors, 30, somebody()) == {200: 20, 429: 10}
        redis.start()
        await until_back(doors[0])
        assert await statuses(doors, 30, somebody()) == {200: 20, 429: 10}
        redis.kill()
        assert await statuses(doors, 30, somebody()) == {200: 20, 429: 10}
    # The second time within a minute is not told.
    assert told(caplog) == [
        "the storage of the rate limit is away (ConnectionError): this process counts",
        "the storage of the rate limit is back",
    ]


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [text for name, level, text in caplog.record_tuples if level == logging.WARNING]


async def until_back(door: httpx.AsyncClient) -> None:
    """Ask until the shared storage counts again."""
    windows = door._transport.app.extensions["limiter"]._windows  # type: ignore[attr-defined]
    deadline = monotonic() + AWAY_SECONDS + 5
    while windows._is_away:
        assert monotonic() < deadline, "the shared storage is not taken again"
        assert (await door.get(PATH, headers=somebody())).status_code == 200
        await asyncio.sleep(0.02)


def wrong_password(redis: RedisServer) -> str:
    redis.kill()
    redis.start("--requirepass", "another")
    return redis.url.replace("//", "//:s3cret@")


def read_only(redis: RedisServer) -> str:
    redis.kill()
    redis.start("--replicaof", "127.0.0.1", "1", "--replica-serve-stale-data", "yes")
    return redis.url


def out_of_memory(redis: RedisServer) -> str:
    redis.kill()
    redis.start("--maxmemory", "1", "--maxmemory-policy", "noeviction")
    return redis.url


def no_such_database(redis: RedisServer) -> str:
    return f"{redis.url}/4711"


@pytest.mark.parametrize("broken", [wrong_password, read_only, out_of_memory, no_such_database])
async def test_whatever_ails_the_storage_this_process_counts(
    redis: RedisServer,
    tmp_path: Path,
    broken: Callable[[RedisServer], str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with replicas(1, broken(redis), tmp_path) as doors:
        assert await statuses(doors, 50, somebody()) == {200: 20, 429: 30}
    assert len(told(caplog)) == 1
    assert "s3cret" not in caplog.text


def test_a_server_starts_and_stops_without_its_storage(redis: RedisServer, tmp_path: Path) -> None:
    redis.kill()
    variables = {"PLUGIN_RATE_LIMIT": "2/hour", "PLUGIN_RATE_LIMIT_STORAGE": redis.url}
    with running_server(tmp_path, **variables) as server:
        asked = [httpx.get(f"{server.url}{PATH}").status_code for _ in range(3)]
        assert asked == [200, 200, 429]
        redis.start()
        assert server.stop() == 0
