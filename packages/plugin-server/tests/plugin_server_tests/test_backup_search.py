"""`backup` and `restore` of a database with a full-text search, which keeps tables of its own."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from .notes_plugin import command, write_plugin

SEARCH = """
CREATE VIRTUAL TABLE found USING fts5 (owner UNINDEXED, number UNINDEXED, text);
CREATE TRIGGER notes_added AFTER INSERT ON notes
BEGIN
    INSERT INTO found (owner, number, text) VALUES (new.owner, new.number, new.text);
END;
CREATE TRIGGER notes_deleted AFTER DELETE ON notes
BEGIN
    DELETE FROM found WHERE owner = old.owner AND number = old.number;
END;
"""
NOBODY_SIGNS_IN = (
    "oauth_assertions 0, oauth_clients 0, oauth_codes 0, oauth_grants 0, oauth_people 0,"
    " oauth_sessions 0, oauth_tokens 0, tokens 0"
)
MATCHING = "SELECT number FROM found WHERE found MATCH ? ORDER BY number"


@pytest.fixture(name="folder")
def fixture_folder(tmp_path: Path) -> Path:
    """The README's plugin with a search, and an empty database, as the command makes it."""
    write_plugin(tmp_path)
    (tmp_path / "notes/migrations/0002_search.sqlite.sql").write_text(SEARCH)
    make_empty(tmp_path)
    return tmp_path


def make_empty(folder: Path) -> None:
    assert command(folder, "token", "list") == (0, "", "")


def add(folder: Path, *texts: str) -> None:
    with closing(sqlite3.connect(folder / "notes-plugin.db")) as connection, connection:
        rows = list(enumerate(texts, 1))
        connection.executemany("INSERT INTO notes VALUES ('ann', ?, ?, NULL)", rows)


def numbers(file: Path, word: str) -> list[int]:
    with closing(sqlite3.connect(file)) as connection:
        return [number for (number,) in connection.execute(MATCHING, (word,))]


def test_a_search_is_in_the_backup_and_its_own_tables_are_not_told(folder: Path) -> None:
    add(folder, "milk", "bread and milk", "bread")
    code, told, complaints = command(folder, "backup", "copy.db")
    assert (code, complaints) == (0, "")
    rows = f"boards 0, found 3, notes 3, {NOBODY_SIGNS_IN}"
    size = (folder / "copy.db").stat().st_size
    assert told == f"copy.db: {size:,} bytes, migrations 5, {rows}\n"
    assert numbers(folder / "copy.db", "milk") == [1, 2]


def test_a_backup_with_a_search_goes_into_an_empty_database_that_has_one(folder: Path) -> None:
    add(folder, "milk", "bread and milk", "bread")
    assert command(folder, "backup", "copy.db")[0] == 0
    for file in folder.glob("notes-plugin.db*"):
        file.unlink()
    make_empty(folder)
    code, told, complaints = command(folder, "restore", "copy.db")
    assert (code, complaints) == (0, "")
    assert told.endswith(f"migrations 5, boards 0, found 3, notes 3, {NOBODY_SIGNS_IN}\n")
    assert numbers(folder / "notes-plugin.db", "milk") == [1, 2]
    assert command(folder, "forget", "ann")[1] == (
        "deleted: notes 3, boards 0, tokens 0, grants 0, sessions 0, people 0\n"
    )
    assert numbers(folder / "notes-plugin.db", "milk") == []


def test_a_backup_from_before_the_search_is_given_one(folder: Path) -> None:
    search = folder / "notes/migrations/0002_search.sqlite.sql"
    for file in folder.glob("notes-plugin.db*"):
        file.unlink()
    search.rename(folder / "later.sql")
    make_empty(folder)
    add(folder, "milk")
    assert command(folder, "backup", "copy.db")[0] == 0
    filled = "INSERT INTO found (owner, number, text) SELECT owner, number, text FROM notes;\n"
    search.write_text((folder / "later.sql").read_text() + filled)
    code, told, complaints = command(folder, "restore", "copy.db", "--replace")
    assert (code, complaints) == (0, "")
    assert told.endswith(f"migrations 5, boards 0, found 1, notes 1, {NOBODY_SIGNS_IN}\n")
    assert numbers(folder / "notes-plugin.db", "milk") == [1]


def test_a_database_with_a_search_that_holds_rows_is_not_replaced_unasked(folder: Path) -> None:
    add(folder, "milk")
    assert command(folder, "backup", "copy.db")[0] == 0
    sentence = "notes-plugin: notes-plugin.db is not empty: --replace replaces all that it holds\n"
    assert command(folder, "restore", "copy.db") == (1, "", sentence)
    assert command(folder, "restore", "copy.db", "--replace")[::2] == (0, "")
