"""Where state is kept: `connect(url)` gives a Database, whichever one the URL names.

An operation is an ordinary function whose first argument is a DB-API connection. The database
runs the whole function in one transaction, off the event loop, and answers after the commit:

    listed = await database.read(get_todos, "alice")
    added = await database.write(add_todo, "alice", "buy milk")

A caller that is cancelled meanwhile changes nothing: the operation still runs to its end.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class DatabaseUnavailable(Exception):
    """The database cannot be asked now. What was asked is not known to be committed."""


class DatabaseFull(DatabaseUnavailable):
    """There is no room to write. Nothing of what was asked was kept; reads go on."""


class DatabaseReadOnly(DatabaseUnavailable):
    """The database takes no changes. Nothing of what was asked was kept; reads go on."""


class DatabaseBusy(DatabaseUnavailable):
    """Somebody else has locked what is needed. Nothing of what was asked was kept."""


class Cursor(Protocol):
    """The rows of one statement, as tuples."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """The rows that are left."""


class Connection(Protocol):
    """What an operation sees: SQL that both databases know, with `:name` parameters."""

    def execute(self, sql: str, parameters: Mapping[str, object] = ..., /) -> Cursor:
        """Run one statement."""


Operation = Callable[Concatenate[Connection, P], R]


class Database(Protocol):
    """A place for state. Its methods raise DatabaseUnavailable."""

    async def read(
        self, operation: Operation[P, R], /, *arguments: P.args, **keywords: P.kwargs
    ) -> R:
        """Run `operation` on one unchanging view of the data."""

    async def write(
        self, operation: Operation[P, R], /, *arguments: P.args, **keywords: P.kwargs
    ) -> R:
        """Run `operation` and commit; if it raises, nothing of it stays.

        It may be run more than once, so it must change nothing but the database. On PostgreSQL few
        operations whose first argument is the same text run at once, so that those who wait for one
        thing, such as a locked row, leave connections to the others.
        """

    async def ping(self) -> None:
        """Return when the database answers. What is asked of it otherwise is not waited for."""

    def migrate(self, *folders: Path) -> None:
        """Apply the folders' numbered .sql files that this database has not seen.

        Safe when several processes do it at once and when one is killed half-way.
        """

    def close(self) -> None:
        """Finish what was asked and let go."""


class Meter(Protocol):
    """Who counts what the database does. Called from the event loop's thread and from others."""

    def queued(self) -> None:
        """An operation waits."""

    def begun(self, operations: int) -> None:
        """So many operations no longer wait."""

    def committed(self, operations: int) -> None:
        """One commit made so many operations last. Reads commit nothing."""


class Unmetered:
    """Nobody counts."""

    def queued(self) -> None: ...

    def begun(self, operations: int) -> None: ...

    def committed(self, operations: int) -> None: ...


def connect(
    url: str, *, program: str = "plugin", guest: bool = False, meter: Meter | None = None
) -> Database:
    """The database of `sqlite:///FILE` or `postgresql://…`.

    Servers of one `program` migrate one after the other. A SQLite file has one server; a guest is
    a process that comes and goes while it runs. Raises DatabaseUnavailable when it cannot be opened
    or another server has the file for some seconds, and ModuleNotFoundError when its driver is
    missing.
    """
    meter = meter or Unmetered()
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        from .sqlite import SQLiteDatabase

        return SQLiteDatabase(rest.removeprefix("/"), guest, meter)
    from .postgres import PostgresDatabase

    return PostgresDatabase(url, program, meter)
