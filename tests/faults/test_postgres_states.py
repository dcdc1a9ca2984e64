"""PostgreSQL between up and away: what a reader, a writer and a probe are told in each state."""

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from time import monotonic
from typing import Any

import httpx
import pytest

from plugin_server.storage import keyed_threads, postgres
from tests import postgres_states as states
from tests.answers import AWAY, BUSY, READ_ONLY
from tests.faults import MILK, answered, show
from tests.front_door import front_door
from tests.postgres_place import Place

Making = Callable[[Place], AbstractContextManager[None]]
WELL = None
WRITERS = 12


Told = dict[str, Any] | None
Either = tuple[Told, ...]


class State:
    """What makes it; what ann's reader, her writers and a probe are told; the lines of the log.

    Who reads may depend on the session: a tuple has what it can be.
    """

    def __init__(
        self, made: Making, reader: Told | Either, writer: Told, health: Told | Either, *log: str
    ) -> None:
        self.made = made
        self.reader = reader if isinstance(reader, tuple) else (reader,)
        self.writer = writer
        self.health = health if isinstance(health, tuple) else (health,)
        self.log = [f"the database is {line}" for line in log]


def changed(there: str, back: str) -> Making:
    return partial(states.changed, there=there, back=back)


def revoked(what: str) -> Making:
    return changed(f"REVOKE {what} FROM ROLE", f"GRANT {what} TO ROLE")


def renamed(table: str) -> Making:
    return changed(f"ALTER TABLE {table} RENAME TO gone", f"ALTER TABLE gone RENAME TO {table}")


UNCHANGED = "read-only: cannot execute INSERT in a read-only transaction"
LOCKED = "busy: canceling statement due to lock timeout"
DENIED = "unavailable: permission denied for table"
CONNECTING = "unavailable: connection failed: connection to server on socket .* failed: FATAL:  "
NO_SCHEMA = changed(
    "REVOKE USAGE ON SCHEMA public FROM PUBLIC, ROLE", "GRANT USAGE ON SCHEMA public TO ROLE"
)
FOR_WRITERS = partial(states.table_locked, mode="SHARE")
FOR_ALL = partial(states.table_locked, mode="ACCESS EXCLUSIVE")
SLOW = changed(
    "CREATE FUNCTION nap() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';"
    " CREATE TRIGGER nap BEFORE INSERT ON lists FOR EACH ROW EXECUTE FUNCTION nap()",
    "DROP FUNCTION nap CASCADE",
)
STATES = {
    "read-only": State(states.read_only, WELL, READ_ONLY, WELL, UNCHANGED),
    "row locked": State(states.row_locked, WELL, BUSY, WELL, LOCKED),
    "table locked for writers": State(FOR_WRITERS, WELL, BUSY, WELL, LOCKED),
    "table locked": State(FOR_ALL, BUSY, BUSY, WELL, LOCKED),
    "shutting down": State(states.shutting_down, WELL, WELL, WELL),
    "starting up": State(
        states.starting_up, AWAY, AWAY, AWAY, f"{CONNECTING}the database system is starting up"
    ),
    "one connection": State(states.limited_to_one_connection, WELL, WELL, WELL),
    "out of connections": State(
        states.out_of_connections, AWAY, AWAY, AWAY, f"{CONNECTING}remaining connection slots .*"
    ),
    "out of memory": State(
        states.out_of_memory,
        (WELL, AWAY),
        AWAY,
        (WELL, AWAY),
        "unavailable: out of shared memory",
        f"{CONNECTING}out of shared memory",
    ),
    "no right to read": State(revoked("SELECT ON todos"), AWAY, WELL, WELL, f"{DENIED} todos"),
    "no right to write": State(revoked("INSERT ON lists"), WELL, AWAY, WELL, f"{DENIED} lists"),
    "no right to the ledger": State(
        revoked("SELECT ON migrations"), WELL, WELL, AWAY, f"{DENIED} migrations"
    ),
    "no right to the schema": State(
        NO_SCHEMA, AWAY, AWAY, AWAY, 'unavailable: relation ".*" does not exist'
    ),
    "role made anew": State(
        states.role_renewed,
        AWAY,
        AWAY,
        AWAY,
        f"{DENIED} .*",
        f'{CONNECTING}role ".*" does not exist',
    ),
    "role without login": State(
        states.no_login, AWAY, AWAY, AWAY, f'{CONNECTING}role ".*" is not permitted to log in'
    ),
    "wrong password": State(
        states.other_password, AWAY, AWAY, AWAY, f"{CONNECTING}password authentication failed .*"
    ),
    "database dropped": State(
        states.database_dropped, AWAY, AWAY, AWAY, f'{CONNECTING}database ".*" does not exist'
    ),
    "table missing": State(
        renamed("todos"), AWAY, AWAY, WELL, 'unavailable: relation "todos" does not exist'
    ),
}


@pytest.fixture(name="most", autouse=True)
def fixture_most(long: bool, monkeypatch: pytest.MonkeyPatch) -> float:
    """Within so many seconds everybody is answered. The short form has less patience."""
    if long:
        return keyed_threads.PATIENCE_SECONDS + 1.5
    monkeypatch.setattr(keyed_threads, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(postgres, "WAIT_SECONDS", 0.5)
    monkeypatch.setattr(postgres, "PAUSE_SECONDS", 0.2)
    monkeypatch.setattr(postgres, "CALL_SECONDS", 1.5)
    monkeypatch.setattr(postgres, "LIMITS", postgres.LIMITS.replace("'10s'", "'1s'"))
    return 2


@pytest.mark.parametrize("name", STATES)
async def test_in_each_state_everybody_is_told_in_time(
    name: str, place: Place, most: float, caplog: pytest.LogCaptureFixture
) -> None:
    state = STATES[name]
    async with front_door(place.url) as client:
        await client.post("/todos/ann", json=MILK)
        with state.made(place):
            began = monotonic()
            reader, health, *writers = await asyncio.gather(
                client.get("/todos/ann"),
                client.get("/healthz"),
                *(client.post("/todos/ann", json=MILK) for _ in range(WRITERS)),
            )
            took = monotonic() - began
        began = monotonic()
        await well_again(client)
        show(
            f"PostgreSQL {name}",
            f"told within {took:.2f} s, well {monotonic() - began:.2f} s after",
        )
        listed = (await client.get("/todos/ann")).json()
    assert told(reader) in state.reader
    assert told(health) in state.health
    assert [told(writer) for writer in writers] == [state.writer] * WRITERS
    assert took < most
    # What was refused was not done.
    made = sum(writer.status_code == 200 for writer in writers)
    assert listed["revision"] == len(listed["todos"]) == 2 + made
    lines = [record.getMessage() for record in caplog.records if record.levelno > logging.INFO]
    assert min(1, len(state.log)) <= len(lines) <= len(state.log), lines
    assert all(any(re.fullmatch(known, line) for known in state.log) for line in lines), lines


@pytest.mark.parametrize(
    ("made", "expected"),
    [(FOR_WRITERS, BUSY), (SLOW, AWAY), (states.standby_missing, AWAY)],
    ids=["locked", "slow", "standby missing"],
)
async def test_while_all_writers_wait_readers_and_health_do_not(
    made: Making, expected: Told, place: Place
) -> None:
    async with front_door(place.url) as client:
        with made(place):
            posts = [
                asyncio.ensure_future(client.post(f"/todos/{number}", json=MILK))
                for number in range(WRITERS)
            ]
            for path in ("/todos/ann", "/healthz") * 5:
                assert (await client.get(path)).status_code == 200
            assert not any(post.done() for post in posts)
            assert [told(post) for post in await asyncio.gather(*posts)] == [expected] * WRITERS
        await well_again(client)


async def test_a_table_that_was_altered_is_soon_known(place: Place) -> None:
    """What a session has prepared does not fit any more."""
    async with front_door(place.url) as client:
        for _ in range(30):
            await client.get("/todos/ann")
        place.sql("ALTER TABLE lists ALTER revision TYPE integer")
        answers = await asyncio.gather(*(client.get("/todos/ann") for _ in range(12)))
        assert all(told(answer) in (WELL, AWAY) for answer in answers)
        await well_again(client)
        answers = await asyncio.gather(*(client.get("/todos/ann") for _ in range(12)))
        assert [told(answer) for answer in answers] == [WELL] * 12


async def test_while_a_list_is_locked_the_others_are_changed(place: Place) -> None:
    async with front_door(place.url) as client:
        await client.post("/todos/ann", json=MILK)
        with states.row_locked(place):
            posts = [
                asyncio.ensure_future(client.post("/todos/ann", json=MILK)) for _ in range(WRITERS)
            ]
            for number in range(WRITERS):
                answer = await client.post(f"/todos/{number}", json=MILK)
                assert answer.status_code == 200
            assert not any(post.done() for post in posts)
            await asyncio.gather(*posts)


def told(answer: httpx.Response) -> Told:
    """The failure, whole, with when to try again."""
    if answer.status_code == 200:
        return WELL
    assert answer.headers["Retry-After"] == "1"
    return dict(answer.json())


async def well_again(client: httpx.AsyncClient) -> None:
    """Ask until all is well, by itself: within 5 seconds. One change is made."""
    for method, path in (("GET", "/healthz"), ("GET", "/todos/ann"), ("POST", "/todos/ann")):
        await answered(client, method, path)
