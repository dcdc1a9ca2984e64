"""Grants: what a person allowed a client. codes.py and grant_tokens.py have what is given for one.

Whoever changes what belongs to a grant locks its row first, so that of two who come with the same
code or refresh token, in two processes, the second one finds it used. That ends the grant: somebody
has what only the client should have (RFC 6749 section 4.1.2, RFC 9700 section 4.14.2).
"""

import secrets
import time
from datetime import UTC, datetime
from typing import NamedTuple

from ...storage import Connection
from .sessions import SWEPT


class Grant(NamedTuple):
    """What a person allowed a client. `scope` has the names with a space between each two;
    `resource` is the address for which it is (RFC 8707); `created` is ISO 8601, UTC.
    """

    id: str
    name: str
    client_id: str
    client_name: str
    scope: str
    resource: str
    created: str


class Consent(NamedTuple):
    """What a person is about to allow."""

    name: str
    client_id: str
    client_name: str
    scope: str
    resource: str


def add_grant(connection: Connection, consent: Consent, expires: int) -> Grant | None:
    """Keep what a person allows, until this moment if nothing is given for it before; some of what
    has expired is deleted. None if the person was removed meanwhile.
    """
    connection.execute(
        "DELETE FROM oauth_grants WHERE id IN (SELECT id FROM oauth_grants"
        " WHERE expires <= :now ORDER BY expires LIMIT :most)",
        {"now": int(time.time()), "most": SWEPT},
    )
    # It locks the row, so that nobody is removed in between.
    person = connection.execute(
        "UPDATE oauth_people SET password = password WHERE name = :name RETURNING name",
        {"name": consent.name},
    ).fetchone()
    if person is None:
        return None
    created = datetime.now(UTC).isoformat(timespec="seconds")
    grant = Grant(secrets.token_hex(16), *consent, created)
    connection.execute(
        "INSERT INTO oauth_grants"
        " (id, name, client_id, client_name, scope, resource, created, expires) VALUES"
        " (:id, :name, :client_id, :client_name, :scope, :resource, :created, :expires)",
        {**grant._asdict(), "expires": expires},
    )
    return grant


def locked_grant(connection: Connection, grant_id: str) -> Grant | None:
    """The grant, which nobody else can change until this transaction ends."""
    row = connection.execute(
        "UPDATE oauth_grants SET expires = expires WHERE id = :id"
        " RETURNING id, name, client_id, client_name, scope, resource, created",
        {"id": grant_id},
    ).fetchone()
    return None if row is None else Grant(*row)


def list_grants(connection: Connection, name: str | None = None) -> list[Grant]:
    """The grants that are in use, by name, oldest first: of one person, or of all."""
    rows = connection.execute(
        "SELECT id, name, client_id, client_name, scope, resource, created FROM oauth_grants"
        " WHERE expires > :now AND (CAST(:name AS TEXT) IS NULL OR name = :name)"
        " AND EXISTS (SELECT 1 FROM oauth_tokens WHERE grant_id = id)"
        " ORDER BY name, created, id",
        {"name": name, "now": int(time.time())},
    ).fetchall()
    return [Grant(*row) for row in rows]


def end_grant(connection: Connection, grant_id: str, name: str | None = None) -> bool:
    """End a grant, and all that was given for it; with a name, only if it is that person's."""
    row = connection.execute(
        "DELETE FROM oauth_grants WHERE id = :id"
        " AND (CAST(:name AS TEXT) IS NULL OR name = :name) RETURNING id",
        {"id": grant_id, "name": name},
    ).fetchone()
    return row is not None


def end_grants(connection: Connection, name: str) -> int:
    """End all grants of a person; the answer is how many there were."""
    rows = connection.execute(
        "DELETE FROM oauth_grants WHERE name = :name RETURNING id", {"name": name}
    ).fetchall()
    return len(rows)
