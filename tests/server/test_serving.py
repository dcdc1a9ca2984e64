"""The running server under load, killed, stopped and left; `make soak` has the long forms."""

from pathlib import Path

import pytest

from tests.callers import HEALTH, calling, open_files, until, words
from tests.ledger import stored_lists
from tests.load import Change
from tests.running import only_uvicorn, running_server
from tests.serving_checks import (
    assert_no_complaints,
    killed_under_load,
    stopped,
    stopped_under_load,
)
from tests.serving_partings import parted_from_its_callers
from tests.serving_starts import started_together

counts_descriptors = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="descriptors are counted in /proc"
)


async def test_no_acknowledged_change_is_lost_and_none_half_made_when_the_server_is_killed(
    database_url: str, tmp_path: Path
) -> None:
    await killed_under_load(tmp_path, database_url, rounds=4)


async def test_every_change_that_was_made_is_answered_when_the_server_is_stopped(
    database_url: str, tmp_path: Path
) -> None:
    await stopped_under_load(tmp_path, database_url, rounds=2)


async def test_hypercorn_loses_no_answer_either_when_it_is_stopped(
    sqlite_url: str, tmp_path: Path
) -> None:
    await stopped_under_load(tmp_path, sqlite_url, rounds=2, PLUGIN_SERVER="hypercorn")


@counts_descriptors
@only_uvicorn("a connection that its client closed is closed at once")
async def test_callers_who_leave_in_the_middle_harm_nobody(
    database_url: str, tmp_path: Path
) -> None:
    await parted_from_its_callers(tmp_path, database_url, rounds=1)


def test_servers_that_start_at_once_on_an_empty_database_serve_or_say_why_not(
    database_url: str, tmp_path: Path
) -> None:
    started_together(tmp_path, database_url, rounds=1)


async def test_requests_sent_ahead_are_answered_in_order(tmp_path: Path) -> None:
    todos = [f"todo {number}" for number in range(20)]
    with running_server(tmp_path) as server:
        async with calling(server) as caller:
            caller.say(b"".join(words(Change("add", "ann", todo)) for todo in todos))
            answers = [await caller.answer() for _ in todos]
    assert [answer.body for answer in answers] == [
        {"todo": todo, "todo_idx": index, "revision": index + 1} for index, todo in enumerate(todos)
    ]


@only_uvicorn("a client that has closed its half still gets its answers")
async def test_a_caller_who_has_said_everything_still_hears_the_answer(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        async with calling(server) as caller:
            caller.say(words(Change("add", "ann", "milk")))
            caller.fall_silent()
            assert (await caller.answer()).body == {"todo": "milk", "todo_idx": 0, "revision": 1}
            assert await caller.rest() == b""


@counts_descriptors
@only_uvicorn("a connection that its client closed is closed at once")
async def test_a_body_that_is_far_too_long_leaves_no_connection_behind(tmp_path: Path) -> None:
    chunk = b"3e8\r\n" + b"x" * 1000 + b"\r\n"
    head = (
        b"POST /todos/ann HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    with running_server(tmp_path, PLUGIN_GRACE="5") as server:
        async with calling(server) as caller:
            caller.say(HEALTH)
            assert (await caller.answer()).status == 200
            alone = open_files(server) - 1
        for _ in range(3):
            async with calling(server) as caller:
                caller.say(head + chunk * 3000)
                assert (await caller.answer()).status == 413
        await until(lambda: open_files(server) <= alone, "connections are left over")
        await stopped(server)
    assert_no_complaints(tmp_path)


async def test_what_is_sent_ahead_of_a_last_answer_is_not_run_and_holds_up_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    ambiguous = (
        b"POST /todos/ann HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    )
    with running_server(tmp_path, PLUGIN_DATABASE_URL=sqlite_url, PLUGIN_GRACE="5") as server:
        async with calling(server) as caller:
            caller.say(ambiguous + words(Change("add", "ann", "milk")))
            answer = await caller.answer()
            assert (answer.status, answer.last) == (400, True)
            assert await caller.rest() == b""
        assert await stopped(server) < 2
    assert_no_complaints(tmp_path)
    assert stored_lists(sqlite_url) == {}
