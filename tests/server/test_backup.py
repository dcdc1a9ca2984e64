"""`todo-plugin backup`: a copy of a SQLite database while the server goes on."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ledger import StoredList, check, stored_lists
from tests.load import Change, Load, Outcome
from tests.running import environment, running_server
from tests.small_disk import small_disk

from .copies import HELD, command, contents, fill, make_copy, make_database


async def test_a_backup_holds_a_prefix_of_what_every_client_did(tmp_path: Path) -> None:
    load = Load()
    with running_server(tmp_path) as server:
        async with load.on(server.port, "list"):
            await load.until_acknowledged(300)
            before = load.of(Outcome.ACKNOWLEDGED)
            code, _, complaints = await asyncio.to_thread(command, "backup", "copy.db")
            await load.until_acknowledged(100)
        assert (code, complaints) == (0, "")
    lists = stored_lists("sqlite:///copy.db")
    kept = [change for change in load.changes if is_in(change, lists)]
    assert {change.todo for change in before} <= {change.todo for change in kept}
    assert len(kept) < len(load.of(Outcome.ACKNOWLEDGED))
    check(kept, lists)
    for history in histories(load.of(Outcome.ACKNOWLEDGED)):
        flags = [is_in(change, lists) for change in history]
        assert flags == sorted(flags, reverse=True), "a later change without an earlier one"


def is_in(change: Change, lists: dict[str, StoredList]) -> bool:
    return (
        change.outcome is Outcome.ACKNOWLEDGED
        and change.username in lists
        and change.revision <= lists[change.username].revision
    )


def histories(changes: list[Change]) -> list[list[Change]]:
    """What each client did, in order."""
    by_client: dict[str, list[Change]] = {}
    for change in changes:
        client = change.todo.rpartition("/")[0]
        by_client.setdefault(client, []).append(change)
    return list(by_client.values())


def test_a_backup_is_one_file_for_its_owner_only_and_says_what_it_holds(tmp_path: Path) -> None:
    make_copy(tmp_path).rename("todo-plugin.db")
    assert command("backup", "new.db") == (
        0,
        f"new.db{HELD}",
        "",
    )
    assert (tmp_path / "new.db").stat().st_mode & 0o777 == 0o600
    assert set(contents(tmp_path)) - {"todo-plugin.db-lock"} == {"todo-plugin.db", "new.db"}


REFUSED = {
    "copy.db": "copy.db exists already: a backup replaces nothing",
    "folder": "folder exists already: a backup replaces nothing",
    "dangling": "dangling exists already: a backup replaces nothing",
    "todo-plugin.db": "todo-plugin.db exists already: a backup replaces nothing",
    "todo-plugin.db-wal": "todo-plugin.db-wal belongs to the database itself",
    "folder/../todo-plugin.db-shm": "folder/../todo-plugin.db-shm belongs to the database itself",
    "nowhere/copy.db": "nowhere/copy.db cannot be written: No such file or directory",
    "killed.db": "killed.db.partial exists: the same is under way, or was killed; then delete"
    " that file",
    "x" * 300: f"{'x' * 300} cannot be written: File name too long",
    "no-\udcff-utf8": "no-\udcff-utf8 cannot be written: its name is not UTF-8",
}


def test_a_backup_that_cannot_be_is_one_line_and_changes_nothing(tmp_path: Path) -> None:
    make_copy(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "killed.db.partial").write_text("")
    before = contents(tmp_path)
    for file, sentence in REFUSED.items():
        code, printed, complaint = command("backup", file)
        assert (code, printed) == (1, "")
        assert complaint.replace("\\udcff", "\udcff") == f"todo-plugin: {sentence}\n"
    assert contents(tmp_path) == before


# Does something just when a finished backup gets its name.
NAMED = """
import sys
def look(event, arguments):
    if event in ("os.link", "os.rename") and str(arguments[0]).endswith(".partial"):
        {}
sys.addaudithook(look)
from app.__main__ import main
main()
"""
MADE = 'open("new.db", "x").write("mine")'
# As the kernel answers on FAT.
NO_LINKS = 'if event == "os.link": raise PermissionError(1, "Operation not permitted")'


def back_up_while(meanwhile: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", NAMED.format(meanwhile), "backup", "new.db"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_backup_replaces_no_file_that_was_made_meanwhile(tmp_path: Path) -> None:
    make_database(tmp_path)
    run = back_up_while(MADE)
    sentence = "todo-plugin: new.db exists already: a backup replaces nothing\n"
    assert (run.returncode, run.stderr) == (1, sentence)
    assert (tmp_path / "new.db").read_text() == "mine"
    assert not (tmp_path / "new.db.partial").exists()


def test_a_backup_is_made_where_the_file_system_has_no_links(tmp_path: Path) -> None:
    make_database(tmp_path)
    run = back_up_while(NO_LINKS)
    assert (run.returncode, run.stderr) == (0, "")
    assert set(contents(tmp_path)) - {"todo-plugin.db-lock"} == {"todo-plugin.db", "new.db"}


def test_without_a_database_there_is_no_backup(tmp_path: Path) -> None:
    sentence = "todo-plugin: there is no database at todo-plugin.db\n"
    assert command("backup", "copy.db") == (1, "", sentence)
    (tmp_path / "todo-plugin.db").write_text("")
    sentence = (
        "todo-plugin: todo-plugin.db was never used by the server: there is nothing to keep\n"
    )
    assert command("backup", "copy.db") == (1, "", sentence)
    (tmp_path / "todo-plugin.db").write_text("no database" * 1000)
    sentence = "todo-plugin: copy.db cannot be written: file is not a database\n"
    assert command("backup", "copy.db") == (1, "", sentence)
    assert set(contents(tmp_path)) == {"todo-plugin.db"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_backup_where_nobody_may_write_is_one_line(tmp_path: Path) -> None:
    make_database(tmp_path)
    (tmp_path / "closed").mkdir(mode=0o500)
    sentence = "todo-plugin: closed/copy.db cannot be written: Permission denied\n"
    assert command("backup", "closed/copy.db") == (1, "", sentence)


def test_a_backup_onto_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    fill(make_copy(tmp_path))
    disk = small_disk(tmp_path / "disk", "1m")
    script = 'python="$1"; "$python" -m app backup disk/new.db; echo $?; ls -A disk'
    shown = subprocess.run(
        [*disk.prefix, "sh", "-c", script, "sh", sys.executable],
        cwd=tmp_path,
        env=environment(PLUGIN_DATABASE_URL="sqlite:///copy.db"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (shown.stdout, shown.stderr) == (
        "1\n",
        "todo-plugin: disk/new.db cannot be written: database or disk is full\n",
    )


def test_postgresql_has_a_tool_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUGIN_DATABASE_URL", "postgresql://todo:hunter2@db/todo")
    sentence = "todo-plugin: this is for SQLite; for PostgreSQL use its own tool: {}\n"
    tool = "pg_dump --format=custom --file=FILE URL"
    assert command("backup", "copy.db") == (2, "", sentence.format(tool))
    tool = "pg_restore --clean --if-exists --single-transaction --dbname=URL FILE"
    assert command("restore", "copy.db") == (2, "", sentence.format(tool))
