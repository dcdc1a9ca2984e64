"""`:name` parameters: the same SQL means the same on both databases."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from plugin_server import Connection
from plugin_server.storage import Database, connect


@pytest.fixture(name="database")
def fixture_database(database_url: str) -> Iterator[Database]:
    database = connect(database_url)
    yield database
    database.close()


def row(connection: Connection, sql: str, parameters: Mapping[str, object]) -> Any:
    return connection.execute(sql, parameters).fetchone()


SHARED: dict[str, tuple[str, dict[str, object], tuple[object, ...]]] = {
    "names that begin alike": (
        "SELECT CAST(:name AS TEXT), CAST(:name1 AS TEXT), CAST(:name10 AS TEXT)",
        {"name": "a", "name1": "b", "name10": "c"},
        ("a", "b", "c"),
    ),
    "one name twice": ("SELECT :n + 1, :n + 2", {"n": 1}, (2, 3)),
    "a name with _ and capitals": ("SELECT :_aB + 1", {"_aB": 1}, (2,)),
    "a colon in a text": (
        "SELECT 'at 10:30, ''with'' :name', :n + 1",
        {"n": 1},
        ("at 10:30, 'with' :name", 2),
    ),
    "a colon in a name": ('SELECT 1 AS ":name", :n + 1', {"n": 1}, (1, 2)),
    "a colon in a comment": ("SELECT :n + 1 -- :other; 'text\n/* :more */ + 1", {"n": 1}, (3,)),
    "percent signs": ("SELECT '100%', '%s %(n)s %%', 7 % :n", {"n": 4}, ("100%", "%s %(n)s %%", 3)),
}


@pytest.mark.parametrize("about", SHARED)
async def test_the_same_sql_means_the_same_on_both(database: Database, about: str) -> None:
    sql, parameters, answer = SHARED[about]
    assert await database.read(row, sql, parameters) == answer


POSTGRES: dict[str, tuple[str, dict[str, object], tuple[object, ...]]] = {
    "a cast": ("SELECT :n::text, '{1,2}'::int[], :n ::bigint + 1", {"n": 1}, ("1", [1, 2], 2)),
    "a text between dollar signs": ("SELECT $$ :a $$, $x$ $$ :b $x$", {}, (" :a ", " $$ :b ")),
    "a slice with spaces": ("SELECT ('{1,2,3}'::int[])[1 : 2]", {}, ([1, 2],)),
}


@pytest.mark.parametrize("about", POSTGRES)
async def test_what_only_postgresql_knows_stays_as_it_is(postgres_url: str, about: str) -> None:
    sql, parameters, answer = POSTGRES[about]
    database = connect(postgres_url)
    try:
        assert await database.read(row, sql, parameters) == answer
    finally:
        database.close()
