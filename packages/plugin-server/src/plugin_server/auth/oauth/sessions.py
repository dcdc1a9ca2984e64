"""Sessions: the browsers in which a person is signed in. Their cookie is kept as a digest."""

import time

from ...storage import Connection
from ..credentials import digest

SESSION_SECONDS = 14 * 24 * 3600
# Of what has expired, so much is deleted when somebody signs in.
SWEPT = 100


def add_session(connection: Connection, name: str, password: str, cookie: str) -> bool:
    """Sign `name` in, in the browser that gets this cookie; `password` is the hash that was found
    to match. False if that has changed meanwhile.
    """
    now = int(time.time())
    connection.execute(
        "DELETE FROM oauth_sessions WHERE digest IN (SELECT digest FROM oauth_sessions"
        " WHERE expires <= :now ORDER BY expires LIMIT :most)",
        {"now": now, "most": SWEPT},
    )
    # It locks the row, so that nobody is removed, and no password changed, in between.
    person = connection.execute(
        "UPDATE oauth_people SET password = password WHERE name = :name AND password = :password"
        " RETURNING name",
        {"name": name, "password": password},
    ).fetchone()
    if person is None:
        return False
    connection.execute(
        "INSERT INTO oauth_sessions (digest, name, expires) VALUES (:digest, :name, :expires)",
        {"digest": digest(cookie), "name": name, "expires": now + SESSION_SECONDS},
    )
    return True


def find_session(connection: Connection, cookie: str) -> str | None:
    """Who is signed in with this cookie."""
    row = connection.execute(
        "SELECT name FROM oauth_sessions WHERE digest = :digest AND expires > :now",
        {"digest": digest(cookie), "now": int(time.time())},
    ).fetchone()
    return None if row is None else str(row[0])


def end_session(connection: Connection, cookie: str) -> None:
    """Sign out the browser with this cookie."""
    connection.execute(
        "DELETE FROM oauth_sessions WHERE digest = :digest", {"digest": digest(cookie)}
    )


def end_sessions(connection: Connection, name: str) -> int:
    """Sign `name` out everywhere; the answer is in how many browsers that was."""
    rows = connection.execute(
        "DELETE FROM oauth_sessions WHERE name = :name RETURNING digest", {"name": name}
    ).fetchall()
    return len(rows)
