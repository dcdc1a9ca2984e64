"""What the database holds, and whether what the clients were told explains it."""

import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

import psycopg

from .load import Change, Outcome

PATIENCE = 20.0


class StoredList(NamedTuple):
    """A list's row, and its todos by the revision that added them."""

    revision: int
    length: int
    characters: int
    todos: dict[int, str]


@contextmanager
def opened(url: str) -> Iterator[Any]:
    """A DB-API connection beside the server's, in autocommit."""
    if url.startswith("sqlite:"):
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            yield connection
    else:
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection


@contextmanager
def nobody_can_write(url: str) -> Iterator[None]:
    """Within it every change hangs, because another process holds the database's lock."""
    with opened(url) as connection:
        if url.startswith("sqlite:"):
            connection.execute("BEGIN IMMEDIATE")
        else:
            connection.execute("BEGIN")
            connection.execute("LOCK TABLE lists IN EXCLUSIVE MODE")
        yield
        connection.execute("ROLLBACK")


def stored_lists(url: str) -> dict[str, StoredList]:
    """Every list. The database is sound, or this raises AssertionError."""
    with opened(url) as connection:
        if url.startswith("sqlite:"):
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        todos: dict[str, dict[int, str]] = defaultdict(dict)
        for username, revision, todo in connection.execute(
            "SELECT username, revision, todo FROM todos"
        ).fetchall():
            todos[username][revision] = todo
        rows = connection.execute(
            "SELECT username, revision, length, characters FROM lists"
        ).fetchall()
    lists = {
        username: StoredList(revision, length, characters, todos.pop(username, {}))
        for username, revision, length, characters in rows
    }
    assert not todos, "todos without a list"
    return lists


def wait_until_only_we_are_connected(url: str) -> None:
    """PostgreSQL finishes the statement that a killed client sent: wait until it has."""
    if url.startswith("sqlite:"):
        return
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    deadline = time.monotonic() + PATIENCE
    with opened(url) as connection:
        while connection.execute(others).fetchone() != (0,):
            assert time.monotonic() < deadline, "a killed server's connection lives on"
            time.sleep(0.01)


def check(changes: Iterable[Change], lists: dict[str, StoredList]) -> int:
    """Assert that the lists are what the changes made of them.

    Acknowledged changes were made, refused ones were not, unanswered ones were or were not: the
    result is how many of these were.
    """
    by_list: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_list[change.username].append(change)
    assert set(lists) <= set(by_list)
    nothing = StoredList(0, 0, 0, {})
    return sum(_check_list(of, lists.get(name, nothing)) for name, of in by_list.items())


def _check_list(changes: list[Change], stored: StoredList) -> int:
    acknowledged = [change for change in changes if change.outcome is Outcome.ACKNOWLEDGED]
    unanswered = [change for change in changes if change.outcome is Outcome.UNANSWERED]
    revisions = {change.revision for change in acknowledged}
    assert len(revisions) == len(acknowledged), "two answers gave the same revision"

    perhaps_added = {change.todo for change in unanswered if change.verb == "add"}
    perhaps_deleted = {change.todo for change in unanswered if change.verb == "delete"}
    deleted = {change.todo for change in acknowledged if change.verb == "delete"}
    expected = {
        change.revision: change.todo
        for change in acknowledged
        if change.verb == "add" and change.todo not in deleted
    }
    surprises = {at: todo for at, todo in stored.todos.items() if expected.get(at) != todo}
    missing = {at: todo for at, todo in expected.items() if stored.todos.get(at) != todo}
    assert len(set(surprises.values())) == len(surprises), "a todo was added twice"
    assert set(surprises.values()) <= perhaps_added, "nobody asked for these todos"
    assert set(missing.values()) <= perhaps_deleted, "acknowledged todos are lost"
    assert revisions.isdisjoint(surprises), "two changes share a revision"

    made = len(acknowledged) + len(surprises) + len(missing)
    assert stored.revision == made, "the revision does not count the changes"
    assert max(revisions | set(surprises), default=0) <= stored.revision
    assert stored.length == len(stored.todos)
    # What a todo adds to an answer: its JSON, and a comma.
    assert stored.characters == sum(
        len(json.dumps(todo, ensure_ascii=False)) + 1 for todo in stored.todos.values()
    )
    return len(surprises) + len(missing)
