"""Numbered SQL files, each applied once, in order, in one transaction with its ledger entry."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

from . import Connection, DatabaseUnavailable
from .statements import statements

# The folder of the library's own migrations, which every plugin has.
COMMON = "auth"
LEDGER = "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)"

Dialect = Literal["sqlite", "postgresql"]


class InvalidMigration(DatabaseUnavailable):
    """A migration that cannot be applied: the text names its file and statement."""


def apply(
    folders: tuple[Path, ...],
    dialect: Dialect,
    applied: Callable[[], set[str]],
    exclusive: Callable[[], AbstractContextManager[Connection]],
) -> None:
    """Apply what is missing. `exclusive` opens a transaction that no other process can share.

    `applied` reads the ledger; where nothing is missing, nothing else is asked of the database,
    which may be read-only, or give its role no right to make tables. Raises DatabaseUnavailable,
    also for the database of another plugin, and InvalidMigration for a file's own mistake.
    """
    seen, wanted = applied(), known(folders, dialect)
    _refuse_anothers(seen, wanted)
    for name, file in wanted.items():
        if name not in seen:
            _apply(name, file, wanted, exclusive)


def _refuse_anothers(seen: set[str], wanted: Mapping[str, Path]) -> None:
    """Raise DatabaseUnavailable for the database of another plugin, whose people and tokens would
    become those of this one: it has migrations, and of none of this plugin's folders.
    """
    theirs, ours = _folders(seen), _folders(wanted)
    if theirs and wanted and not theirs & ours:
        raise DatabaseUnavailable(
            f"it is the database of another plugin, {', '.join(sorted(theirs))}: give this one a"
            " database of its own"
        )


def _folders(names: Iterable[str]) -> set[str]:
    return {folder for name in names if (folder := name.partition("/")[0]) != COMMON}


def _apply(
    name: str,
    file: Path,
    wanted: Mapping[str, Path],
    exclusive: Callable[[], AbstractContextManager[Connection]],
) -> None:
    number, statement = 0, ""
    try:
        with exclusive() as connection:
            connection.execute(LEDGER)
            since = {row[0] for row in connection.execute("SELECT name FROM migrations").fetchall()}
            if name in since:
                return
            # Another plugin may have begun at the same moment.
            _refuse_anothers(since, wanted)
            for statement in statements(file.read_text("utf-8")):
                number += 1
                connection.execute(statement)
            connection.execute("INSERT INTO migrations VALUES (:name)", {"name": name})
    except Exception as error:
        if not number:
            raise
        reason = str(error).strip().partition("\n")[0]
        kind = type(error) if isinstance(error, DatabaseUnavailable) else InvalidMigration
        begin = " ".join(statement.split())[:60]
        place = f"{file.parent.parent.name}/{file.name}, statement {number} ({begin} …)"
        raise kind(f"{place}: {reason}") from error


def ping(connection: Connection) -> None:
    """What every database can answer. SQLite answers SELECT 1 without a look at the file."""
    connection.execute("SELECT count(*) FROM migrations").fetchone()


def known(folders: tuple[Path, ...], dialect: Dialect) -> dict[str, Path]:
    """The files for this kind of database, in order, each by its name in the ledger, such as
    `notes/0001_notes.sql`. What is in `0002_x.sqlite.sql` and `0002_x.postgresql.sql` is the same
    migration, `0002_x.sql`, for one kind each.
    """
    found = {}
    for folder in folders:
        for file in sorted(folder.glob("*.sql")):
            stem, _, kind = file.stem.partition(".")
            if kind in ("", dialect):
                found[f"{folder.parent.name}/{stem}.sql"] = file
    return found
