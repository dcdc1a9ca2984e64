"""PostgreSQL, by psycopg 3 and its pool: as many server processes as one likes on one database.

PostgreSQL itself shares an fsync among transactions that commit together.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from . import Connection, Cursor, Full, Meter, Operation, P, R, Unavailable
from .migrations import apply

CONNECTIONS = 8
CONNECT_SECONDS = 5
WAIT_SECONDS = 2
CALL_SECONDS = 15
PAUSE_SECONDS = 1
WRITE = "BEGIN"
# A view that two SELECTs share needs more than the default READ COMMITTED.
READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
MIGRATION_LOCK = 0x746F646F


class PostgresDatabase:
    """A database server. It reconnects by itself; meanwhile its methods raise Unavailable."""

    def __init__(self, url: str, meter: Meter) -> None:
        self._meter = meter
        self._pool = ConnectionPool(
            url,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=WAIT_SECONDS,
            # Left to itself, the pool waits longer and longer between attempts, for minutes.
            reconnect_timeout=WAIT_SECONDS,
            open=False,
            kwargs={
                "autocommit": True,
                "connect_timeout": CONNECT_SECONDS,
                # A network that swallows packets is noticed by nobody else.
                "tcp_user_timeout": CALL_SECONDS * 1000,
            },
            configure=_limit_statements,
        )
        self._pool.open()
        self._away_until = 0.0
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="postgres")

    async def read(
        self, operation: Operation[P, R], /, *arguments: P.args, **keywords: P.kwargs
    ) -> R:
        return await self._run(READ, lambda c: operation(c, *arguments, **keywords))

    async def write(
        self, operation: Operation[P, R], /, *arguments: P.args, **keywords: P.kwargs
    ) -> R:
        return await self._run(
            WRITE, lambda c: operation(c, *arguments, **keywords), self._meter.committed
        )

    def migrate(self, *folders: Path) -> None:
        apply(folders, self._exclusive)

    def close(self) -> None:
        self._threads.shutdown()
        self._pool.close()

    async def _run(
        self,
        begin: str,
        operation: Callable[[Connection], R],
        committed: Callable[[int], None] | None = None,
    ) -> R:
        deadline = monotonic() + CALL_SECONDS

        def transact() -> R:
            self._meter.begun(1)
            if monotonic() > deadline:
                raise Unavailable("its caller has been told that it was not done in time")
            with self._transaction(begin) as connection:
                try:
                    answer = operation(connection)
                except StopIteration:
                    raise RuntimeError("an operation raised StopIteration") from None
            if committed:
                committed(1)
            return answer

        self._meter.queued()
        work = asyncio.get_running_loop().run_in_executor(self._threads, transact)
        work.add_done_callback(_forget)
        try:
            # A caller that is cancelled must not take its operation out of the queue.
            return await asyncio.wait_for(asyncio.shield(work), CALL_SECONDS)
        except TimeoutError:
            raise Unavailable(f"no answer within {CALL_SECONDS} seconds") from None

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        if monotonic() < self._away_until:
            raise Unavailable("no connection could be had a moment ago")
        try:
            with self._begun(begin) as connection:
                yield _Named(connection)
        except PoolTimeout as error:
            # Those who wait behind this one would each wait as long.
            self._away_until = monotonic() + PAUSE_SECONDS
            raise Unavailable(str(error)) from error
        except (psycopg.errors.DiskFull, psycopg.errors.ConfigurationLimitExceeded) as error:
            raise Full(str(error)) from error
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolClosed) as error:
            raise Unavailable(str(error)) from error

    @contextmanager
    def _begun(self, begin: str) -> Iterator[psycopg.Connection[Any]]:
        """A connection in a transaction, which the pool commits, or rolls back after an error."""
        with self._pool.connection() as connection:
            try:
                connection.execute(begin.encode())
            except psycopg.OperationalError:
                dead = True  # The database was restarted while the connection lay in the pool.
            else:
                dead = False
                yield connection
        if dead:
            self._pool.check()
            with self._pool.connection() as connection:
                connection.execute(begin.encode())
                yield connection

    @contextmanager
    def _exclusive(self) -> Iterator[Connection]:
        with self._transaction(WRITE) as connection:
            # A migration may take long, and so may waiting for another process's.
            connection.execute("SET LOCAL statement_timeout = 0")
            connection.execute("SELECT pg_advisory_xact_lock(:lock)", {"lock": MIGRATION_LOCK})
            yield connection


def _limit_statements(connection: psycopg.Connection[Any]) -> None:
    # The server gives up on a statement long before a host gives up on us (45 seconds).
    connection.execute("SET statement_timeout = '10s'")


def _forget(work: asyncio.Future[Any]) -> None:
    """Nobody may be left to hear how it ended, and that is no reason for a warning."""
    if not work.cancelled():
        work.exception()


class _Named:
    """A connection that takes `:name` parameters, as sqlite3's does."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Mapping[str, object] = {}, /) -> Cursor:
        return self._connection.execute(_translated(sql), parameters)


@lru_cache
def _translated(sql: str) -> bytes:
    """psycopg's spelling; the SQL holds no literal colons."""
    return re.sub(r":([a-z_]+)", r"%(\1)s", sql.replace("%", "%%")).encode()
