"""The tokens of mode user_http in the database, as digests: nobody can read a token back."""

import hmac
import secrets
import unicodedata
from datetime import UTC, datetime
from typing import NamedTuple

from ..storage import Connection
from .credentials import digest

NAME_CHARACTERS = 100


class Issued(NamedTuple):
    """A token that exists: whose it is, and when it was made (ISO 8601, UTC)."""

    name: str
    created: str


def checked_name(name: str) -> str:
    """A name in NFC that can stand in a path as a username. Raises ValueError."""
    name = unicodedata.normalize("NFC", name)
    if not 1 <= len(name) <= NAME_CHARACTERS:
        raise ValueError(f"A name has 1 to {NAME_CHARACTERS} characters.")
    if name in ("me", ".", "..") or any(
        character in "/\ufffd" or unicodedata.category(character) in ("Cc", "Cs")
        for character in name
    ):
        raise ValueError("A name has no slash or control character, and is not me or dots.")
    return name


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
