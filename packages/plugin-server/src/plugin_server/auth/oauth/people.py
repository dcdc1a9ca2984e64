"""The people who can sign in. passwords.py makes and checks what is kept of their passwords."""

from datetime import UTC, datetime
from typing import NamedTuple

from ...storage import Connection


class Person(NamedTuple):
    """One who can sign in: the name, and since when (ISO 8601, UTC)."""

    name: str
    created: str


def add_person(connection: Connection, name: str, password: str) -> bool:
    """Let `name` sign in with the password of this hash. False if they can already."""
    row = connection.execute(
        "INSERT INTO oauth_people (name, password, created) VALUES (:name, :password, :created)"
        " ON CONFLICT (name) DO NOTHING RETURNING name",
        {
            "name": name,
            "password": password,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    ).fetchone()
    return row is not None


def list_people(connection: Connection) -> list[Person]:
    """All people, by name."""
    rows = connection.execute("SELECT name, created FROM oauth_people ORDER BY name").fetchall()
    return [Person(*row) for row in rows]


def set_password(connection: Connection, name: str, password: str) -> bool:
    """Change the password to that of this hash, and end the sessions. False if there is nobody of
    that name.
    """
    row = connection.execute(
        "UPDATE oauth_people SET password = :password WHERE name = :name RETURNING name",
        {"name": name, "password": password},
    ).fetchone()
    connection.execute("DELETE FROM oauth_sessions WHERE name = :name", {"name": name})
    return row is not None


def find_password(connection: Connection, name: str) -> str | None:
    """The hash of somebody's password."""
    row = connection.execute(
        "SELECT password FROM oauth_people WHERE name = :name", {"name": name}
    ).fetchone()
    return None if row is None else str(row[0])


def remove_person(connection: Connection, name: str) -> int:
    """Delete the person, and with them their sessions and grants. 1, or 0 if there is nobody."""
    rows = connection.execute(
        "DELETE FROM oauth_people WHERE name = :name RETURNING name", {"name": name}
    ).fetchall()
    return len(rows)
