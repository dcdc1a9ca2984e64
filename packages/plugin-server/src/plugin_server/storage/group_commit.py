"""Group commit for SQLite: a thread that runs all that waits in one transaction.

An fsync before every acknowledgement costs the same for one write as for a hundred, so the writer
takes everything waiting and commits once. When one of the operations fails, all are run again,
each behind a savepoint; so an operation must change nothing but the database.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple

from . import Connection, DatabaseFull, DatabaseUnavailable, Meter, Operation, P, R

WRITES = 256
# While a batch is read, the log cannot begin anew: log_size.py. Larger ones save next to nothing,
# because reads wait for no disk.
READS = 8
PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}
# SQLite calls only ENOSPC full. A quota or a file's greatest size are errors in writing to it, and
# whatever the reason is, what could not be written is not in the log, and so is not committed.
NO_ROOM = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
}


class _Call(NamedTuple):
    operation: Callable[[Connection], Any]
    future: asyncio.Future[Any]


class _Outcome(NamedTuple):
    future: asyncio.Future[Any]
    value: Any
    error: BaseException | None


class Worker:
    """A thread with a connection of its own. `begin` begins a transaction on it.

    The meter hears of commits only from a worker that `writes`. `after` is called when a batch has
    been answered.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        begin: Callable[[sqlite3.Connection], object],
        meter: Meter,
        writes: bool = False,
        after: Callable[[sqlite3.Connection], object] | None = None,
    ) -> None:
        self._connection = connection
        self._begin = begin
        self._meter = meter
        self._writes = writes
        self._after = after
        self._batch = WRITES if writes else READS
        self._waiting: SimpleQueue[_Call | None] = SimpleQueue()
        self._closed = False
        # A daemon, so that a transaction stuck on a lock cannot keep the process alive.
        self._thread = Thread(target=self._work, name=f"sqlite: {writes=}", daemon=True)
        self._thread.start()

    async def run(
        self, operation: Operation[P, R], /, *arguments: P.args, **keywords: P.kwargs
    ) -> R:
        """What the operation returns, after the commit."""
        if self._closed:
            raise DatabaseUnavailable("the database is closed")
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._meter.queued()
        self._waiting.put(_Call(lambda c: operation(c, *arguments, **keywords), future))
        return await future

    def close(self, seconds: float) -> bool:
        """Finish what waits, in so many seconds; whether the connection is closed by then."""
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        open_ = True
        while open_:
            calls = [self._waiting.get()]
            try:
                while len(calls) < self._batch:
                    calls.append(self._waiting.get_nowait())
            except Empty:
                pass
            open_ = None not in calls
            batch = [call for call in calls if call is not None]
            if batch:
                self._meter.begun(len(batch))
                _deliver(self._transact(batch))
                if self._after:
                    self._after(self._connection)
        self._connection.close()

    def _transact(self, calls: list[_Call]) -> list[_Outcome]:
        """Run the calls and commit once. One that fails takes nothing of the others with it."""
        connection = self._connection
        try:
            self._begin(connection)
            try:
                # Savepoints cost more than most operations do, so the first try goes without.
                outcomes = [_run(connection, call) for call in calls]
            except Exception:  # noqa: BLE001 - whose fault it was shows in the second try
                self._roll_back()
                self._begin(connection)
                outcomes = [_run_apart(connection, call) for call in calls]
            connection.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - whatever it is, the callers must hear of it
            self._roll_back()
            told = as_raised(error)
            return [_Outcome(call.future, None, told) for call in calls]
        lasting = sum(outcome.error is None for outcome in outcomes)
        if self._writes and lasting:
            self._meter.committed(lasting)
        return outcomes

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            # Should even that fail, the next transaction cannot begin, and tells so.
            with suppress(sqlite3.Error):
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
        outcome = _Outcome(call.future, None, as_raised(error))
    connection.execute("RELEASE operation")
    return outcome


def as_raised(error: BaseException) -> BaseException:
    """The error as callers know it: a mistake in SQL stays one, all else of SQLite's passes."""
    # What Python's module itself complains of has no code.
    code = getattr(error, "sqlite_errorcode", 0)
    if code in NO_ROOM:
        return DatabaseFull(str(error))
    if code & 0xFF in PASSING:
        return DatabaseUnavailable(str(error))
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
