"""Authorization codes: opaque, short-lived, good for one exchange, and kept as digests."""

import time
from typing import NamedTuple

from ...storage import Connection
from ..credentials import digest
from .grants import Consent, Grant, add_grant, end_grant, locked_grant


class Code(NamedTuple):
    """A code that may be exchanged. `redirect_uri` is where it was sent to; `challenge` that of
    PKCE, by S256, if the client sent one.
    """

    grant: Grant
    redirect_uri: str
    challenge: str | None


def add_code(
    connection: Connection,
    consent: Consent,
    code: str,
    redirect_uri: str,
    challenge: str | None,
    seconds: int,
) -> bool:
    """Keep a code for what a person allows, valid for so long. False if they were removed
    meanwhile.
    """
    expires = int(time.time()) + seconds
    grant = add_grant(connection, consent, expires)
    if grant is None:
        return False
    connection.execute(
        "INSERT INTO oauth_codes (digest, grant_id, redirect_uri, challenge, expires, used)"
        " VALUES (:digest, :grant_id, :redirect_uri, :challenge, :expires, FALSE)",
        {
            "digest": digest(code),
            "grant_id": grant.id,
            "redirect_uri": redirect_uri,
            "challenge": challenge,
            "expires": expires,
        },
    )
    return True


def find_code(connection: Connection, code: str, client_id: str) -> Code | None:
    """The code, if this client may exchange it now. One that was exchanged ends its grant."""
    known = {"digest": digest(code)}
    row = connection.execute(
        "SELECT grant_id FROM oauth_codes WHERE digest = :digest", known
    ).fetchone()
    grant = row and locked_grant(connection, row[0])
    if grant is None:
        return None
    # Asked again, because it may have been exchanged while this waited for the lock.
    redirect_uri, challenge, expires, used = connection.execute(
        "SELECT redirect_uri, challenge, expires, used FROM oauth_codes WHERE digest = :digest",
        known,
    ).fetchone()
    if used:
        end_grant(connection, grant.id)
        return None
    if grant.client_id != client_id or expires <= time.time():
        return None
    return Code(grant, redirect_uri, challenge)


def use_code(connection: Connection, code: str) -> None:
    """The code was exchanged."""
    connection.execute(
        "UPDATE oauth_codes SET used = TRUE WHERE digest = :digest", {"digest": digest(code)}
    )
