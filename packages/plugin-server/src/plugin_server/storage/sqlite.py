"""SQLite: one file, one writer thread that shares its commits, one reader thread."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from . import Connection, DatabaseUnavailable, Meter, Operation, P, R
from .backup import applied_migrations
from .group_commit import Worker
from .log_size import LOG_BYTES, LogSize
from .migrations import apply, ping
from .ownership import Ownership

BUSY_SECONDS = 5
# SQLite's own waits grow to 100 ms: beside a server that writes all the time, some never hit the
# moment between two of its transactions.
RETRY_SECONDS = 0.001


class SQLiteDatabase:
    """The database in one file, for one server process; guests may write briefly beside it."""

    def __init__(self, path: str, guest: bool, meter: Meter) -> None:
        self._path = path
        self._ownership = None if guest else Ownership(path)
        with ExitStack() as undo:
            if self._ownership:
                undo.callback(self._ownership.release)
            try:
                writer = undo.enter_context(closing(_open_writer(path, checkpoints=not guest)))
                reader = undo.enter_context(closing(_open(path)))
                reader.execute("PRAGMA query_only = ON")
            except sqlite3.Error as error:
                raise DatabaseUnavailable(f"cannot open {path}: {error}") from error
            undo.pop_all()
        after = None if guest else LogSize(path).limit
        self._writer = Worker(writer, _begin_write, meter, writes=True, after=after)
        self._reader = Worker(reader, _begin_read, meter)

    async def read(
        self, operation: Operation[P, R], /, *arguments: P.args, **keywords: P.kwargs
    ) -> R:
        return await self._reader.run(operation, *arguments, **keywords)

    async def write(
        self, operation: Operation[P, R], /, *arguments: P.args, **keywords: P.kwargs
    ) -> R:
        return await self._writer.run(operation, *arguments, **keywords)

    async def ping(self) -> None:
        await self._reader.run(ping)

    def migrate(self, *folders: Path) -> None:
        try:
            apply(folders, "sqlite", partial(_applied, self._path), partial(_exclusive, self._path))
        except sqlite3.OperationalError as error:
            raise DatabaseUnavailable(f"cannot prepare {self._path}: {error}") from error

    def close(self) -> None:
        closed = [worker.close(BUSY_SECONDS) for worker in (self._reader, self._writer)]
        # A thread that is stuck may still write; then the file is ours until the process ends.
        if self._ownership and all(closed):
            self._ownership.release()


def _open(path: str) -> sqlite3.Connection:
    with suppress(OSError):
        # A new one is nobody else's to read. SQLite gives the files beside it the same mode.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # Two that checkpoint can corrupt the file: https://sqlite.org/wal.html#walresetbug
        connection.execute("PRAGMA wal_autocheckpoint = 0")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _open_writer(path: str, checkpoints: bool) -> sqlite3.Connection:
    connection = _open(path)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten, not only left out.
    connection.execute("PRAGMA secure_delete = ON")
    # A batch behind savepoints needs no second disk, which could be full too.
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA busy_timeout = 0")
    if checkpoints:
        connection.execute("PRAGMA wal_autocheckpoint = 1000")
        # A log that begins anew takes no more room than it needs.
        connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
    return connection


def _begin_write(connection: sqlite3.Connection) -> None:
    """Raises OperationalError when others hold the lock for BUSY_SECONDS."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(RETRY_SECONDS)
        else:
            return


def _begin_read(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")


def _applied(path: str) -> set[str]:
    with closing(_open(path)) as connection:
        return applied_migrations(connection)


@contextmanager
def _exclusive(path: str) -> Iterator[Connection]:
    connection = _open_writer(path, checkpoints=False)
    try:
        _begin_write(connection)
        yield connection
        connection.execute("COMMIT")
    finally:
        connection.close()
