"""The lists in the database. Each function is one transaction: see plugin_server.storage.

`revision` counts a list's changes. `allowed` holds the revisions and tags for which the caller
means a change; None means whatever the list is now. Changes of one list are serialised, on every
database, because each begins by updating the list's row.
"""

from collections.abc import Container
from json.encoder import encode_basestring
from pathlib import Path
from typing import NamedTuple

from plugin_server import Conflict, Connection, NotFound, StaleRevision, json_bytes, state_tag

# Hosts refuse an answer of 100,000 characters; a thousand are left for what is around the todos.
LIST_CHARACTERS = 99_000
MIGRATIONS = Path(__file__).parent / "migrations"


class Listed(NamedTuple):
    """A list as it is, and how many todos it has."""

    todos: list[str]
    revision: int
    total: int


class Added(NamedTuple):
    """What was added, where it stands, and the list's new revision."""

    todo: str
    todo_idx: int
    revision: int


class Deleted(NamedTuple):
    """What was deleted, and the list's new revision. `place` is for restore_todo."""

    todo: str
    revision: int
    place: int


def get_todos(connection: Connection, username: str) -> Listed:
    """The list of `username`, oldest todo first; one never written to is empty, revision 0."""
    rows = connection.execute(
        """
        SELECT lists.revision, todos.todo
          FROM lists LEFT JOIN todos ON todos.username = lists.username
         WHERE lists.username = :username
         ORDER BY todos.revision
        """,
        {"username": username},
    ).fetchall()
    todos = [todo for _, todo in rows if todo is not None]
    return Listed(todos, rows[0][0] if rows else 0, len(todos))


def add_todo(
    connection: Connection, username: str, todo: str, allowed: Container[str] | None = None
) -> Added:
    """Append a todo. Raises StaleRevision, and Conflict when the list is full."""
    revision, length = _lengthen(connection, username, todo, allowed)
    connection.execute(
        "INSERT INTO todos (username, revision, todo) VALUES (:username, :revision, :todo)",
        {"username": username, "revision": revision, "todo": todo},
    )
    return Added(todo, length - 1, revision)


def restore_todo(connection: Connection, username: str, todo: str, place: int) -> None:
    """Put a deleted todo back where it stood. Raises Conflict when it is back, or the list full."""
    revision, _ = _lengthen(connection, username, todo, None)
    restored = connection.execute(
        """
        INSERT INTO todos (username, revision, todo) VALUES (:username, :place, :todo)
        ON CONFLICT DO NOTHING RETURNING todo
        """,
        {"username": username, "place": place, "todo": todo},
    ).fetchone()
    # The revisions to come are places of todos to come.
    if restored is None or not 0 < place < revision:
        raise Conflict(
            "That todo is on the list, or the list began anew since. Nothing was done.",
            code="not_deleted",
        )


def _lengthen(
    connection: Connection, username: str, todo: str, allowed: Container[str] | None
) -> tuple[int, int]:
    """Make the list longer by a todo. The answer is its new revision, and its length in todos."""
    revision, length, characters = connection.execute(
        """
        INSERT INTO lists (username, revision, length, characters)
             VALUES (:username, 1, 1, :characters)
        ON CONFLICT (username) DO UPDATE
                SET revision = lists.revision + 1,
                    length = lists.length + 1,
                    characters = lists.characters + excluded.characters
          RETURNING revision, length, characters
        """,
        {"username": username, "characters": _characters(todo)},
    ).fetchone()
    _check_revision(connection, username, revision - 1, allowed)
    if characters > LIST_CHARACTERS:
        raise Conflict(
            "The list is full, and nothing was added. Delete a todo first.", code="list_full"
        )
    return revision, length


def delete_todo(
    connection: Connection, username: str, todo_idx: int, allowed: Container[str] | None = None
) -> Deleted:
    """Delete the todo at `todo_idx`, from 0. Raises StaleRevision, and NotFound when none is."""
    row = connection.execute(
        """
        UPDATE lists SET revision = revision + 1, length = length - 1
         WHERE username = :username
     RETURNING revision, length
        """,
        {"username": username},
    ).fetchone()
    revision, length = row or (1, -1)
    _check_revision(connection, username, revision - 1, allowed)
    deleted = connection.execute(
        """
        DELETE FROM todos
         WHERE username = :username
           AND revision = (SELECT revision FROM todos
                            WHERE username = :username
                            ORDER BY revision LIMIT 1 OFFSET :todo_idx)
     RETURNING todo, revision
        """,
        {"username": username, "todo_idx": todo_idx},
    ).fetchone()
    if deleted is None:
        raise NotFound(
            f"There is no todo with that index: the list has {length + 1}, counted from 0."
            " Nothing was deleted.",
            code="todo_not_found",
            revision=revision - 1,
        )
    connection.execute(
        "UPDATE lists SET characters = characters - :characters WHERE username = :username",
        {"username": username, "characters": _characters(deleted[0])},
    )
    return Deleted(deleted[0], revision, place=deleted[1])


def delete_list(connection: Connection, username: str) -> int:
    """Delete the list with its todos, as if it had never been; the answer is how many there were.

    Its revisions begin anew, so one that a client remembers may come to mean another list.
    """
    named = {"username": username}
    found = connection.execute(
        "UPDATE lists SET length = 0 WHERE username = :username RETURNING username", named
    ).fetchone()
    # A list that begins at this moment is not locked, and stays whole.
    if found:
        connection.execute("DELETE FROM todos WHERE username = :username", named)
        connection.execute("DELETE FROM lists WHERE username = :username", named)
    return 1 if found else 0


def _check_revision(
    connection: Connection, username: str, current: int, allowed: Container[str] | None
) -> None:
    if allowed is not None and str(current) not in allowed:
        members = get_todos(connection, username)._replace(revision=current)._asdict()
        tag = state_tag(username, current, json_bytes(members))
        if tag not in allowed:
            raise StaleRevision(
                "The list has changed since that revision, and nothing was done. Look at the todos"
                " in this answer: if the change is still wanted, repeat it with this revision.",
                tag,
                **members,
            )


def _characters(todo: str) -> int:
    """What the todo adds to the length of an answer: its JSON and a comma."""
    return len(encode_basestring(todo)) + 1
