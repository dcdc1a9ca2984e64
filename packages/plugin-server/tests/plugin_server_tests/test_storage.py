"""The two databases behind one door: transactions, shared commits, migrations."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from plugin_server.storage import Connection, Database, DatabaseUnavailable, connect


def put(connection: Connection, name: str) -> str:
    connection.execute("INSERT INTO things (name) VALUES (:name)", {"name": name})
    return name


def put_and_fail(connection: Connection, name: str) -> None:
    put(connection, name)
    raise LookupError(name)


def names(connection: Connection) -> list[str]:
    return [
        row[0] for row in connection.execute("SELECT name FROM things ORDER BY name").fetchall()
    ]


@pytest.fixture(name="things")
def fixture_things(tmp_path: Path) -> Path:
    """A folder of migrations."""
    folder = tmp_path / "things" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_things.sql").write_text("CREATE TABLE things (name TEXT PRIMARY KEY);\n")
    return folder


@pytest.fixture(name="database")
def fixture_database(database_url: str, things: Path) -> Iterator[Database]:
    database = connect(database_url)
    database.migrate(things)
    yield database
    database.close()


async def test_an_operation_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(LookupError, match="b"):
        await database.write(put_and_fail, "b")
    assert await database.read(names) == []


async def test_operations_that_fail_do_not_harm_those_beside_them(database: Database) -> None:
    await database.write(put, "n3")
    results = await asyncio.gather(
        *(database.write(put if number % 2 else put_and_fail, f"n{number}") for number in range(8)),
        return_exceptions=True,
    )
    kinds = [result if isinstance(result, str) else type(result).__name__ for result in results]
    # n3 is there already: a mistake of the operation's own, told as what it is.
    twice = next(kind for kind in kinds if kind in ("IntegrityError", "UniqueViolation"))
    failed = "LookupError"
    assert kinds == [failed, "n1", failed, twice, failed, "n5", failed, "n7"]
    assert await database.read(names) == ["n1", "n3", "n5", "n7"]


def forget_a_parameter(connection: Connection) -> None:
    connection.execute("INSERT INTO things (name) VALUES (:name)", {})


def stop_iterating(connection: Connection) -> None:  # noqa: ARG001 - an operation takes one
    next(iter(()))


@pytest.mark.parametrize("slip", [forget_a_parameter, stop_iterating])
async def test_an_operations_slip_is_told_to_its_caller_alone(
    database: Database, slip: Callable[[Connection], None]
) -> None:
    async with asyncio.timeout(20):
        calls = (database.write(slip), database.write(put, "a"), database.read(slip))
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert isinstance(results[0], Exception)
        assert not isinstance(results[0], DatabaseUnavailable)
        assert (results[1], type(results[2])) == ("a", type(results[0]))
        assert await database.read(names) == ["a"]


async def test_a_read_sees_what_was_acknowledged_before_it(database: Database) -> None:
    for number in range(20):
        await database.write(put, f"n{number:02}")
        assert len(await database.read(names)) == number + 1


async def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only"):
        await database.read(put, "a")
    assert await database.read(names) == []


async def test_a_cancelled_caller_leaves_the_database_in_order(database: Database) -> None:
    calls = [asyncio.ensure_future(database.write(put, f"n{number}")) for number in range(40)]
    await asyncio.sleep(0)
    for call in calls[::2]:
        call.cancel()
    done = await asyncio.gather(*calls, return_exceptions=True)
    acknowledged = {result for result in done if isinstance(result, str)}
    assert acknowledged >= {f"n{number}" for number in range(1, 40, 2)}
    await database.write(put, "last")
    assert acknowledged | {"last"} <= set(await database.read(names))


async def test_a_closed_database_is_unavailable(database_url: str, things: Path) -> None:
    database = connect(database_url)
    database.migrate(things)
    await database.write(put, "a")
    database.close()
    for call in (database.read(names), database.write(put, "b")):
        with pytest.raises(DatabaseUnavailable, match="the database is closed"):
            async with asyncio.timeout(5):
                await call
    database.close()


async def test_writes_that_wait_share_a_commit(sqlite_url: str, things: Path) -> None:
    database = connect(sqlite_url)
    database.migrate(things)
    file = sqlite_url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        calls = [asyncio.ensure_future(database.write(put, f"n{number}")) for number in range(100)]
        await asyncio.sleep(0)
        before = commits(file)
        other.execute("ROLLBACK")
        await asyncio.gather(*calls)
        assert 1 <= commits(file) - before <= 3
        assert len(await database.read(names)) == 100
    database.close()


def commits(file: str) -> int:
    """The commits in the write-ahead log (https://sqlite.org/fileformat2.html#walformat)."""
    log = Path(f"{file}-wal").read_bytes()
    page_bytes = int.from_bytes(log[8:12], "big")
    frames = range(32, len(log), 24 + page_bytes)
    return sum(log[frame + 4 : frame + 8] != bytes(4) for frame in frames)


def test_an_acknowledged_write_is_on_the_disk(sqlite_url: str, things: Path) -> None:
    database = connect(sqlite_url)
    database.migrate(things)

    def pragmas(connection: Connection) -> list[object]:
        asked = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]

    assert asyncio.run(database.write(pragmas)) == ["wal", 2, 1]
    database.close()


def take(connection: Connection, name: str) -> None:
    connection.execute("DELETE FROM things WHERE name = :name", {"name": name})


def test_what_is_deleted_is_gone_from_the_file(sqlite_url: str, things: Path) -> None:
    database = connect(sqlite_url)
    database.migrate(things)
    for name in ("kept here", "a secret"):
        asyncio.run(database.write(put, name))
    asyncio.run(database.write(take, "a secret"))
    database.close()
    file = Path(sqlite_url.removeprefix("sqlite:///")).read_bytes()
    assert (b"kept here" in file, b"a secret" in file) == (True, False)


def test_a_server_waits_for_the_one_that_is_just_stopping(sqlite_url: str) -> None:
    first = connect(sqlite_url)
    with ThreadPoolExecutor() as threads:
        second = threads.submit(connect, sqlite_url)
        first.close()
        second.result().close()


def test_a_place_that_cannot_be_locked_is_warned_of(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    Path(f"{path}-lock").mkdir()  # which nobody can open to write
    connect(sqlite_url).close()
    assert caplog.messages == [f"{path} cannot be locked against a second server: Is a directory"]


class Counting:
    """A meter that adds up what it hears."""

    waiting = 0
    lasting = 0

    def queued(self) -> None:
        self.waiting += 1

    def begun(self, operations: int) -> None:
        self.waiting -= operations

    def committed(self, operations: int) -> None:
        self.lasting += operations


async def test_a_meter_hears_of_what_waits_and_of_what_was_made_to_last(
    database_url: str, things: Path
) -> None:
    database = connect(database_url, meter=(meter := Counting()))
    database.migrate(things)
    with pytest.raises(LookupError):
        await database.write(put_and_fail, "a")
    await asyncio.gather(*(database.write(put, f"n{number}") for number in range(8)))
    await database.read(names)
    database.close()
    assert (meter.waiting, meter.lasting) == (0, 8)


async def test_a_migration_that_fails_leaves_nothing_and_can_be_mended(
    database_url: str, things: Path
) -> None:
    second = things / "0002_more.sql"
    second.write_text("CREATE TABLE more (name TEXT);\n\nINSERT INTO nowhere VALUES (1);\n")
    database = connect(database_url)
    with pytest.raises(Exception, match="nowhere"):
        database.migrate(things)
    second.write_text("CREATE TABLE more (name TEXT);\n")
    database.migrate(things)
    database.migrate(things)
    await database.write(put, "a")
    assert await database.read(names) == ["a"]
    database.close()
