"""`todo-plugin restore`: a copy takes the place of the database, while the server goes on."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from tests.answers import a_list
from tests.ledger import check, stored_lists
from tests.load import Load, Outcome
from tests.running import environment, running_server

from .copies import HELD, SIGN_IN_TABLES, add, command, contents, damage, fill, make_copy


async def test_a_restore_under_load_is_seen_whole_or_not_at_all(tmp_path: Path) -> None:
    earlier, later = Load(), Load()
    with running_server(tmp_path) as server:
        add(server.url, "still", "old")
        assert command("backup", "copy.db")[0] == 0
        for username in ("still", "also"):
            add(server.url, username, "new")
        seen: list[str] = []
        reader = asyncio.create_task(watch(f"{server.url}/todos/still", seen))
        async with earlier.on(server.port, "earlier"):
            await earlier.until_acknowledged(100)
            restored = await asyncio.to_thread(command, "restore", "--replace", "copy.db")
            await earlier.until_acknowledged(100)
        assert not reader.done()
        reader.cancel()
        with suppress(asyncio.CancelledError):
            await reader
        assert restored == (0, f"todo-plugin.db{HELD}", "")
        assert {change.code for change in earlier.of(Outcome.REFUSED)} <= {"stale_revision"}
        async with later.on(server.port, "later"):
            await later.until_acknowledged(100)
    assert list(dict.fromkeys(seen)) == ["old,new", "old"]
    lists = stored_lists("sqlite:///todo-plugin.db")
    check(later.changes, {name: kept for name, kept in lists.items() if name[:5] == "later"})
    assert (lists["still"].todos, "also" in lists) == ({1: "old"}, False)


async def watch(address: str, seen: list[str]) -> None:
    """Read a list until cancelled."""
    async with httpx.AsyncClient() as client:
        while True:
            answer = await client.get(address)
            seen.append(",".join(answer.json()["todos"]))


def test_a_restore_that_is_killed_leaves_the_old_state(tmp_path: Path, long: bool) -> None:
    copy = make_copy(tmp_path)
    fill(copy)
    size, after = copy.stat().st_size, stored_lists("sqlite:///copy.db")
    with running_server(tmp_path) as server:
        for written in (0, size // 10, size // 2, size * 8 // 10) if long else (0, size // 2):
            add(server.url, "bob", "bread")
            before = stored_lists("sqlite:///todo-plugin.db")
            killed = kill_a_restore(tmp_path, written)
            assert stored_lists("sqlite:///todo-plugin.db") == (before if killed else after)
            assert killed or written
        assert command("restore", "--replace", "copy.db")[0] == 0
        assert httpx.get(f"{server.url}/todos/ann").json() == a_list(["milk"], 1)
    assert stored_lists("sqlite:///todo-plugin.db") == after


def kill_a_restore(folder: Path, written: int) -> bool:
    """Kill it when it has written so many bytes, and tell whether it was still at work.

    It is fast, and the machine may have other things to do than to kill in time.
    """
    log, unfinished = folder / "todo-plugin.db-wal", folder / "todo-plugin.db.restoring"
    with subprocess.Popen(
        [sys.executable, "-m", "app", "restore", "--replace", "copy.db"],
        cwd=folder,
        env=environment(),
    ) as process:
        while process.poll() is None and not (
            unfinished.exists() and log.stat().st_size >= written
        ):
            pass
        process.kill()
    unfinished.unlink(missing_ok=True)
    return process.returncode != 0


def test_a_restore_into_nothing_makes_a_database_for_its_owner_only(tmp_path: Path) -> None:
    make_copy(tmp_path)
    (tmp_path / "todo-plugin.db").unlink()
    assert command("restore", "copy.db") == (0, f"todo-plugin.db{HELD}", "")
    assert (tmp_path / "todo-plugin.db").stat().st_mode & 0o777 == 0o600
    assert stored_lists("sqlite:///todo-plugin.db")["ann"].todos == {1: "milk"}


def test_a_backup_from_before_an_upgrade_is_brought_up_to_date(tmp_path: Path) -> None:
    with closing(sqlite3.connect(make_copy(tmp_path))) as connection, connection:
        for table in ("tokens", *SIGN_IN_TABLES):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DELETE FROM migrations WHERE name LIKE 'auth/%'")
    assert command("restore", "copy.db") == (0, f"todo-plugin.db{HELD}", "")
    assert command("token", "list") == (0, "", "")


def test_a_backup_with_other_pages_is_restored(tmp_path: Path) -> None:
    with closing(sqlite3.connect(make_copy(tmp_path), isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("VACUUM")
    assert command("restore", "copy.db") == (0, f"todo-plugin.db{HELD}", "")
    assert stored_lists("sqlite:///todo-plugin.db")["ann"].todos == {1: "milk"}


def test_a_backup_replaces_a_database_that_is_damaged(tmp_path: Path) -> None:
    make_copy(tmp_path)
    damage(tmp_path / "todo-plugin.db")
    assert command("restore", "--replace", "copy.db") == (0, f"todo-plugin.db{HELD}", "")
    assert stored_lists("sqlite:///todo-plugin.db")["ann"].todos == {1: "milk"}


async def test_a_database_without_a_head_is_to_be_moved_away(tmp_path: Path) -> None:
    make_copy(tmp_path)
    ruined = tmp_path / "todo-plugin.db"
    ruined.write_bytes(bytes(100) + ruined.read_bytes()[100:])
    sentence = (
        "todo-plugin.db is damaged too much to be written to: stop the server, move the file away"
        " with its -wal and -shm, and restore again"
    )
    assert command("restore", "--replace", "copy.db") == (1, "", f"todo-plugin: {sentence}\n")
    for name in ("todo-plugin.db", "todo-plugin.db-wal", "todo-plugin.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    assert command("restore", "copy.db") == (0, f"todo-plugin.db{HELD}", "")


REFUSED = {
    "copy.db": "todo-plugin.db is not empty: --replace replaces all that it holds",
    "--replace nowhere.db": "nowhere.db is not a file",
    "--replace folder": "folder is not a file",
    "--replace pipe": "pipe is not a file",
    "--replace todo-plugin.db": "todo-plugin.db is the database itself",
    "--replace same.db": "same.db is the database itself",
    "--replace empty.db": "empty.db is no backup of this server: it has no migrations",
    "--replace text.db": "text.db cannot be read: file is not a database",
    "--replace newer.db": "newer.db comes from a newer version: it has auth/0099_more.sql",
    "--replace stray.db": "stray.db is damaged",
    "--replace damaged.db": "damaged.db is damaged",
}


def test_a_restore_that_cannot_be_is_one_line_and_changes_nothing(tmp_path: Path) -> None:
    copy = make_copy(tmp_path)
    assert command("restore", "copy.db")[0] == 0
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.db").write_text("")
    (tmp_path / "text.db").write_text("no database" * 1000)
    for name in ("newer.db", "stray.db", "damaged.db"):
        shutil.copy(copy, tmp_path / name)
    with closing(sqlite3.connect("newer.db")) as connection, connection:
        connection.execute("INSERT INTO migrations VALUES ('auth/0099_more.sql')")
    with closing(sqlite3.connect("stray.db")) as connection, connection:
        connection.execute("INSERT INTO todos VALUES ('nobody', 1, 'milk')")
    damage(tmp_path / "damaged.db")
    os.link("todo-plugin.db", "same.db")
    os.mkfifo("pipe")
    before = contents(tmp_path)
    for words, sentence in REFUSED.items():
        refused = command("restore", *words.split())
        assert refused == (1, "", f"todo-plugin: {sentence}\n")
    assert contents(tmp_path) == before


def test_a_restore_gives_up_when_another_program_keeps_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_copy(tmp_path)
    monkeypatch.setattr("plugin_server.storage.restore.BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect("todo-plugin.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        sentence = (
            "todo-plugin: todo-plugin.db cannot be restored: others write to it all the time\n"
        )
        assert command("restore", "copy.db") == (1, "", sentence)
