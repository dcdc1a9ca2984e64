"""SIGTERM: what runs is answered, what has not begun is refused, and nothing delays the exit."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.callers import HEALTH, Caller, calling, until_draining, words
from tests.ledger import nobody_can_write, stored_lists
from tests.load import Change
from tests.running import Server, running_server
from tests.serving_checks import EXIT_SECONDS, assert_no_complaints

MILK = words(Change("add", "ann", "milk"))
BREAD = words(Change("add", "ann", "bread"))
MILK_ADDED = {"todo": "milk", "todo_idx": 0, "revision": 1}


async def said(server: Server, caller: Caller, words: bytes) -> None:
    """Say it, and wait until the server has taken it up."""
    async with calling(server) as other:
        for each in (caller, other):
            each.say(HEALTH)
            await each.answer()
        caller.say(words)
        # When what was said later is answered, the server's loop has seen what was said before.
        other.say(HEALTH)
        await other.answer()


async def signalled(server: Server, number: signal.Signals = signal.SIGTERM) -> None:
    """Send the signal and wait until the server has heard it."""
    server.process.send_signal(number)
    await until_draining(server)


async def ended(server: Server, seconds: float) -> None:
    """Assert that the server exits with 0 within so many seconds."""
    began = time.monotonic()
    assert await asyncio.to_thread(server.process.wait, seconds + 10) == 0
    assert time.monotonic() - began < seconds


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_connections_on_which_nothing_happens_do_not_delay_the_exit(
    number: signal.Signals, server_kind: str, tmp_path: Path
) -> None:
    with running_server(tmp_path, PLUGIN_SERVER=server_kind, PLUGIN_GRACE="10") as server:
        async with AsyncExitStack() as stack:
            for words in (b"", HEALTH) * 10:
                caller = await stack.enter_async_context(calling(server))
                await said(server, caller, words)
            await signalled(server, number)
            await ended(server, 2)
    assert_no_complaints(tmp_path)


async def test_requests_that_stay_half_sent_do_not_use_the_grace(
    server_kind: str, tmp_path: Path
) -> None:
    with running_server(tmp_path, PLUGIN_SERVER=server_kind, PLUGIN_GRACE="10") as server:
        async with AsyncExitStack() as stack:
            # One in the middle of its head, one in the middle of its body.
            for half in (MILK[:30], MILK[:-5]):
                await said(server, await stack.enter_async_context(calling(server)), half)
            await signalled(server)
            await ended(server, 1)
    assert_no_complaints(tmp_path)


async def test_a_change_that_runs_when_the_signal_comes_is_answered(
    database_url: str, tmp_path: Path
) -> None:
    with running_server(tmp_path, PLUGIN_DATABASE_URL=database_url) as server:
        async with calling(server) as caller:
            with nobody_can_write(database_url):
                await said(server, caller, MILK)
                await signalled(server)
            answer = await caller.answer()
        assert (answer.status, answer.body) == (200, MILK_ADDED)
        await ended(server, 2)
    assert stored_lists(database_url)["ann"].todos == {1: "milk"}
    assert_no_complaints(tmp_path)


async def test_an_answer_after_the_signal_says_that_it_is_the_last(
    sqlite_url: str, server_kind: str, tmp_path: Path
) -> None:
    with running_server(
        tmp_path, PLUGIN_SERVER=server_kind, PLUGIN_DATABASE_URL=sqlite_url
    ) as server:
        async with calling(server) as caller:
            with nobody_can_write(sqlite_url):
                await said(server, caller, MILK)
                await signalled(server)
            assert (await caller.answer()).last


@pytest.mark.parametrize("rest", [len(MILK) - 40, 5], ids=["in its head", "in its body"])
async def test_a_request_that_is_half_there_when_the_signal_comes_is_refused(
    rest: int, sqlite_url: str, server_kind: str, tmp_path: Path
) -> None:
    with running_server(
        tmp_path, PLUGIN_SERVER=server_kind, PLUGIN_DATABASE_URL=sqlite_url
    ) as server:
        async with calling(server) as caller:
            await said(server, caller, MILK[:-rest])
            await signalled(server)
            caller.say(MILK[-rest:])
            answer = await caller.answer()
        assert (answer.status, answer.body["code"]) == (503, "draining")
        await ended(server, 2)
    assert stored_lists(sqlite_url) == {}


async def test_a_request_that_waits_behind_another_when_the_signal_comes_is_not_run(
    sqlite_url: str, server_kind: str, tmp_path: Path
) -> None:
    with running_server(
        tmp_path, PLUGIN_SERVER=server_kind, PLUGIN_DATABASE_URL=sqlite_url, PLUGIN_GRACE="4"
    ) as server:
        async with calling(server) as caller:
            with nobody_can_write(sqlite_url):
                await said(server, caller, MILK + BREAD)
                await signalled(server)
            first = await caller.answer()
            assert (first.status, first.body) == (200, MILK_ADDED)
            # RFC 9112 section 9.6: after the last answer nothing more is read.
            assert first.last or (await caller.answer()).status == 503
        await ended(server, 2)
    assert stored_lists(sqlite_url)["ann"].todos == {1: "milk"}


@asynccontextmanager
async def hanging_when_signalled(
    folder: Path, url: str, kind: str, grace: str
) -> AsyncIterator[tuple[Server, Caller]]:
    """A server that heard SIGTERM, and a caller whose change waits for a lock in the block."""
    with running_server(
        folder, PLUGIN_DATABASE_URL=url, PLUGIN_SERVER=kind, PLUGIN_GRACE=grace
    ) as server:
        async with calling(server) as caller:
            with nobody_can_write(url):
                await said(server, caller, MILK)
                await signalled(server)
                yield server, caller


async def test_a_request_that_hangs_does_not_stop_the_exit(
    sqlite_url: str, server_kind: str, tmp_path: Path
) -> None:
    async with hanging_when_signalled(tmp_path, sqlite_url, server_kind, "1") as (server, _):
        await ended(server, 1 + EXIT_SECONDS)
    assert stored_lists(sqlite_url) == {}
    assert_no_complaints(tmp_path)


async def test_a_second_signal_ends_the_grace(
    sqlite_url: str, server_kind: str, tmp_path: Path
) -> None:
    async with hanging_when_signalled(tmp_path, sqlite_url, server_kind, "60") as (server, _):
        server.process.send_signal(signal.SIGTERM)
        await ended(server, 1 + EXIT_SECONDS)


async def test_what_the_grace_cuts_off_is_not_called_a_failure_and_then_made(
    sqlite_url: str, server_kind: str, tmp_path: Path
) -> None:
    with running_server(
        tmp_path, PLUGIN_DATABASE_URL=sqlite_url, PLUGIN_SERVER=server_kind, PLUGIN_GRACE="0.5"
    ) as server:
        async with calling(server) as caller:
            with nobody_can_write(sqlite_url):
                await said(server, caller, MILK)
                await signalled(server)
                told = await caller.rest()
        await ended(server, EXIT_SECONDS)
    assert told == b"" or stored_lists(sqlite_url) == {}, told
