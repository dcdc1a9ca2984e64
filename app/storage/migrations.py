"""Numbered SQL files, each applied once, in order, in one transaction with its ledger entry."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from . import Connection

LEDGER = "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)"


def apply(
    folders: tuple[Path, ...],
    applied: Callable[[], set[str]],
    exclusive: Callable[[], AbstractContextManager[Connection]],
) -> None:
    """Apply what is missing. `exclusive` opens a transaction that no other process can share.

    `applied` reads the ledger; where nothing is missing, nothing else is asked of the database,
    which may be read-only, or give its role no right to make tables.
    """
    seen = applied()
    for name, file in known(folders).items():
        if name in seen:
            continue
        with exclusive() as connection:
            connection.execute(LEDGER)
            since = "SELECT 1 FROM migrations WHERE name = :name"
            if connection.execute(since, {"name": name}).fetchone():
                continue
            for statement in _statements(file.read_text("utf-8")):
                connection.execute(statement)
            connection.execute("INSERT INTO migrations VALUES (:name)", {"name": name})


def ping(connection: Connection) -> None:
    """What every database can answer. SQLite answers SELECT 1 without a look at the file."""
    connection.execute("SELECT count(*) FROM migrations").fetchone()


def known(folders: tuple[Path, ...]) -> dict[str, Path]:
    """The files of the folders, in order, each by its name, such as `todos/0001_lists.sql`."""
    return {
        f"{folder.parent.name}/{file.name}": file
        for folder in folders
        for file in sorted(folder.glob("*.sql"))
    }


def _statements(script: str) -> list[str]:
    """The statements of a script in which each ends with a semicolon at the end of a line."""
    return [part for part in (part.strip() for part in script.split(";\n")) if part]
