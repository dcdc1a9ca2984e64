"""Callers that go away in every unkind manner, in rounds, beside one who must not notice."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .callers import Caller, calling, open_files, until, words
from .ledger import check, stored_lists
from .load import Change, Outcome
from .running import Server, running_server
from .serving_checks import assert_no_complaints, stopped

# A neighbour's answer takes milliseconds; the machine may be busy with other tests.
AT_ONCE = 1.5
# The connections that the server may keep to PostgreSQL, which come and go.
POOL = 8
# Starting and stopping take four lines; nobody who leaves is worth even one.
LOG_LINES = 10
CHUNKED = (
    b"POST /todos/parting HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


class Parting(NamedTuple):
    """What is said before leaving, and what may have been made of it."""

    said: bytes
    changes: list[Change]


def _partings(number: int) -> Iterator[Parting]:
    def new(outcome: Outcome) -> Change:
        return Change("add", "parting", f"{number}.{next(count)}", outcome)

    count = itertools.count()
    whole = [new(Outcome.UNANSWERED) for _ in range(60)]
    yield Parting(b"", [])
    yield Parting(words(whole[0]), whole[:1])
    yield Parting(words(whole[1], "Connection: close") + words(whole[2]), whole[1:3])
    yield Parting(words(whole[3], "Expect: 100-continue"), whole[3:4])
    yield Parting(b"".join(map(words, whole[4:])), whole[4:])
    half = new(Outcome.REFUSED)
    yield Parting(words(half)[:40], [half])
    yield Parting(words(half)[:-5], [half])
    yield Parting(CHUNKED + b'9\r\n{"todo":"\r\n', [])
    yield Parting(b"\x16\x03\x01 this is not HTTP\r\n\r\n", [])


async def parted_from_its_callers(folder: Path, url: str, rounds: int) -> str:
    """Nothing half-made, no connection or task left over, no complaint, nobody else waits."""
    changes: list[Change] = []
    with running_server(folder, PLUGIN_DATABASE_URL=url, PLUGIN_GRACE="5") as server:
        async with calling(server) as neighbour:
            slowest = await _ask(neighbour, changes)
            before = open_files(server)
            for number in range(2 * rounds):
                for said, meant in _partings(number):
                    await _part(server, said, reset=number % 2 == 1)
                    changes += meant
                    slowest = max(slowest, await _ask(neighbour, changes))
            most = before if url.startswith("sqlite:") else before + POOL
            await until(lambda: open_files(server) <= most, "connections are left over")
        took = await stopped(server)
    assert slowest < AT_ONCE
    assert took < AT_ONCE, "something that nobody waits for held up the exit"
    assert_no_complaints(folder)
    log = (folder / "server.log").read_text()
    assert log.count("\n") < LOG_LINES, log
    made = check(changes, stored_lists(url))
    return (
        f"{2 * rounds} rounds of callers who left: {made} of their changes were made, none by half;"
        f" a neighbour waited {slowest * 1000:.0f} ms at most; exit after {took:.2f} s"
    )


async def _part(server: Server, said: bytes, reset: bool) -> None:
    async with calling(server) as caller:
        caller.say(said)
        if reset:
            caller.reset()
        else:
            caller.hang_up()


async def _ask(neighbour: Caller, changes: list[Change]) -> float:
    """Have a change made; the result is how long it took, in seconds."""
    change = Change("add", "neighbour", str(len(changes)))
    changes.append(change)
    began = time.monotonic()
    neighbour.say(words(change))
    answer = await neighbour.answer()
    change.settle(answer.status, answer.body)
    return time.monotonic() - began
