"""SQLite's write-ahead log stays small, however much is read and written."""

import asyncio
import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin_server.storage import Connection, Database, connect

READERS = 128
ROWS = 3000
MIB = 2**20
SMALL = 8 * MIB
LARGEST = 32 * MIB
SECONDS = 3


def fill(connection: Connection) -> None:
    for number in range(ROWS):
        connection.execute("INSERT INTO things VALUES (:name, :text)", {"name": number, "text": ""})


def change(connection: Connection) -> None:
    """Write two megabytes."""
    connection.execute("UPDATE things SET text = :text", {"text": os.urandom(300).hex()})


def read_all(connection: Connection) -> int:
    return len(connection.execute("SELECT name, text FROM things").fetchall())


@pytest.fixture(name="database")
def fixture_database(sqlite_url: str, tmp_path: Path) -> Iterator[Database]:
    folder = tmp_path / "things" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_things.sql").write_text("CREATE TABLE things (name INTEGER, text TEXT);\n")
    database = connect(sqlite_url)
    database.migrate(folder)
    yield database
    database.close()


def log_bytes() -> int:
    return os.stat("notes-plugin.db-wal").st_size


async def test_the_log_stays_small_beside_many_large_reads(database: Database) -> None:
    await database.write(fill)
    writing = True
    largest = 0

    async def read() -> None:
        while writing:
            assert await database.read(read_all) == ROWS

    reading = [asyncio.ensure_future(read()) for _ in range(READERS)]
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        await database.write(change)
        largest = max(largest, log_bytes())
    writing = False
    await asyncio.gather(*reading)
    await database.write(change)
    await database.write(change)
    assert largest < LARGEST
    assert log_bytes() <= SMALL


async def test_who_reads_for_long_holds_the_log_and_not_the_changes(database: Database) -> None:
    await database.write(fill)
    with contextlib.closing(sqlite3.connect("notes-plugin.db", isolation_level=None)) as backup:
        backup.execute("BEGIN")
        backup.execute("SELECT count(*) FROM things").fetchone()
        async with asyncio.timeout(20):
            for _ in range(20):
                await database.write(change)
        held = log_bytes()
    for _ in range(3):
        await database.write(change)
    assert held > 20 * MIB
    assert log_bytes() <= SMALL
