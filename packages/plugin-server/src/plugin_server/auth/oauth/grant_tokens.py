"""The access and refresh tokens of grants: opaque, and kept as digests.

A refresh token is good for one exchange, which gives the next one. One that comes again ends the
grant (RFC 9700 section 4.14.2).
"""

import time
from typing import NamedTuple

from ...storage import Connection
from ..credentials import digest
from .grants import Grant, end_grant, locked_grant


class Access(NamedTuple):
    """What an access token is good for: the person, and `scope` and `resource` as a grant has
    them.
    """

    name: str
    scope: str
    resource: str


def add_access(
    connection: Connection, grant: Grant, token: str, scope: str, resource: str, seconds: int
) -> None:
    """Keep an access token that is valid for so long, for what was allowed or for less of it."""
    _add(connection, grant.id, token, "access", scope, resource, seconds)


def add_refresh(connection: Connection, grant: Grant, token: str, seconds: int) -> None:
    """Keep a refresh token that is valid for so long, for all that was allowed."""
    _add(connection, grant.id, token, "refresh", grant.scope, grant.resource, seconds)


def find_refresh(connection: Connection, token: str) -> Grant | None:
    """The grant of a refresh token, if its client may use it now. A used one ends the grant."""
    grant = _grant_of(connection, token)
    if grant is None:
        return None
    # Asked now, because it may have been used while this waited for the lock.
    row = connection.execute(
        "SELECT expires, used FROM oauth_tokens WHERE digest = :digest AND kind = 'refresh'",
        {"digest": digest(token)},
    ).fetchone()
    if row is None:
        return None
    expires, used = row
    if used:
        end_grant(connection, grant.id)
        return None
    return grant if expires > time.time() else None


def use_refresh(connection: Connection, token: str) -> None:
    """The refresh token was exchanged."""
    connection.execute(
        "UPDATE oauth_tokens SET used = TRUE WHERE digest = :digest", {"digest": digest(token)}
    )


def find_access(connection: Connection, presented: str) -> Access | None:
    """What the access token of this digest is good for, if it is valid."""
    row = connection.execute(
        "SELECT oauth_grants.name, oauth_tokens.scope, oauth_tokens.resource FROM oauth_tokens"
        " JOIN oauth_grants ON oauth_grants.id = oauth_tokens.grant_id"
        " WHERE digest = :digest AND kind = 'access' AND oauth_tokens.expires > :now",
        {"digest": presented, "now": int(time.time())},
    ).fetchone()
    return None if row is None else Access(*row)


def revoke_token(connection: Connection, token: str, client_id: str) -> bool:
    """End what a token is good for: an access token alone, or with a refresh token the whole grant
    (RFC 7009 section 2.1). False if it is another client's; one that nobody has is as good as
    revoked.
    """
    grant = _grant_of(connection, token)
    if grant is None:
        return True
    if grant.client_id != client_id:
        return False
    access = connection.execute(
        "DELETE FROM oauth_tokens WHERE digest = :digest AND kind = 'access' RETURNING digest",
        {"digest": digest(token)},
    ).fetchone()
    if access is None:
        end_grant(connection, grant.id)
    return True


def _grant_of(connection: Connection, token: str) -> Grant | None:
    row = connection.execute(
        "SELECT grant_id FROM oauth_tokens WHERE digest = :digest", {"digest": digest(token)}
    ).fetchone()
    return None if row is None else locked_grant(connection, row[0])


def _add(
    connection: Connection,
    grant_id: str,
    token: str,
    kind: str,
    scope: str,
    resource: str,
    seconds: int,
) -> None:
    """Keep a token, in place of those of its grant that have expired."""
    now = int(time.time())
    connection.execute(
        "DELETE FROM oauth_tokens WHERE grant_id = :id AND expires <= :now",
        {"id": grant_id, "now": now},
    )
    connection.execute(
        "INSERT INTO oauth_tokens (digest, grant_id, kind, scope, resource, expires, used)"
        " VALUES (:digest, :grant_id, :kind, :scope, :resource, :expires, FALSE)",
        {
            "digest": digest(token),
            "grant_id": grant_id,
            "kind": kind,
            "scope": scope,
            "resource": resource,
            "expires": now + seconds,
        },
    )
    connection.execute(
        "UPDATE oauth_grants SET expires = :expires WHERE id = :id AND expires < :expires",
        {"id": grant_id, "expires": now + seconds},
    )
