"""PostgreSQL, by psycopg 3 and its pool: as many server processes as one likes on one database.

PostgreSQL itself shares an fsync among transactions that commit together.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from . import Connection, Cursor, DatabaseReadOnly, DatabaseUnavailable, Meter, Operation, P, R
from .keyed_threads import KeyedThreads
from .migrations import apply, ping
from .parameters import psycopg_sql
from .postgres_errors import OF_THE_SESSION, meaning, reason

# Threads, and so connections. Readers wait behind no writer, who may wait for a lock or a disk, and
# health behind nobody.
WRITERS = 6
READERS = 3
CONNECTIONS = WRITERS + READERS + 1
CONNECT_SECONDS = 5
WAIT_SECONDS = 2
CALL_SECONDS = 15
PAUSE_SECONDS = 1
# READ COMMITTED, whatever the database's own default is: what waited for another goes on.
WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"
# A view that two SELECTs share needs more.
READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
LIMITS = """
SET statement_timeout = '10s'; -- long before a host gives up on us (45 seconds)
SET lock_timeout = '100ms'; -- keyed_threads.py lets it be tried again
SET idle_in_transaction_session_timeout = '10s'; -- a frozen server must not lock out the others
"""
NO_ANSWER = psycopg.OperationalError("no connection could be had in time")


def migration_lock(program: str) -> int:
    """The key of the advisory lock that a program's servers hold while they migrate."""
    return int.from_bytes(sha256(f"migrations of {program}".encode()).digest()[:8], signed=True)


class PostgresDatabase:
    """A database server. It reconnects by itself; meanwhile it raises DatabaseUnavailable."""

    def __init__(self, url: str, program: str, meter: Meter) -> None:
        self._migration_lock = migration_lock(program)
        self._meter = meter
        self._away: psycopg.Error = NO_ANSWER
        self._away_until = 0.0
        self._renewed = 0.0
        # It warns of each attempt to connect; what is wrong stands in what we raise.
        logging.getLogger("psycopg").setLevel(logging.ERROR)
        self._pool = ConnectionPool(
            url,
            connection_class=_Session,
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
                "tried": self._tried,
            },
            configure=_limit,
        )
        self._pool.open()
        self._writers = KeyedThreads(WRITERS, meter)
        self._readers = KeyedThreads(READERS, meter)
        self._health = KeyedThreads(1, meter)

    async def read(
        self, operation: Operation[P, R], /, *arguments: P.args, **keywords: P.kwargs
    ) -> R:
        return await self._run(self._readers, READ, lambda c: operation(c, *arguments, **keywords))

    async def write(
        self, operation: Operation[P, R], /, *arguments: P.args, **keywords: P.kwargs
    ) -> R:
        first = arguments[0] if arguments else None
        return await self._run(
            self._writers,
            WRITE,
            lambda c: operation(c, *arguments, **keywords),
            about=first if isinstance(first, str) else None,
            committed=self._meter.committed,
        )

    async def ping(self) -> None:
        await self._run(self._health, READ, ping)

    def migrate(self, *folders: Path) -> None:
        apply(folders, "postgresql", self._applied, self._exclusive)

    def close(self) -> None:
        for threads in (self._writers, self._readers, self._health):
            threads.close()
        self._pool.close()

    async def _run(
        self,
        threads: KeyedThreads,
        begin: str,
        operation: Callable[[Connection], R],
        *,
        about: str | None = None,
        committed: Callable[[int], None] | None = None,
    ) -> R:
        deadline = monotonic() + CALL_SECONDS

        def transact() -> R:
            if monotonic() > deadline:
                raise DatabaseUnavailable("its caller has been told that it was not done in time")
            with self._transaction(begin) as connection:
                try:
                    answer = operation(connection)
                except StopIteration:
                    raise RuntimeError("an operation raised StopIteration") from None
            if committed:
                committed(1)
            return answer

        work = asyncio.wrap_future(threads.submit(transact, about))
        work.add_done_callback(_forget)
        try:
            # A caller that is cancelled must not take its operation out of the queue.
            return await asyncio.wait_for(asyncio.shield(work), CALL_SECONDS)
        except TimeoutError:
            raise DatabaseUnavailable(f"no answer within {CALL_SECONDS} seconds") from None

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        if monotonic() < self._away_until:
            raise DatabaseUnavailable(reason(self._away)) from self._away
        try:
            with self._begun(begin) as connection:
                yield _Named(connection)
        except PoolTimeout:
            # Those who wait behind this one would each wait as long.
            self._away_until = monotonic() + PAUSE_SECONDS
            raise DatabaseUnavailable(reason(self._away)) from self._away
        except psycopg.Error as error:
            kind = meaning(error)
            # What only reads has no business to write.
            if kind is None or (kind is DatabaseReadOnly and begin == READ):
                raise
            if error.sqlstate in OF_THE_SESSION:
                self._renew()
            raise kind(reason(error)) from error

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

    def _tried(self, failure: psycopg.Error | None) -> None:
        self._away = failure or NO_ANSWER

    def _renew(self) -> None:
        """Replace the connections: those in use as soon as they come back."""
        if monotonic() > self._renewed + PAUSE_SECONDS:
            self._renewed = monotonic()
            self._pool.drain()

    def _applied(self) -> set[str]:
        with self._transaction(READ) as connection:
            exists = "SELECT to_regclass('migrations') IS NOT NULL"
            if connection.execute(exists).fetchone() == (False,):
                return set()
            rows = connection.execute("SELECT name FROM migrations").fetchall()
            return {name for (name,) in rows}

    @contextmanager
    def _exclusive(self) -> Iterator[Connection]:
        with self._transaction(WRITE) as connection:
            # A migration may take long, and so may waiting for another process's.
            connection.execute("SET LOCAL statement_timeout = 0")
            connection.execute("SET LOCAL lock_timeout = 0")
            connection.execute(
                "SELECT pg_advisory_xact_lock(:lock)", {"lock": self._migration_lock}
            )
            # Who waits for a table makes all others wait who want it.
            connection.execute("SET LOCAL lock_timeout = '2s'")
            yield connection


class _Session(psycopg.Connection[Any]):
    """A connection. `tried` hears how each attempt to make one ended."""

    @classmethod
    def connect(  # type: ignore[override] # only our pool makes these
        cls, conninfo: str, *, tried: Callable[[psycopg.Error | None], None], **how: Any
    ) -> "_Session":
        try:
            session = super().connect(conninfo, **how)
        except psycopg.Error as failure:
            tried(failure)
            raise
        tried(None)
        return session


def _limit(connection: psycopg.Connection[Any]) -> None:
    connection.execute(LIMITS)


def _forget(work: asyncio.Future[Any]) -> None:
    """Nobody may be left to hear how it ended, and that is no reason for a warning."""
    if not work.cancelled():
        work.exception()


class _Named:
    """A connection that takes `:name` parameters, as sqlite3's does."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Mapping[str, object] = {}, /) -> Cursor:
        return self._connection.execute(psycopg_sql(sql), parameters)
