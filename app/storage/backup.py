"""A SQLite database into a file and back, while the server reads and writes.

A copy is made by VACUUM INTO: one view of the data, without the remains of what was deleted. It
goes back by SQLite's backup API, page by page in one transaction: others see the old state whole
or the new one, and who is killed half-way leaves the old one. As a guest this never checkpoints
beside the server (https://sqlite.org/wal.html#walresetbug); the server does, at its next commit.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from . import Connection
from .migrations import apply, known

BUSY_SECONDS = 10
RETRY_SECONDS = 0.001
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
    if place in (_beside(database.resolve(), suffix) for suffix in SUFFIXES):
        raise Refused(f"{file} belongs to the database itself")
    _refuse_existing(file)
    with _told(f"{file} cannot be written"), _reserved(_beside(file, ".partial")) as unfinished:
        with closing(_connected(database, "rw")) as live:
            live.execute("VACUUM INTO :file", {"file": str(unfinished)})
        with closing(opened_unchanging(unfinished)) as copy:
            held = _examined(copy, "quick_check", database)
        if not held.migrations:
            raise Refused(f"{database} was never used by the server: there is nothing to keep")
        _sync(unfinished)
        _refuse_existing(file)
        unfinished.rename(file)
        _sync(file.parent)
    return held


def restore(database: Path, file: Path, folders: list[Path], *, replace: bool) -> Held:
    """Make the database what `file` holds, brought up to date with the migrations of `folders`.

    What the database holds is lost; unless `replace`, it must hold no row. Raises Refused.
    """
    if not file.is_file():
        raise Refused(f"{file} is not a file")
    if database.exists() and database.samefile(file):
        raise Refused(f"{file} is the database itself")
    with (
        _told(f"{database} cannot be restored"),
        _reserved(_beside(database, ".restoring")) as unfinished,
    ):
        with _told(f"{file} cannot be read"), closing(opened_unchanging(file)) as source:
            _refuse_unfit(source, file, folders)
            source.execute("VACUUM INTO :file", {"file": str(unfinished)})
        with closing(_connected(unfinished, "rw")) as prepared:
            prepared.execute("PRAGMA journal_mode = MEMORY")
            apply(tuple(folders), partial(_exclusive, prepared))
            held = _examined(prepared, "integrity_check", file)
            # One made here is nobody else's to read.
            os.close(os.open(database, os.O_CREAT | os.O_RDWR, 0o600))
            with closing(_connected(database, "rw")) as live:
                live.execute("PRAGMA journal_mode = WAL")
                _match_page_size(prepared, live)
                _swap(prepared, live, database, replace=replace)
    return held


def opened_unchanging(path: Path) -> sqlite3.Connection:
    """A connection that writes nothing, not even the files that SQLite keeps beside a database."""
    path = path.resolve()
    # Without those files nobody has it open, and SQLite need not coordinate with anybody.
    alone = not any(_beside(path, suffix).exists() for suffix in SUFFIXES[:3])
    return _connected(path, "ro&immutable=1" if alone else "ro")


def _connected(path: Path, mode: str) -> sqlite3.Connection:
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


def _refuse_unfit(source: sqlite3.Connection, file: Path, folders: list[Path]) -> None:
    held = _examined(source, "integrity_check", file)
    if not held.migrations:
        raise Refused(f"{file} is no backup of this server: it has no migrations")
    unknown = held.migrations - known(tuple(folders)).keys()
    if unknown:
        raise Refused(f"{file} comes from a newer version: it has {min(unknown)}")


def _examined(connection: sqlite3.Connection, check: str, file: Path) -> Held:
    """What the database holds. Raises Refused when the check finds damage."""
    sound = connection.execute(f"PRAGMA {check}(1)").fetchall() == [("ok",)]
    if not sound or connection.execute("PRAGMA foreign_key_check").fetchone():
        raise Refused(f"{file} is damaged")
    rows = {table: _count(connection, table) for table in _tables(connection)}
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


def _tables(connection: sqlite3.Connection) -> list[str]:
    """The tables that hold what people sent."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    )
    return sorted(name for (name,) in rows if name != "migrations")


def _count(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    return int(connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])  # noqa: S608 - quoted


def _match_page_size(prepared: sqlite3.Connection, live: sqlite3.Connection) -> None:
    """A database with a log keeps its page size for good."""
    query = "PRAGMA page_size"
    (size,) = live.execute(query).fetchone()
    if prepared.execute(query).fetchone() != (size,):
        prepared.execute(f"PRAGMA page_size = {size}")
        prepared.execute("VACUUM")


def _swap(
    prepared: sqlite3.Connection, live: sqlite3.Connection, database: Path, *, replace: bool
) -> None:
    deadline = monotonic() + BUSY_SECONDS
    locked = False

    def look(status: int, _remaining: int, _total: int) -> None:
        nonlocal locked
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            if monotonic() > deadline:
                raise sqlite3.OperationalError("others write to it all the time")
        elif not locked:
            # From the first page on nobody else can write, and the last one is still to come.
            locked = True
            if not replace:
                _refuse_what_holds_rows(database)

    # SQLite's own waits grow too long to hit the moment between two changes of a busy server.
    live.execute("PRAGMA busy_timeout = 0")
    prepared.execute("BEGIN")
    prepared.execute("SELECT count(*) FROM sqlite_master").fetchone()
    prepared.backup(live, pages=1, progress=look, sleep=RETRY_SECONDS)


def _refuse_what_holds_rows(database: Path) -> None:
    with closing(_connected(database, "rw")) as beside:
        if any(_count(beside, table) for table in _tables(beside)):
            raise Refused(f"{database} is not empty: --replace replaces all that it holds")


@contextmanager
def _exclusive(connection: sqlite3.Connection) -> Iterator[Connection]:
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.execute("COMMIT")


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _refuse_existing(file: Path) -> None:
    if os.path.lexists(file):
        raise Refused(f"{file} exists already: a backup replaces nothing")


@contextmanager
def _reserved(path: Path) -> Iterator[Path]:
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
        for file in (path, _beside(path, "-journal")):
            file.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused(f"{what}: {error.strerror}") from error
    except sqlite3.Error as error:
        raise Refused(f"{what}: {error}") from error
    except UnicodeError as error:
        raise Refused(f"{what}: its name is not UTF-8") from error
