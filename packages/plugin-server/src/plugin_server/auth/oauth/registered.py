"""Clients that registered themselves, in the database."""

import json
import secrets
from datetime import UTC, datetime, timedelta

from ...storage import Connection
from ..credentials import digest
from .client import Client

MOST_CLIENTS = 1_000
# Who registers asks for consent at once, so one that has no grant by then was given up.
UNUSED_MINUTES = 10


def add_client(
    connection: Connection, name: str, redirect_uris: tuple[str, ...], *, has_secret: bool
) -> tuple[str, str | None] | None:
    """Register a client: its identifier, and its secret if it wants one, of which the answer is the
    only copy. None where there is no room: with MOST_CLIENTS, the oldest of those that nobody
    allowed anything goes.
    """
    now = datetime.now(UTC)
    (count,) = connection.execute("SELECT count(*) FROM oauth_clients").fetchone()
    if count >= MOST_CLIENTS and not _drop_unused(connection, now):
        return None
    client_id, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
    connection.execute(
        "INSERT INTO oauth_clients (client_id, name, redirect_uris, secret_digest, created)"
        " VALUES (:client_id, :name, :redirect_uris, :secret_digest, :created)",
        {
            "client_id": client_id,
            "name": name,
            "redirect_uris": json.dumps(redirect_uris),
            "secret_digest": digest(secret) if has_secret else None,
            "created": now.isoformat(timespec="seconds"),
        },
    )
    return client_id, secret if has_secret else None


def find_client(connection: Connection, client_id: str) -> Client | None:
    """The client that registered and got this identifier."""
    row = connection.execute(
        "SELECT name, redirect_uris, secret_digest FROM oauth_clients WHERE client_id = :client_id",
        {"client_id": client_id},
    ).fetchone()
    if row is None:
        return None
    name, redirect_uris, secret_digest = row
    return Client(
        client_id=client_id,
        name=name,
        redirect_uris=tuple(json.loads(redirect_uris)),
        is_public=secret_digest is None,
        secret_digest=secret_digest,
    )


def _drop_unused(connection: Connection, now: datetime) -> bool:
    row = connection.execute(
        "DELETE FROM oauth_clients WHERE client_id = (SELECT client_id FROM oauth_clients"
        " WHERE created < :given_up AND NOT EXISTS (SELECT 1 FROM oauth_grants"
        " WHERE oauth_grants.client_id = oauth_clients.client_id)"
        " ORDER BY created LIMIT 1) RETURNING client_id",
        {"given_up": (now - timedelta(minutes=UNUSED_MINUTES)).isoformat(timespec="seconds")},
    ).fetchone()
    return row is not None
