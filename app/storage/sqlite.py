"""SQLite: one writer thread that shares each commit among all who wait, one reader thread.

Group commit: an fsync before every acknowledgement costs the same for one write as for a hundred,
so the writer takes everything waiting and commits once. When one of the operations fails, all are
run again, each behind a savepoint; so an operation must change nothing but the database.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple

from . import Connection, Operation, P, R, Unavailable
from .migrations import apply

BUSY_SECONDS = 5
BATCH = 256
PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}


class SQLiteDatabase:
    """The database in one file, for one server process; guests may write briefly beside it."""

    def __init__(self, path: str, guest: bool) -> None:
        self._path = path
        try:
            writer = _open(path, checkpoints=not guest)
            reader = _open(path, checkpoints=False)
        except sqlite3.Error as error:
            raise Unavailable(f"cannot open {path}: {error}") from error
        reader.execute("PRAGMA query_only = ON")
        self._writer = _Worker(writer, "BEGIN IMMEDIATE")
        self._reader = _Worker(reader, "BEGIN")

    async def read(
        self, operation: Operation[P, R], /, *arguments: P.args, **keywords: P.kwargs
    ) -> R:
        return await self._reader.run(operation, *arguments, **keywords)

    async def write(
        self, operation: Operation[P, R], /, *arguments: P.args, **keywords: P.kwargs
    ) -> R:
        return await self._writer.run(operation, *arguments, **keywords)

    def migrate(self, *folders: Path) -> None:
        try:
            apply(folders, partial(_exclusive, self._path))
        except sqlite3.OperationalError as error:
            raise Unavailable(f"cannot prepare {self._path}: {error}") from error

    def close(self) -> None:
        self._reader.close()
        self._writer.close()


class _Call(NamedTuple):
    operation: Callable[[Connection], Any]
    future: asyncio.Future[Any]


class _Outcome(NamedTuple):
    future: asyncio.Future[Any]
    value: Any
    error: BaseException | None


class _Worker:
    """A thread with a connection of its own, which runs what waits, all in one transaction."""

    def __init__(self, connection: sqlite3.Connection, begin: str) -> None:
        self._connection = connection
        self._begin = begin
        self._waiting: SimpleQueue[_Call | None] = SimpleQueue()
        self._closed = False
        # A daemon, so that a transaction stuck on a lock cannot keep the process alive.
        self._thread = Thread(target=self._work, name=f"sqlite: {begin}", daemon=True)
        self._thread.start()

    async def run(
        self, operation: Operation[P, R], /, *arguments: P.args, **keywords: P.kwargs
    ) -> R:
        if self._closed:
            raise Unavailable("the database is closed")
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.put(_Call(lambda c: operation(c, *arguments, **keywords), future))
        return await future

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
            self._thread.join(BUSY_SECONDS)

    def _work(self) -> None:
        open_ = True
        while open_:
            calls = [self._waiting.get()]
            try:
                while len(calls) < BATCH:
                    calls.append(self._waiting.get_nowait())
            except Empty:
                pass
            open_ = None not in calls
            batch = [call for call in calls if call is not None]
            if batch:
                _deliver(self._transact(batch))
        self._connection.close()

    def _transact(self, calls: list[_Call]) -> list[_Outcome]:
        """Run the calls and commit once. One that fails takes nothing of the others with it."""
        connection = self._connection
        try:
            connection.execute(self._begin)
            try:
                # Savepoints cost more than most operations do, so the first try goes without.
                outcomes = [_run(connection, call) for call in calls]
            except Exception:  # noqa: BLE001 - whose fault it was shows in the second try
                self._roll_back()
                connection.execute(self._begin)
                outcomes = [_run_apart(connection, call) for call in calls]
            connection.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - whatever it is, the callers must hear of it
            self._roll_back()
            return [_Outcome(call.future, None, _told(error)) for call in calls]
        return outcomes

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def _run(connection: sqlite3.Connection, call: _Call) -> _Outcome:
    return _Outcome(call.future, call.operation(connection), None)


def _run_apart(connection: sqlite3.Connection, call: _Call) -> _Outcome:
    connection.execute("SAVEPOINT operation")
    try:
        outcome = _run(connection, call)
    except Exception as error:
        # A full disk, for one, makes SQLite roll back everything, the others' work too.
        if not connection.in_transaction:
            raise
        connection.execute("ROLLBACK TO operation")
        outcome = _Outcome(call.future, None, _told(error))
    connection.execute("RELEASE operation")
    return outcome


def _told(error: BaseException) -> BaseException:
    """The error as callers know it: a mistake in SQL stays one, all else of SQLite's passes."""
    # What Python's module itself complains of has no code.
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in PASSING:
        return Unavailable(str(error))
    if isinstance(error, StopIteration):
        return RuntimeError("an operation raised StopIteration")  # No future takes that one.
    return error


def _deliver(outcomes: list[_Outcome]) -> None:
    with suppress(RuntimeError):  # The loop has ended, and with it everybody who waited.
        outcomes[0].future.get_loop().call_soon_threadsafe(_settle, outcomes)


def _settle(outcomes: list[_Outcome]) -> None:
    for future, value, error in outcomes:
        if future.done():
            continue  # The caller went away; the operation was done nevertheless.
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)


def _open(path: str, checkpoints: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if not checkpoints:
            # Two that do can corrupt the file: https://sqlite.org/wal.html#walresetbug
            connection.execute("PRAGMA wal_autocheckpoint = 0")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def _exclusive(path: str) -> Iterator[Connection]:
    connection = _open(path, checkpoints=False)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
    finally:
        connection.close()
