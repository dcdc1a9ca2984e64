"""The tokens that are taken: our own, or those of another issuer.

A token for an origin is good for everything there, one for its MCP endpoint for the tools alone
(RFC 8707).
"""

import time
from typing import TYPE_CHECKING

from ...http.request import request_origin
from ...settings import Settings
from ...storage import Connection
from ...storage.current import database
from .. import Caller
from ..authenticator import InvalidToken, Tokens
from ..challenges import MCP_PATH, is_mcp
from ..credentials import Presented
from . import UnusableOAuth
from .grant_tokens import find_access

if TYPE_CHECKING:
    from guarded_fetch import NetworkAccess

EXPIRED = "The token has expired: get a new one with the refresh token."
ELSEWHERE = "The token is for another resource: ask for one for this."


def access_tokens(settings: Settings, network: "NetworkAccess | None" = None) -> Tokens:
    """Those of the settings. `network` is there for tests. Raises UnusableOAuth."""
    if settings.oauth_issuer is None:
        return AccessTokens()
    try:
        from .issuer import IssuerTokens
    except ModuleNotFoundError as missing:
        raise UnusableOAuth.without(missing) from missing
    return IssuerTokens(settings, network)


def resources_here() -> tuple[str, ...]:
    """The resources that a token may be for, to be good for the request in hand."""
    origin = request_origin()
    return (origin, origin + MCP_PATH) if is_mcp() else (origin,)


class AccessTokens:
    """Our own, looked up on each request: ending a grant is instant."""

    async def find(self, presented: Presented) -> Caller | None:
        access = await database().read(find_access, presented.digest)
        if access is None:
            if await database().read(has_expired, presented.digest):
                raise InvalidToken(EXPIRED)
            return None
        if access.resource not in resources_here():
            raise InvalidToken(ELSEWHERE)
        return Caller(access.name, frozenset(access.scope.split()))


def has_expired(connection: Connection, presented: str) -> bool:
    """Whether an access token of this digest was valid until a while ago."""
    row = connection.execute(
        "SELECT 1 FROM oauth_tokens WHERE digest = :digest AND kind = 'access' AND expires <= :now",
        {"digest": presented, "now": int(time.time())},
    ).fetchone()
    return row is not None
