"""A SQLite database into a file, while the server reads and writes.

A copy is made by VACUUM INTO: one view of the data, without the remains of what was deleted. As a
guest this never checkpoints beside the server (https://sqlite.org/wal.html#walresetbug).
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

BUSY_SECONDS = 10
SUFFIXES = ("-wal", "-shm", "-journal", "-lock")


class Refused(Exception):
    """Why there is no copy, as a sentence. Nothing was changed."""


class Held(NamedTuple):
    """What a database holds: bytes, applied migrations, and rows by table."""

    size: int
    migrations: set[str]
    rows: dict[str, int]


def back_up(database: Path, file: Path) -> Held:
    """Write the database as it is now to `file`, which must not exist, readable by its owner only.

    Raises Refused.
    """
    if not database.is_file():
        raise Refused(f"there is no database at {database}")
    place = file.parent.resolve() / file.name
    if place in (suffixed(database.resolve(), suffix) for suffix in SUFFIXES):
        raise Refused(f"{file} belongs to the database itself")
    _refuse_existing(file)
    with told(f"{file} cannot be written"), reserved(suffixed(file, ".partial")) as unfinished:
        with closing(connected(database, "rw")) as live:
            live.execute("VACUUM INTO :file", {"file": str(unfinished.absolute())})
        with closing(opened_unchanging(unfinished)) as copy:
            held = examined(copy, "quick_check", database)
        if not held.migrations:
            raise Refused(f"{database} was never used by the server: there is nothing to keep")
        _sync(unfinished)
        _name(unfinished, file)
        _sync(file.parent)
    return held


def opened_unchanging(path: Path) -> sqlite3.Connection:
    """A connection that writes nothing, not even the files that SQLite keeps beside a database."""
    path = path.resolve()
    # Without those files nobody has it open, and SQLite need not coordinate with anybody.
    alone = not any(suffixed(path, suffix).exists() for suffix in SUFFIXES[:3])
    return connected(path, "ro&immutable=1" if alone else "ro")


def connected(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
    )
    try:
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "wal_autocheckpoint = 0"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def examined(connection: sqlite3.Connection, check: str, file: Path) -> Held:
    """What the database holds. Raises Refused when the check finds damage."""
    sound = connection.execute(f"PRAGMA {check}(1)").fetchall() == [("ok",)]
    if not sound or connection.execute("PRAGMA foreign_key_check").fetchone():
        raise Refused(f"{file} is damaged")
    rows = {table: count(connection, table) for table in tables(connection)}
    (size,) = connection.execute(
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    ).fetchone()
    return Held(size, applied_migrations(connection), rows)


def applied_migrations(connection: sqlite3.Connection) -> set[str]:
    """The names of the migrations that the database has; a strange one has none."""
    exists = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'"
    if not connection.execute(exists).fetchone():
        return set()
    return {name for (name,) in connection.execute("SELECT name FROM migrations")}


def tables(connection: sqlite3.Connection) -> list[str]:
    """The tables that hold what people sent."""
    # Not the tables in which a virtual one, such as that of a full-text search, keeps its own.
    rows = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
        " AND name NOT LIKE 'sqlite%'"
    )
    return sorted(name for (name,) in rows if name != "migrations")


def count(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    return int(connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])  # noqa: S608 - quoted


def suffixed(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _refuse_existing(file: Path) -> None:
    if os.path.lexists(file):
        raise Refused(f"{file} exists already: a backup replaces nothing")


def _name(unfinished: Path, file: Path) -> None:
    """Give the finished copy its name, which somebody else may have taken meanwhile."""
    try:
        # A rename would replace that other file.
        os.link(unfinished, file)
    except OSError:
        _refuse_existing(file)
        # FAT, for one, has no links: there only the look just now keeps it from replacing.
        unfinished.rename(file)
    else:
        unfinished.unlink()


@contextmanager
def reserved(path: Path) -> Iterator[Path]:
    """An empty file for this process alone, which is gone at the end."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise Refused(
            f"{path} exists: the same is under way, or was killed; then delete that file"
        ) from None
    try:
        yield path
    finally:
        # On a full disk SQLite leaves its journal behind.
        for file in (path, suffixed(path, "-journal")):
            file.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def told(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused(f"{what}: {error.strerror}") from error
    except sqlite3.Error as error:
        raise Refused(f"{what}: {error}") from error
    except UnicodeError as error:
        raise Refused(f"{what}: its name is not UTF-8") from error
