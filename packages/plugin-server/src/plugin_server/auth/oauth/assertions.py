"""private_key_jwt: a client proves who it is by a JWT that it signed (RFC 7523 section 3)."""

import time
from collections.abc import Collection

from guarded_fetch import NetworkAccess

from ...storage import Connection
from ...storage.current import database
from ..credentials import digest
from .client import Client
from .fetching import NoDocument
from .keys import Claims, InvalidSignature, PublicKeys

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("RS256", "ES256")
# How far clocks may differ, and how far ahead an assertion may expire: so long it is kept.
LEEWAY_SECONDS = 60
MOST_SECONDS = 3_600
JTI_CHARACTERS = 255
# Expired ones that are deleted with each new one.
SWEPT = 100


class InvalidAssertion(Exception):
    """An assertion that proves nothing; the text is a sentence that says why."""


class Assertions:
    """Verifies the assertions of clients."""

    def __init__(self, network: NetworkAccess | None) -> None:
        self._keys = PublicKeys(network)

    async def verify(self, client: Client, assertion: str, audiences: Collection[str]) -> None:
        """Raises InvalidAssertion unless the client signed it for one of the audiences, for now,
        and presents it for the first time.
        """
        if client.keys is None:
            raise InvalidAssertion("The client has no public keys.")
        try:
            claims = await self._keys.verified(assertion, client.keys, ALGORITHMS)
        except (InvalidSignature, NoDocument) as failure:
            raise InvalidAssertion(f"The client assertion is not valid. {failure}") from None
        expires = _checked(claims, client.client_id, audiences)
        mark = digest(f"{client.client_id}\n{claims.text('jti')}")
        if not await database().write(use_assertion, mark, expires):
            raise InvalidAssertion("The client assertion was presented before: its jti is known.")


def use_assertion(connection: Connection, mark: str, expires: int) -> bool:
    """Remember an assertion until it expires. False if it is remembered already."""
    connection.execute(
        "DELETE FROM oauth_assertions WHERE digest IN (SELECT digest FROM oauth_assertions"
        " WHERE expires <= :now ORDER BY expires LIMIT :most)",
        {"now": int(time.time()), "most": SWEPT},
    )
    row = connection.execute(
        "INSERT INTO oauth_assertions (digest, expires) VALUES (:digest, :expires)"
        " ON CONFLICT (digest) DO NOTHING RETURNING digest",
        {"digest": mark, "expires": expires},
    ).fetchone()
    return row is not None


def _checked(claims: Claims, client_id: str, audiences: Collection[str]) -> int:
    """When it expires, in whole seconds since 1970. Raises InvalidAssertion."""
    now = time.time()
    for name in ("iss", "sub"):
        if claims.text(name) != client_id:
            raise InvalidAssertion(f"The client assertion's {name} is not the client_id.")
    if not set(claims.audiences()) & set(audiences):
        raise InvalidAssertion("The client assertion's aud is neither the issuer nor /token.")
    expires = claims.moment("exp")
    if expires is None or expires + LEEWAY_SECONDS <= now:
        raise InvalidAssertion("The client assertion has expired, or has no exp.")
    if expires > now + MOST_SECONDS + LEEWAY_SECONDS:
        raise InvalidAssertion("The client assertion's exp is more than an hour ahead.")
    for name in ("nbf", "iat"):
        if (claims.moment(name) or 0) > now + LEEWAY_SECONDS:
            raise InvalidAssertion(f"The client assertion's {name} is in the future.")
    if not 1 <= len(claims.text("jti") or "") <= JTI_CHARACTERS:
        raise InvalidAssertion(
            f"The client assertion has no jti of 1 to {JTI_CHARACTERS} characters."
        )
    return int(expires) + LEEWAY_SECONDS + 1
