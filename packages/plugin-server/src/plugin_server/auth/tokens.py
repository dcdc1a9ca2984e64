"""The tokens of mode user_http in the database, as digests: nobody can read a token back."""

import hmac
import secrets
from datetime import UTC, datetime
from typing import NamedTuple

from ..storage import Connection
from .credentials import digest


class Issued(NamedTuple):
    """A token that exists: whose it is, and when it was made (ISO 8601, UTC)."""

    name: str
    created: str


def add_token(connection: Connection, name: str) -> str:
    """Make a token for `name`, beside those it has. The answer is the only copy."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        "INSERT INTO tokens (digest, name, created) VALUES (:digest, :name, :created)",
        {
            "digest": digest(token),
            "name": name,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    )
    return token


def list_tokens(connection: Connection) -> list[Issued]:
    """All tokens, by name, oldest first."""
    rows = connection.execute("SELECT name, created FROM tokens ORDER BY name, created").fetchall()
    return [Issued(*row) for row in rows]


def revoke_tokens(connection: Connection, name: str) -> int:
    """Delete the tokens of `name`; the answer is how many there were."""
    rows = connection.execute(
        "DELETE FROM tokens WHERE name = :name RETURNING digest", {"name": name}
    ).fetchall()
    return len(rows)


def find_name(connection: Connection, presented: str) -> str | None:
    """Whose token has this digest."""
    row = connection.execute(
        "SELECT digest, name FROM tokens WHERE digest = :digest", {"digest": presented}
    ).fetchone()
    return row[1] if row and hmac.compare_digest(row[0], presented) else None
