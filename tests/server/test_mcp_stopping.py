"""Tool calls when the server is stopped, and when callers leave: as with every other request."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.callers import calling, open_files, until
from tests.ledger import check, nobody_can_write, stored_lists
from tests.load import CLIENTS, Change, Outcome
from tests.running import Server, only_uvicorn, running_server
from tests.serving_checks import CHANCE, EXIT_SECONDS, GRACE, assert_no_complaints, stopped

from .mcp_load import ToolLoad, change_call, unwrapped
from .mcp_messages import message, tool_call
from .test_stopping import ended, said, signalled

ROUNDS = 1
LIST = message("tools/list").words()
MILK = change_call(Change("add", "ann", "milk")).words()
MILK_ADDED = {"todo": "milk", "todo_idx": 0, "revision": 1}

counts_in_proc = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="descriptors and threads are counted in /proc"
)


async def warmed_up(server: Server) -> None:
    """Have the server answer a first message, for which it imports the protocol."""
    async with calling(server) as caller:
        caller.say(LIST)
        assert (await caller.answer()).status == 200


async def test_every_change_that_a_tool_made_is_answered_when_the_server_is_stopped(
    database_url: str, tmp_path: Path
) -> None:
    load = ToolLoad()
    variables = {"PLUGIN_DATABASE_URL": database_url, "PLUGIN_GRACE": str(GRACE)}
    for number in range(ROUNDS):
        with running_server(tmp_path, **variables) as server:
            async with load.on(server.port, f"stop{number}"):
                await load.until_acknowledged(CHANCE.randint(1, 300))
                await stopped(server)
        assert_no_complaints(tmp_path)
        assert check(load.changes, stored_lists(database_url)) == 0
    codes = {change.code for change in load.of(Outcome.REFUSED)}
    assert codes <= {"stale_revision", "draining"}
    # As in serving_checks.py: one here and there loses the race with a connection that closes.
    assert len(load.of(Outcome.UNANSWERED)) <= ROUNDS * CLIENTS / 2


async def test_a_call_that_runs_when_the_signal_comes_is_answered(
    database_url: str, tmp_path: Path
) -> None:
    with running_server(tmp_path, PLUGIN_DATABASE_URL=database_url) as server:
        await warmed_up(server)
        async with calling(server) as caller:
            with nobody_can_write(database_url):
                await said(server, caller, MILK)
                await signalled(server)
            answer = unwrapped(await caller.answer())
        assert (answer.status, answer.body, answer.last) == (200, MILK_ADDED, True)
        await ended(server, 2)
    assert stored_lists(database_url)["ann"].todos == {1: "milk"}
    assert_no_complaints(tmp_path)


async def test_a_call_that_has_not_begun_when_the_signal_comes_is_refused(
    sqlite_url: str, tmp_path: Path
) -> None:
    with running_server(tmp_path, PLUGIN_DATABASE_URL=sqlite_url) as server:
        await warmed_up(server)
        async with calling(server) as caller:
            await said(server, caller, MILK[:-5])
            await signalled(server)
            caller.say(MILK[-5:])
            answer = await caller.answer()
        assert (answer.status, answer.body["code"]) == (503, "draining")
        await ended(server, 2)
    assert stored_lists(sqlite_url) == {}


async def test_a_signal_while_the_protocol_is_imported_loses_no_answer(
    sqlite_url: str, tmp_path: Path
) -> None:
    with running_server(tmp_path, PLUGIN_DATABASE_URL=sqlite_url, PLUGIN_GRACE="9") as server:
        async with calling(server) as caller:
            await said(server, caller, MILK)
            await signalled(server)
            answer = unwrapped(await caller.answer())
        await ended(server, 9 + EXIT_SECONDS)
    made = stored_lists(sqlite_url)
    if answer.status == 200:
        assert (answer.body, made["ann"].todos) == (MILK_ADDED, {1: "milk"})
    else:
        assert (answer.body["code"], made) == ("draining", {})
    assert_no_complaints(tmp_path)


@counts_in_proc
@only_uvicorn("a connection that its client closed is closed at once")
@pytest.mark.parametrize("warm", [True, False], ids=["during calls", "during the import"])
async def test_callers_who_leave_in_the_middle_of_a_call_harm_nobody(
    sqlite_url: str, tmp_path: Path, warm: bool
) -> None:
    changes = [Change("add", "ann", str(number)) for number in range(60)]
    with running_server(tmp_path, PLUGIN_DATABASE_URL=sqlite_url) as server:
        if warm:
            await warmed_up(server)
        async with calling(server) as neighbour:
            for number, change in enumerate(changes):
                async with calling(server) as caller:
                    words = change_call(change, number).words()
                    caller.say(words if number % 3 else words[:-9])
                    if number % 2:
                        caller.reset()
                    else:
                        caller.hang_up()
            for number, change in enumerate(changes):
                if number % 3 == 0:
                    neighbour.say(change_call(change, number).words())
                    answer = unwrapped(await neighbour.answer())
                    change.settle(answer.status, answer.body)
                    assert change.outcome is Outcome.ACKNOWLEDGED
            await until(lambda: connections(server) <= 1, "connections are left over")
        assert await stopped(server) < EXIT_SECONDS
    check(changes, stored_lists(sqlite_url))
    assert_no_complaints(tmp_path)


def connections(server: Server) -> int:
    """How many sockets the server holds beyond the one on which it listens and its loop's two."""
    links = Path(f"/proc/{server.process.pid}/fd").iterdir()
    return sum("socket:" in str(link.readlink()) for link in links) - 3


@counts_in_proc
@only_uvicorn("a connection that its client closed is closed at once")
async def test_five_hundred_calls_at_once_leave_nothing_behind(
    sqlite_url: str, tmp_path: Path
) -> None:
    changes = [Change("add", f"list {number % 9}", str(number)) for number in range(500)]
    warming = Change("add", "warm", "milk", Outcome.ACKNOWLEDGED, revision=1)
    with running_server(tmp_path, PLUGIN_DATABASE_URL=sqlite_url) as server:
        async with calling(server) as caller:
            for name, arguments in (("addTodo", {"todo": "milk"}), ("getTodos", {})):
                caller.say(tool_call(name, {"username": "warm", **arguments}).words())
                assert unwrapped(await caller.answer()).status == 200
            before = (threads(server), open_files(server) - 1)

        async def make(number: int, change: Change) -> None:
            async with calling(server) as caller:
                caller.say(change_call(change, number).words())
                whole = await caller.answer()
                assert json.dumps(whole.body["id"]) == str(number)
                answer = unwrapped(whole)
                change.settle(answer.status, answer.body)

        await asyncio.gather(*(make(*each) for each in enumerate(changes)))
        await until(lambda: open_files(server) <= before[1], "descriptors are left over")
        assert threads(server) <= before[0]
        assert await stopped(server) < EXIT_SECONDS
    assert {change.outcome for change in changes} == {Outcome.ACKNOWLEDGED}
    assert check([warming, *changes], stored_lists(sqlite_url)) == 0
    assert_no_complaints(tmp_path)


def threads(server: Server) -> int:
    return len(list(Path(f"/proc/{server.process.pid}/task").iterdir()))
