"""docs/sql.md is true: its SQL does on SQLite and on PostgreSQL what the page says."""

import ast
import asyncio
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from plugin_server.storage import Connection, Database, connect

from .pages import PAGES, code

PAGE = PAGES["docs/sql.md"]
SECTIONS = dict(re.findall(r"^## (.*)\n((?:(?!## ).*\n)*)", PAGE, re.MULTILINE))
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Statement(NamedTuple):
    """A statement, its parameters, and the rows or the error that the page shows, by database."""

    sql: str
    parameters: dict[str, Any]
    shown: dict[str, list[str]]


def statements(block: str) -> Iterator[Statement]:
    """The statements of a block, each with the comments that follow it."""
    parts = re.findall(r"((?:(?!-- ).*\n)*?.*;\n)((?:-- .*\n)*)", block)
    assert "".join(sql + comments for sql, comments in parts) == block
    for sql, comments in parts:
        parameters: dict[str, Any] = {}
        shown: dict[str, list[str]] = {"SQLite": [], "PostgreSQL": []}
        for comment in re.findall(r"-- (.*)\n", comments):
            name, _, rest = comment.partition(": ")
            if comment.startswith("with "):
                parameters = ast.literal_eval(comment.removeprefix("with "))
            elif name in shown:
                shown[name].append(rest)
            else:
                for answers in shown.values():
                    answers.append(comment)
        yield Statement(sql, parameters, shown)


def answer(connection: Connection, sql: str, parameters: dict[str, Any]) -> list[str]:
    """The rows, as the page would show them. Nothing, for a statement that has none to return."""
    cursor: Any = connection.execute(sql, parameters)
    if cursor.description is None:
        return []
    return [repr(row) for row in cursor.fetchall()] or ["no rows"]


@pytest.fixture(name="name")
def fixture_name(database_url: str) -> str:
    return NAMES[database_url.partition(":")[0]]


@pytest.fixture(name="database")
def fixture_database(database_url: str) -> Iterator[Database]:
    database = connect(database_url)
    yield database
    database.close()


async def prepare(database: Database, name: str, title: str, folder: Path) -> dict[str, Any]:
    """Apply the section's migrations, then run its SQL and compare; what its Python defines."""
    migrations = folder / "page" / "migrations"
    migrations.mkdir(parents=True)
    blocks = code(SECTIONS[title], "sql")
    for block in blocks:
        if found := re.match(r"-- migrations/(\S+)\n", block):
            (migrations / found[1]).write_text(block)
    database.migrate(migrations)
    for block in blocks:
        if not block.startswith("-- migrations/"):
            await compare(database, name, block)
    defined: dict[str, Any] = {}
    for block in code(SECTIONS[title], "python"):
        exec(block, defined)  # noqa: S102 - it is our own page
    return defined


async def compare(database: Database, name: str, block: str) -> None:
    for sql, parameters, shown in statements(block):
        try:
            answers = await database.write(answer, sql, parameters)
        except Exception as error:  # noqa: BLE001 - which one it is, the page says
            answers = [f"error: {error}"]
            if shown[name] and is_part(shown[name][0], answers[0]):
                continue
        assert answers == shown[name], sql


def is_part(shown: str, told: str) -> bool:
    """Whether the message that the page shows is a part of an error."""
    message = shown.removeprefix("error: ")
    return message != shown and message.lower() in told.lower()


@pytest.mark.parametrize("title", SECTIONS)
async def test_the_sql_does_what_the_page_says(
    database: Database, name: str, title: str, tmp_path: Path
) -> None:
    await prepare(database, name, title, tmp_path)


async def test_a_row_that_counts_gives_each_its_own_number(
    database: Database, name: str, tmp_path: Path
) -> None:
    add_note = (await prepare(database, name, "Ids", tmp_path))["add_note"]
    numbers = await asyncio.gather(*(database.write(add_note, "ann", "milk") for _ in range(40)))
    assert sorted(numbers) == list(range(1, 41))


def balances(connection: Connection) -> list[tuple[str, int]]:
    return connection.execute("SELECT name, balance FROM accounts ORDER BY name").fetchall()


async def test_an_operation_that_raises_leaves_nothing(
    database: Database, name: str, tmp_path: Path
) -> None:
    pay = (await prepare(database, name, "Transactions", tmp_path))["pay"]
    assert await database.write(pay, "ann", "bob", 3) == 2
    with pytest.raises(ValueError, match="not enough"):
        await database.write(pay, "ann", "bob", 3)
    assert await database.read(balances) == [("ann", 2), ("bob", 3)]


async def test_an_operation_runs_again_when_one_that_shares_its_commit_fails(
    sqlite_url: str,
) -> None:
    database = connect(sqlite_url)
    queued = threading.Event()
    runs = []

    def wait(_: Connection) -> None:
        queued.wait(20)

    def count(_: Connection) -> None:
        runs.append(1)

    def fail(_: Connection) -> None:
        raise LookupError

    calls = [asyncio.ensure_future(database.write(each)) for each in (wait, count, fail)]
    await asyncio.sleep(0)
    queued.set()
    await asyncio.gather(*calls, return_exceptions=True)
    assert len(runs) == 2
    database.close()


async def test_postgresql_does_no_more_in_a_transaction_after_an_error(
    database: Database, name: str, tmp_path: Path
) -> None:
    add = (await prepare(database, name, "Transactions", tmp_path))["add_or_ignore"]
    if name == "SQLite":
        await database.write(add, "ann")
    else:
        with pytest.raises(Exception, match="current transaction is aborted"):
            await database.write(add, "ann")


async def test_full_text_search_finds_the_notes_that_have_each_word(
    database: Database, name: str, tmp_path: Path
) -> None:
    search = (await prepare(database, name, "Full-text search", tmp_path))["search"]
    assert await database.read(search, "Milk") == ["n1", "n2"]
    assert await database.read(search, 'butter "AND* milk') == ["n2"]
    assert await database.read(search, "milk NOT butter") == []
    assert await database.read(search, "milk butter") == ["n2"]
    assert await database.read(search, "bread") == []
