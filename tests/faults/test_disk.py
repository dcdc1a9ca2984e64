"""The disk is full: writes are told so, reads go on, and room is all that it takes to recover."""

import asyncio
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import psycopg
import pytest

from plugin_server.testing.postgres import PostgresUnavailable, running_postgres
from tests.callers import until
from tests.faults import show
from tests.ledger import check, stored_lists
from tests.load import CLIENTS, Load, Outcome
from tests.running import Server, running_server
from tests.serving_checks import assert_no_complaints
from tests.small_disk import fill, mounted, small_disk

FULL = {
    "type": "about:blank",
    "title": "Insufficient Storage",
    "status": 507,
    "detail": "There is no room to keep this; nothing was done.",
    "code": "insufficient_storage",
}
OPEN = ("/todos/ann", "/healthz", "/openapi.json", "/.well-known/ai-plugin.json", "/logo.png")
# A list's todos take many pages: what lies about free in those that there are is soon used up.
LONG_TODO = {"todo": "a" * 1000}
AT_ONCE = 8


class Fault:
    """What fills the disk under a server, and what makes room again."""

    def __init__(self, fill: Callable[[], None], make_room: Callable[[], None]) -> None:
        self.fill = fill
        self.make_room = make_room


async def test_a_full_disk_under_sqlite(tmp_path: Path, long: bool) -> None:
    disk = small_disk(tmp_path / "disk", "8m")
    url = f"sqlite:///{disk.folder}/todo-plugin.db"
    with running_server(tmp_path, *disk.prefix, PLUGIN_DATABASE_URL=url) as server:
        process = server.process.pid
        fault = Fault(lambda: disk.fill(process), lambda: disk.make_room(process))
        figures, load = await suffered(server, fault, rounds=20 if long else 2)
        # The disk goes when the server goes.
        for name in ("todo-plugin.db", "todo-plugin.db-wal"):
            shutil.copy(Path(f"/proc/{process}/root{disk.folder}") / name, tmp_path / name)
    explained(load, f"sqlite:///{tmp_path}/todo-plugin.db")
    assert_told_once(tmp_path)
    show("disk full, sqlite", figures)


async def test_a_file_that_may_not_grow_under_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    """A quota, or a limit on the size of files. SQLite calls that an error, not a full disk."""
    with running_server(tmp_path, PLUGIN_DATABASE_URL=sqlite_url) as server:
        process = server.process.pid
        soft, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)

        def limit() -> None:
            sizes = [file.stat().st_size for file in tmp_path.glob("todo-plugin.db*")]
            resource.prlimit(process, resource.RLIMIT_FSIZE, (max(sizes), hard))

        def make_room() -> None:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (soft, hard))

        _, load = await suffered(server, Fault(limit, make_room), rounds=2)
    explained(load, sqlite_url)
    assert_told_once(tmp_path)


async def test_a_full_disk_under_postgres(tmp_path: Path, long: bool) -> None:
    place = Path("/tmp") / f"disk-{tmp_path.parent.name}-{tmp_path.name}"  # noqa: S108 - PostgreSQL's user cannot enter the test's own
    filler = place / "filler"

    try:
        with mounted(place, "24m"), running_postgres(tmp_path) as postgres:
            url = _in_tablespace(postgres.url("postgres"), place)
            with running_server(tmp_path, PLUGIN_DATABASE_URL=url) as server:
                fault = Fault(lambda: fill(filler), filler.unlink)
                figures, load = await suffered(server, fault, rounds=20 if long else 2)
            explained(load, url)
    except PostgresUnavailable as unavailable:
        pytest.skip(str(unavailable))
    assert_told_once(tmp_path)
    show("disk full, postgresql", figures)


def _in_tablespace(url: str, place: Path) -> str:
    """An empty database whose tables lie there. PostgreSQL's log lies elsewhere."""
    owner = Path(url.partition("host=")[2].partition("&")[0]).stat()
    folder = place / "tables"
    folder.mkdir()
    shutil.chown(folder, owner.st_uid, owner.st_gid)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{folder}'".encode())
        connection.execute("CREATE DATABASE small TABLESPACE small")
    return url.replace("/postgres?", "/small?")


async def suffered(server: Server, fault: Fault, rounds: int) -> tuple[str, Load]:
    """The disk fills and empties under load. The figures, and what the clients were told."""
    load = Load()
    slowest = 0.0
    async with httpx.AsyncClient(base_url=server.url) as client:
        for number in range(rounds):
            async with load.on(server.port, f"full{number}"):
                await load.until_acknowledged(100)
                before = refused(load)
                fault.fill()
                try:
                    # Several at once share a commit, and its failure.
                    await until_full(client)
                    await until(lambda: refused(load) > before + CLIENTS, "no 507")  # noqa: B023 - awaited here
                    answers = await asyncio.gather(*(client.get(path) for path in OPEN))
                    assert [answer.status_code for answer in answers] == [200] * len(OPEN)
                finally:
                    fault.make_room()
                began = monotonic()
                await load.until_acknowledged(1)
                slowest = max(slowest, monotonic() - began)
                await load.until_acknowledged(100)
    codes = {change.code for change in load.of(Outcome.REFUSED)}
    assert codes <= {"stale_revision", "insufficient_storage"}
    assert load.of(Outcome.UNANSWERED) == []
    return (
        f"{rounds} times: {refused(load)} writes answered 507 and none of them made, reads and"
        f" documents answered 200, {len(load.of(Outcome.ACKNOWLEDGED))} acknowledged writes kept;"
        f" the first write {slowest:.2f} s at most after there was room",
        load,
    )


async def until_full(client: httpx.AsyncClient) -> None:
    """Write until the first 507, which is a whole answer."""
    for _ in range(1000):
        posts = (client.post(f"/todos/{n}", json=LONG_TODO) for n in range(AT_ONCE))
        answers = await asyncio.gather(*posts)
        full = [answer for answer in answers if answer.status_code == 507]
        assert {answer.status_code for answer in answers} <= {200, 507, 409}
        assert all(answer.json() == FULL for answer in full)
        if full:
            return
    raise AssertionError("the disk never was full")


def refused(load: Load) -> int:
    """How many clients were told that the disk is full."""
    return sum(change.code == FULL["code"] for change in load.of(Outcome.REFUSED))


def explained(load: Load, url: str) -> None:
    """Every write that was acknowledged was made, and no other."""
    lists: dict[str, Any] = stored_lists(url)
    for number in range(AT_ONCE):
        lists.pop(str(number), None)
    assert check(load.changes, lists) == 0


def assert_told_once(folder: Path) -> None:
    """The operator is told, and not once for each request."""
    assert (folder / "server.log").read_text().count("the database is full: ") == 1
    assert_no_complaints(folder)
