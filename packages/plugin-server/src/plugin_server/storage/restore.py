"""A backup into a SQLite database, while the server reads and writes.

It goes back by SQLite's backup API, page by page in one transaction: others see the old state whole
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

from . import Connection
from .backup import (
    BUSY_SECONDS,
    Held,
    Refused,
    applied_migrations,
    connected,
    count,
    examined,
    opened_unchanging,
    reserved,
    suffixed,
    tables,
    told,
)
from .migrations import apply, known

RETRY_SECONDS = 0.001
RUINED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


def restore(database: Path, file: Path, folders: list[Path], *, replace: bool) -> Held:
    """Make the database what `file` holds, brought up to date with the migrations of `folders`.

    What the database holds is lost; unless `replace`, it must hold no row. Raises Refused.
    """
    if not file.is_file():
        raise Refused(f"{file} is not a file")
    if database.exists() and database.samefile(file):
        raise Refused(f"{file} is the database itself")
    with (
        told(f"{database} cannot be restored"),
        reserved(suffixed(database, ".restoring")) as unfinished,
    ):
        with told(f"{file} cannot be read"), closing(opened_unchanging(file)) as source:
            _refuse_unfit(source, file, folders)
            source.execute("VACUUM INTO :file", {"file": str(unfinished.absolute())})
        with closing(connected(unfinished, "rw")) as prepared:
            prepared.execute("PRAGMA journal_mode = MEMORY")
            applied = partial(applied_migrations, prepared)
            apply(tuple(folders), "sqlite", applied, partial(_exclusive, prepared))
            held = examined(prepared, "integrity_check", file)
            # One made here is nobody else's to read.
            os.close(os.open(database, os.O_CREAT | os.O_RDWR, 0o600))
            with _unless_ruined(database), closing(connected(database, "rw")) as live:
                live.execute("PRAGMA journal_mode = WAL")
                _match_page_size(prepared, live)
                _swap(prepared, live, database, replace=replace)
    return held


def _refuse_unfit(source: sqlite3.Connection, file: Path, folders: list[Path]) -> None:
    held = examined(source, "integrity_check", file)
    if not held.migrations:
        raise Refused(f"{file} is no backup of this server: it has no migrations")
    unknown = held.migrations - known(tuple(folders), "sqlite").keys()
    if unknown:
        raise Refused(f"{file} comes from a newer version: it has {min(unknown)}")


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
    with closing(connected(database, "rw")) as present:
        if any(count(present, table) for table in tables(present)):
            raise Refused(f"{database} is not empty: --replace replaces all that it holds")


@contextmanager
def _exclusive(connection: sqlite3.Connection) -> Iterator[Connection]:
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.execute("COMMIT")


@contextmanager
def _unless_ruined(database: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in RUINED:
            raise Refused(
                f"{database} is damaged too much to be written to: stop the server, move the file"
                " away with its -wal and -shm, and restore again"
            ) from error
        raise
