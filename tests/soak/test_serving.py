"""The long forms of tests/test_serving.py: each shows a line of figures. Some minutes each."""

import asyncio
import sys
import time
from pathlib import Path

import httpx

from plugin_server.http.incoming import BODY_SECONDS
from plugin_server.servers.connections import SECONDS, State
from plugin_server.servers.guard import PIPELINED_REQUESTS
from plugin_server.storage.sqlite import BUSY_SECONDS
from tests.callers import HEALTH, Caller, calling, words
from tests.ledger import nobody_can_write
from tests.load import Change
from tests.running import Server, running_server
from tests.serving_checks import assert_no_complaints, killed_under_load, stopped_under_load
from tests.serving_partings import parted_from_its_callers
from tests.serving_starts import started_together

FULL = b"GET /todos/full HTTP/1.1\r\nHost: localhost\r\n\r\n"  # answered with 90 kB
LAST_HEALTH = HEALTH.replace(b"localhost", b"localhost\r\nConnection: close")
LIMITS = (
    SECONDS[State.HEAD],
    SECONDS[State.HEAD],
    SECONDS[State.HEAD],
    BODY_SECONDS,
    SECONDS[State.IDLE],
    SECONDS[State.UNREAD],
)
LATE_SECONDS = 2
POST = words(Change("add", "ann", "milk"))
# In its path, where one letter more is still a request.
POST_BEGUN = POST[:12]
LONG_POST = words(Change("add", "ann", "a" * 1000))


def show(url: str, figures: str) -> None:
    # Standard error, because a worker of pytest-xdist has no standard output to show.
    sys.stderr.write(f"\n{url.partition(':')[0]}: {figures}\n")


async def test_200_kills_under_load(database_url: str, tmp_path: Path) -> None:
    show(database_url, await killed_under_load(tmp_path, database_url, rounds=200))


async def test_50_sigterms_under_load(database_url: str, tmp_path: Path) -> None:
    show(database_url, await stopped_under_load(tmp_path, database_url, rounds=50))


async def test_50_rounds_of_callers_who_leave(database_url: str, tmp_path: Path) -> None:
    show(database_url, await parted_from_its_callers(tmp_path, database_url, rounds=50))


def test_20_times_servers_that_start_at_once(database_url: str, tmp_path: Path) -> None:
    show(database_url, started_together(tmp_path, database_url, rounds=20))


async def test_callers_who_dawdle_are_let_go(sqlite_url: str, tmp_path: Path) -> None:
    with running_server(tmp_path, PLUGIN_DATABASE_URL=sqlite_url) as server:
        fill_a_list(server)
        silent, head, next_head, body, idle, deaf = await asyncio.gather(
            endured(server, b"", drip=b""),
            endured(server, POST_BEGUN, drip=b"a"),
            endured(server, HEALTH + POST_BEGUN, drip=b"a"),
            endured(server, LONG_POST[:-900], drip=b"a"),
            endured(server, HEALTH, drip=b""),
            endured_without_listening(server),
        )
        assert_no_complaints(tmp_path)
    for limit, (seconds, _) in zip(
        LIMITS, (silent, head, next_head, body, idle, deaf), strict=True
    ):
        # The server's clock starts when it sees the connection, just before ours.
        assert limit - 0.1 < seconds < limit + LATE_SECONDS
    assert silent[1] == head[1] == b""
    assert body[1].startswith(b"HTTP/1.1 408 ")
    assert b'"request_timeout"' in body[1]
    show(
        sqlite_url,
        f"let go: silent after {silent[0]:.1f} s, head {head[0]:.1f} s, next head"
        f" {next_head[0]:.1f} s, body {body[0]:.1f} s with 408, idle {idle[0]:.1f} s,"
        f" not listening {deaf[0]:.1f} s",
    )


async def test_callers_are_told_in_time_that_somebody_holds_the_lock(
    sqlite_url: str, tmp_path: Path
) -> None:
    post = words(Change("add", "ann", "milk"), "Connection: close")
    with (
        running_server(tmp_path, PLUGIN_DATABASE_URL=sqlite_url) as server,
        nobody_can_write(sqlite_url),
    ):
        first = asyncio.create_task(endured(server, post, drip=b""))
        await endured(server, LAST_HEALTH, drip=b"")
        told = await asyncio.gather(first, *(endured(server, post, drip=b"") for _ in range(4)))
    assert all(heard.startswith(b"HTTP/1.1 503 ") for _, heard in told)
    slowest = max(seconds for seconds, _ in told)
    show(sqlite_url, f"callers were told after {slowest:.1f} s that the database is locked")
    # Whoever comes while the first one waits has that to sit through, and then a wait of their own.
    assert slowest < 2 * BUSY_SECONDS + LATE_SECONDS


def fill_a_list(server: Server) -> None:
    for _ in range(90):
        httpx.post(f"{server.url}/todos/full", json={"todo": "a" * 1000}).raise_for_status()


async def endured(server: Server, said: bytes, drip: bytes) -> tuple[float, bytes]:
    """How long the server bears it, in seconds, and what it answers."""
    async with calling(server) as caller:
        began = time.monotonic()
        caller.say(said)
        dripping = asyncio.create_task(keep_dripping(caller, drip))
        heard = await caller.rest(SECONDS[State.IDLE] + 10)
        dripping.cancel()
        return time.monotonic() - began, heard


async def endured_without_listening(server: Server) -> tuple[float, bytes]:
    """The same for one who asks for more than lies between two sockets, and reads nothing."""
    async with calling(server) as caller:
        began = time.monotonic()
        caller.say(FULL * PIPELINED_REQUESTS)
        while not caller.is_cut_off and time.monotonic() - began < SECONDS[State.IDLE]:
            caller.say(b"a")
            await asyncio.sleep(0.2)
        return time.monotonic() - began, b""


async def keep_dripping(caller: Caller, drip: bytes) -> None:
    while True:
        caller.say(drip)
        await asyncio.sleep(0.2)
