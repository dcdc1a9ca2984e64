"""The store against a list in memory, on each database, whatever is called in whatever order."""

import asyncio
import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from app.main import create_app
from app.todos import store
from plugin_server.errors import Conflict, NotFound, StaleRevision, json_bytes
from plugin_server.storage import Connection, connect
from plugin_server.tags import state_tag

from .answers import a_list

USERS = st.sampled_from(["ann", "bob", "çelik"])
TODOS = st.text(
    st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\t\n"), min_size=1
) | st.just("x" * 1000)
INDEXES = st.integers(0, 6)
AGES = st.none() | st.integers(0, 2)


def _empty(connection: Connection) -> None:
    connection.execute("DELETE FROM todos")
    connection.execute("DELETE FROM lists")


class Lists(RuleBasedStateMachine):
    """`AGES` is how many revisions ago the caller last looked; None is a call without one. The
    caller names the revision, or the tag.
    """

    database_url: str

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.database = connect(self.database_url)
        self.database.migrate(*create_app().migrations)
        self.write(_empty)
        self.model: dict[str, list[str]] = {}
        # Where each todo of the model stands, and what was deleted from where.
        self.places: dict[str, list[int]] = {}
        self.gone: dict[str, dict[int, str]] = {}
        self.revisions: dict[str, int] = {}

    def teardown(self) -> None:
        self.database.close()
        self.loop.close()

    def write(self, *call: Any) -> Any:
        return self.loop.run_until_complete(self.database.write(*call))

    def allowed(self, user: str, age: int | None, by_tag: bool) -> set[str] | None:
        if age is None:
            return None
        revision = self.revisions.get(user, 0) - age
        seen = json_bytes(a_list(self.model.get(user, []), revision))
        return {state_tag(user, revision, seen) if by_tag else str(revision)}

    @rule(user=USERS, todo=TODOS, age=AGES, by_tag=st.booleans())
    def add(self, user: str, todo: str, age: int | None, by_tag: bool) -> None:
        todos, revision = self.model.get(user, []), self.revisions.get(user, 0)
        call = (store.add_todo, user, todo, self.allowed(user, age, by_tag))
        if age:
            with pytest.raises(StaleRevision) as stale:
                self.write(*call)
            assert stale.value.members == a_list(todos, revision)
        elif sum(len(json.dumps(each, ensure_ascii=False)) + 1 for each in [*todos, todo]) > 99_000:
            with pytest.raises(Conflict):
                self.write(*call)
        else:
            assert self.write(*call) == (todo, len(todos), revision + 1)
            self.model[user] = [*todos, todo]
            self.revisions[user] = revision + 1
            self.places.setdefault(user, []).append(revision + 1)

    @rule(user=USERS, index=INDEXES, age=AGES, by_tag=st.booleans())
    def delete(self, user: str, index: int, age: int | None, by_tag: bool) -> None:
        todos, revision = self.model.get(user, []), self.revisions.get(user, 0)
        call = (store.delete_todo, user, index, self.allowed(user, age, by_tag))
        if age:
            with pytest.raises(StaleRevision) as stale:
                self.write(*call)
            assert stale.value.members == a_list(todos, revision)
        elif index >= len(todos):
            with pytest.raises(NotFound):
                self.write(*call)
        else:
            place = self.places[user].pop(index)
            assert self.write(*call) == (todos[index], revision + 1, place)
            self.gone.setdefault(user, {})[place] = todos.pop(index)
            self.revisions[user] = revision + 1

    @rule(user=USERS, place=st.integers(0, 12))
    def restore(self, user: str, place: int) -> None:
        todo = self.gone.get(user, {}).pop(place, "never deleted")
        places, call = self.places.get(user, []), (store.restore_todo, user, todo, place)
        if place in places or not 0 < place <= self.revisions.get(user, 0):
            with pytest.raises(Conflict):
                self.write(*call)
        else:
            self.write(*call)
            self.places[user] = sorted([*places, place])
            self.model[user].insert(self.places[user].index(place), todo)
            self.revisions[user] += 1

    @invariant()
    def lists_are_the_models(self) -> None:
        for user in ("ann", "bob", "çelik"):
            listed = self.loop.run_until_complete(self.database.read(store.get_todos, user))
            todos = self.model.get(user, [])
            assert listed == (todos, self.revisions.get(user, 0), len(todos))


def test_the_store_is_a_list(database_url: str) -> None:
    machine = type("ListsHere", (Lists,), {"database_url": database_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_an_operation_needs_nothing_but_a_connection() -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for folder in create_app().migrations:
            for file in sorted(Path(folder).glob("*.sql")):
                connection.executescript(file.read_text())
        assert store.add_todo(connection, "ann", "milk") == ("milk", 0, 1)
        assert store.get_todos(connection, "ann") == (["milk"], 1, 1)
