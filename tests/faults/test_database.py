"""PostgreSQL crashes under load, or falls silent: callers are told in time, and nothing is lost."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import httpx
import psycopg
import pytest

import plugin_server.storage.postgres
from plugin_server.testing.postgres import PostgresUnavailable, Server, running_postgres
from tests.answers import AWAY
from tests.callers import until
from tests.faults import show
from tests.front_door import front_door
from tests.ledger import check, stored_lists
from tests.load import Load, Outcome
from tests.running import running_server
from tests.serving_checks import assert_no_complaints

HEALTHY_SECONDS = 5
LATE_SECONDS = 2
AT_ONCE = 60


@pytest.fixture(name="postgres")
def fixture_postgres(tmp_path: Path) -> Iterator[Server]:
    """A PostgreSQL that may be stopped."""
    try:
        with running_postgres(tmp_path) as server:
            yield server
    except PostgresUnavailable as unavailable:
        pytest.skip(str(unavailable))


async def test_postgres_crashes_under_load(postgres: Server, tmp_path: Path, long: bool) -> None:
    url = postgres.create_database()
    load = Load()
    rounds, slowest, seen = 10 if long else 2, 0.0, 0
    with running_server(tmp_path, PLUGIN_DATABASE_URL=url) as server:
        async with httpx.AsyncClient(base_url=server.url) as client:
            for number in range(rounds):
                async with load.on(server.port, f"crash{number}"):
                    await load.until_acknowledged(100)
                    back = asyncio.Event()
                    probing = asyncio.create_task(probed(client, back))
                    await asyncio.to_thread(postgres.stop, "immediate")
                    await until(lambda: _told_away(load) > seen, "no 503")  # noqa: B023 - awaited here
                    await asyncio.to_thread(postgres.start)
                    began = monotonic()
                    back.set()
                    await probing
                    slowest = max(slowest, monotonic() - began)
                    await load.until_acknowledged(100)
                seen = _told_away(load)
    assert_no_complaints(tmp_path)
    assert {change.code for change in load.of(Outcome.REFUSED)} <= {"stale_revision", "unavailable"}
    assert load.of(Outcome.UNANSWERED) == []
    for change in load.of(Outcome.REFUSED):
        if change.code == "unavailable":
            # A commit that was under way may have been made: 503 does not say.
            change.outcome = Outcome.UNANSWERED
    made = check(load.changes, stored_lists(url))
    assert slowest < HEALTHY_SECONDS
    show(
        "PostgreSQL stopped with -m immediate",
        f"{rounds} times: {len(load.of(Outcome.ACKNOWLEDGED))} acknowledged writes, none lost;"
        f" {len(load.of(Outcome.UNANSWERED))} answered 503, of which {made} were made, none by"
        f" half; healthy {slowest:.2f} s at most after its return",
    )


async def probed(client: httpx.AsyncClient, back: asyncio.Event) -> None:
    """Ask for health until it is 200 with the database back. Every 503 is whole, and says when."""
    async with asyncio.timeout(60):
        while True:
            is_back = back.is_set()
            answer = await client.get("/healthz")
            if answer.status_code != 200:
                assert (answer.json(), answer.headers["Retry-After"]) == (AWAY, "1")
            elif is_back:
                return


def _told_away(load: Load) -> int:
    return sum(change.code == "unavailable" for change in load.of(Outcome.REFUSED))


async def test_postgres_falls_silent(
    postgres: Server, long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not long:
        monkeypatch.setattr(plugin_server.storage.postgres, "CALL_SECONDS", 1)
    seconds = plugin_server.storage.postgres.CALL_SECONDS
    url = postgres.create_database()
    async with front_door(url) as client:
        # As many connections as there may be.
        await asyncio.gather(*(client.get("/todos/ann") for _ in range(AT_ONCE)))
        with silent(url):
            began = monotonic()
            posts = (client.post(f"/todos/{n}", json={"todo": "milk"}) for n in range(AT_ONCE))
            answers = await asyncio.gather(*posts)
            took = monotonic() - began
        assert [answer.json() for answer in answers] == [AWAY] * AT_ONCE
        assert {answer.headers["Retry-After"] for answer in answers} == {"1"}
        assert took < seconds + LATE_SECONDS
        began = monotonic()
        back = asyncio.Event()
        back.set()
        await probed(client, back)
        healthy = monotonic() - began
    assert healthy < HEALTHY_SECONDS
    # What was under way is made, late; what still waited when its caller was told is not.
    made = len(stored_lists(url))
    assert made <= plugin_server.storage.postgres.CONNECTIONS
    show(
        "PostgreSQL silent",
        f"{AT_ONCE} writes at once: all answered 503 within {took:.1f} s, {made} of them made"
        f" later; healthy {healthy:.2f} s after its return",
    )


@contextmanager
def silent(url: str) -> Iterator[None]:
    """PostgreSQL's processes stand still: connections stay open, and nothing comes back."""
    backends = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        processes = [row[0] for row in connection.execute(backends).fetchall()]
        # Their parent would start others.
        folder = Path(connection.info.host) / "data"
        processes.append(int((folder / "postmaster.pid").read_text().split()[0]))
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)
