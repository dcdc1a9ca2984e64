"""Too many connections: who waits for its caller makes room, and who is answered stays."""

import asyncio
import json
import socket
from contextlib import AsyncExitStack, ExitStack, suppress
from pathlib import Path

from tests.answers import answered, problem
from tests.callers import HEALTH, Caller, calling, words
from tests.ledger import nobody_can_write
from tests.load import Change
from tests.running import Server, only_uvicorn, running_server
from tests.serving_checks import assert_no_complaints, stopped

pytestmark = only_uvicorn("a limit of connections")

MILK = words(Change("add", "ann", "milk"))
BUSY = problem(503, "busy", "All connections are busy. Try again in a moment.")


async def healthy(caller: Caller) -> bool:
    caller.say(HEALTH)
    return (await caller.answer()).status == 200


async def cut_off(caller: Caller) -> bool:
    """Whether the server has ended the connection."""
    return await caller.rest() == b""


async def test_beyond_the_cap_the_connection_that_is_idle_longest_is_closed(tmp_path: Path) -> None:
    with running_server(tmp_path, PLUGIN_MAX_CONNECTIONS="10") as server:
        async with AsyncExitStack() as stack:
            callers = [await stack.enter_async_context(calling(server)) for _ in range(10)]
            for caller in callers:
                assert await healthy(caller)
            # The first is no longer the one that waits longest.
            assert await healthy(callers[0])
            late = await stack.enter_async_context(calling(server))
            assert await healthy(late)
            assert await cut_off(callers[1])
            for caller in [callers[0], *callers[2:], late]:
                assert await healthy(caller)
        await stopped(server)
    log = (tmp_path / "server.log").read_text()
    assert "too many connections, 10 may be open: so far 1 that waited" in log


async def test_who_is_sending_makes_room_only_when_nobody_is_idle(tmp_path: Path) -> None:
    with running_server(tmp_path, PLUGIN_MAX_CONNECTIONS="10") as server:
        async with AsyncExitStack() as stack:
            halves = [await stack.enter_async_context(calling(server)) for _ in range(9)]
            for number, caller in enumerate(halves):
                # In the head, and in the body.
                caller.say(MILK[:30] if number % 2 else MILK[:-5])
            idle = await stack.enter_async_context(calling(server))
            assert await healthy(idle)
            newcomer = await stack.enter_async_context(calling(server))
            assert await healthy(newcomer)
            assert await cut_off(idle)
            # Until its words are taken up, the one that was answered is idle, and makes room first.
            for _ in range(20):
                newcomer.say(MILK[:30])
                newcomer = await stack.enter_async_context(calling(server))
                assert await healthy(newcomer)
                with suppress(TimeoutError):
                    assert await halves[0].rest(0.2) == b""
                    break
            else:
                raise AssertionError("the one that is sending longest is still connected")
            halves[8].say(MILK[-5:])
            assert (await halves[8].answer()).body == {
                "todo": "milk",
                "todo_idx": 0,
                "revision": 1,
            }


async def test_newcomers_are_answered_in_the_place_of_those_who_dawdle(tmp_path: Path) -> None:
    with running_server(tmp_path, PLUGIN_MAX_CONNECTIONS="20") as server:
        async with AsyncExitStack() as stack:
            for _ in range(20):
                caller = await stack.enter_async_context(calling(server))
                caller.say(b"GET /he")
            newcomers = await asyncio.gather(
                *(stack.enter_async_context(calling(server)) for _ in range(10))
            )
            assert await asyncio.gather(*map(healthy, newcomers)) == [True] * 10


async def test_of_more_callers_at_once_than_there_is_room_for_each_is_answered(
    tmp_path: Path,
) -> None:
    with running_server(tmp_path, PLUGIN_MAX_CONNECTIONS="10") as server:
        asked = [refusal(server) for _ in range(60)]
        # None: health, and not that all is busy.
        assert await asyncio.gather(*asked) == [None] * 60


async def test_a_request_that_runs_is_never_closed_and_the_others_hear_that_all_is_busy(
    sqlite_url: str, tmp_path: Path
) -> None:
    variables = {"PLUGIN_DATABASE_URL": sqlite_url, "PLUGIN_MAX_CONNECTIONS": "10"}
    with running_server(tmp_path, **variables) as server:
        async with AsyncExitStack() as stack:
            callers = [await stack.enter_async_context(calling(server)) for _ in range(10)]
            with nobody_can_write(sqlite_url):
                for number, caller in enumerate(callers[1:]):
                    caller.say(words(Change("add", f"ann{number}", "milk")))
                # When what was said later is answered, what was said before is taken up.
                assert await healthy(callers[0])
                await until_all_is_busy(server, stack)
                began = asyncio.get_running_loop().time()
                assert await refusal(server) == BUSY
                assert asyncio.get_running_loop().time() - began < 1
            for caller in callers[1:]:
                assert (await caller.answer()).body["revision"] == 1
    assert_no_complaints(tmp_path)


async def until_all_is_busy(server: Server, stack: AsyncExitStack) -> list[Caller]:
    """Add callers, whose changes cannot be made now, until there is no room for another."""
    callers = []
    for _ in range(60):
        caller = await stack.enter_async_context(calling(server))
        callers.append(caller)
        caller.say(MILK)
        if await refusal(server) is not None and await refusal(server) is not None:
            return callers
    raise AssertionError("nobody is refused")


async def refusal(server: Server) -> object:
    """The JSON that is answered before anything is asked; None when nothing is."""
    answer = await asyncio.to_thread(
        answered, server, f"{HEALTH.decode()[:-2]}Connection: close\r\n\r\n"
    )
    if answer.status == 200:
        return None
    assert (answer.status, answer.headers["content-type"]) == (503, "application/problem+json")
    assert (answer.headers["retry-after"], answer.headers["connection"]) == ("1", "close")
    return json.loads(answer.body)


async def test_the_soft_limit_of_descriptors_is_raised_to_what_the_cap_needs(
    tmp_path: Path,
) -> None:
    limits = ("prlimit", "--nofile=100:1000")
    with running_server(tmp_path, *limits, PLUGIN_MAX_CONNECTIONS="200") as server:
        async with AsyncExitStack() as stack:
            callers = [await stack.enter_async_context(calling(server)) for _ in range(200)]
            for caller in callers:
                assert await healthy(caller)
        await stopped(server)
    assert "PLUGIN_MAX_CONNECTIONS" not in (tmp_path / "server.log").read_text()


async def test_who_never_takes_an_answer_makes_room_when_everybody_else_is_served(
    sqlite_url: str, tmp_path: Path
) -> None:
    variables = {"PLUGIN_DATABASE_URL": sqlite_url, "PLUGIN_MAX_CONNECTIONS": "10"}
    with running_server(tmp_path, **variables) as server:
        async with AsyncExitStack() as stack:
            neighbour = await stack.enter_async_context(calling(server))
            await fill_a_list(neighbour)
            with ExitStack() as deaf, nobody_can_write(sqlite_url):
                for _ in range(9):
                    deaf.enter_context(who_does_not_listen(server))
                for _ in range(50):
                    assert await healthy(neighbour)
                callers = await until_all_is_busy(server, stack)
            answers = await asyncio.gather(*(heard(caller) for caller in callers))
        assert sum(answers) == 10


async def heard(caller: Caller) -> bool:
    """Whether the change is answered; those who were not taken up in time have made room."""
    try:
        return (await caller.answer()).status == 200
    except (OSError, EOFError):
        return False


async def fill_a_list(caller: Caller) -> None:
    """Make an answer that no socket's buffer takes whole."""
    for number in range(95):
        caller.say(words(Change("add", "full", f"{number:02}" + "ü" * 990)))
        assert (await caller.answer()).status == 200


def who_does_not_listen(server: Server) -> socket.socket:
    """Asks for much in one go, takes as little as possible, and stays."""
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.connect(("127.0.0.1", server.port))
    deaf.sendall(b"GET /todos/full HTTP/1.1\r\nHost: localhost\r\n\r\n" * 40)
    return deaf
