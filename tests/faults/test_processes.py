"""Many processes on one database: all may write at once, and one may serve a SQLite file."""

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx

from tests.answers import a_list
from tests.faults import show
from tests.faults.writers import TABLE, write
from tests.ledger import check, opened, stored_lists
from tests.load import Load, Outcome
from tests.running import Server, environment, running_server
from tests.serving_checks import assert_no_complaints
from tests.serving_starts import REFUSED


async def test_processes_write_at_once_beside_a_busy_server(
    database_url: str, tmp_path: Path, long: bool
) -> None:
    processes, count = (8, 1000) if long else (4, 50)
    names = [f"process{number}" for number in range(processes)]
    load = Load()
    with running_server(tmp_path, PLUGIN_DATABASE_URL=database_url) as server:
        with opened(database_url) as connection:
            connection.execute(TABLE)
        async with load.on(server.port, "served"):
            await load.until_acknowledged(1)
            writings = await asyncio.gather(*(write(database_url, name, count) for name in names))
            await load.until_acknowledged(1)
        check(load.changes, stored_lists(database_url))
        with opened(database_url) as connection:
            kept = connection.execute("SELECT name, number FROM kept").fetchall()
    assert [writing.refused for writing in writings] == [[]] * processes
    assert sorted(kept) == [(name, number) for name in names for number in range(count)]
    assert {change.code for change in load.of(Outcome.REFUSED)} <= {"stale_revision"}
    assert_no_complaints(tmp_path)
    seconds = [writing.seconds for writing in writings]
    show(
        f"{processes} processes write at once, {database_url.partition(':')[0]}",
        f"{processes} x {count} writes, {min(seconds):.1f} s to {max(seconds):.1f} s a process,"
        f" beside {len(load.of(Outcome.ACKNOWLEDGED))} changes by HTTP: none refused, the slowest"
        f" write {max(writing.slowest for writing in writings):.2f} s",
    )


def test_a_sqlite_file_has_one_server_and_the_next_one_when_it_ends(
    sqlite_url: str, tmp_path: Path
) -> None:
    with running_server(tmp_path, PLUGIN_DATABASE_URL=sqlite_url) as server:
        refused = _second_server(tmp_path)
        assert (refused.returncode, refused.stderr.splitlines()[-1]) == (1, REFUSED)
        assert "Traceback" not in refused.stderr
        httpx.post(f"{server.url}/todos/ann", json={"todo": "milk"}).raise_for_status()
        server.kill()
    for end in (Server.stop, Server.kill):
        with running_server(tmp_path, PLUGIN_DATABASE_URL=sqlite_url) as server:
            listed = httpx.get(f"{server.url}/todos/ann").json()
            assert listed == a_list(["milk"], 1)
            end(server)


def _second_server(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Its end. Another name of the same file is no way around the first server."""
    other = folder / "other"
    other.mkdir()
    (other / "todo-plugin.db").symlink_to(folder / "todo-plugin.db")
    return subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=other,
        env=environment(PLUGIN_BIND="127.0.0.1:0"),
        capture_output=True,
        text=True,
    )
