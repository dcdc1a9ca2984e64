"""Tokens of another authorization server: JWTs, verified by its public keys (RFC 9068)."""

import time
from typing import Any
from urllib.parse import urlsplit

from guarded_fetch import NetworkAccess

from ...errors import Unavailable
from ...settings import Settings
from .. import Caller
from ..authenticator import InvalidToken
from ..credentials import Presented
from ..names import checked_name
from .client import ClientKeys
from .fetching import NoDocument, fetch_json
from .keys import Claims, InvalidSignature, PublicKeys
from .remembered import Remembered
from .resources import ELSEWHERE, EXPIRED, resources_here

WHAT = "The metadata of PLUGIN_OAUTH_ISSUER"
LEEWAY_SECONDS = 30
# How long keys are good that cannot be fetched again.
STALE_SECONDS = 3_600


class IssuerTokens:
    """Those that the issuer of the settings gives."""

    def __init__(self, settings: Settings, network: NetworkAccess | None) -> None:
        if settings.oauth_issuer is None:
            raise ValueError("no issuer is set")
        self._issuer = issuer = settings.oauth_issuer
        self._audience = settings.oauth_audience
        self._claim = settings.oauth_person_claim
        self._keys = PublicKeys(network, issuer, stale=STALE_SECONDS)

        async def fetch(url: str) -> tuple[ClientKeys, float]:
            return await _discovered(url, network)

        self._metadata = Remembered(fetch, stale=STALE_SECONDS)

    async def find(self, presented: Presented) -> Caller | None:
        """Whose token this is; None for one that the issuer did not sign.

        Raises InvalidToken for one that it signed for another time, place or purpose, and
        Unavailable while the issuer cannot be asked for its keys.
        """
        try:
            keys = await self._metadata.get(self._issuer)
            claims = await self._keys.verified(presented.token, keys)
        except InvalidSignature:
            return None
        except NoDocument as failure:
            raise Unavailable(
                f"Tokens cannot be verified now. {failure}", code="issuer_unavailable"
            ) from None
        self._check(claims)
        return Caller(self._person(claims), frozenset(_scopes(claims)))

    def _check(self, claims: Claims) -> None:
        now = time.time()
        if claims.text("iss") != self._issuer:
            raise InvalidToken("The token is of another issuer.")
        audiences = {each.removesuffix("/") for each in claims.audiences()}
        wanted = resources_here() if self._audience is None else (self._audience.removesuffix("/"),)
        if audiences.isdisjoint(wanted):
            raise InvalidToken(ELSEWHERE)
        expires = claims.moment("exp")
        if expires is None or expires + LEEWAY_SECONDS <= now:
            raise InvalidToken(EXPIRED)
        if (claims.moment("nbf") or 0) > now + LEEWAY_SECONDS:
            raise InvalidToken("The token is not valid yet.")

    def _person(self, claims: Claims) -> str:
        name = claims.text(self._claim)
        try:
            # Two spellings of one text are two people there, and would be one here.
            if name is not None and checked_name(name) == name:
                return name
        except ValueError:
            pass
        raise InvalidToken(
            f"The token's claim {self._claim} is no name that data can be kept under."
        )


def _scopes(claims: Claims) -> list[str]:
    """Those of `scope` (RFC 9068 section 2.2.3), or of `scp`, which some issuers write."""
    for name in ("scope", "scp"):
        value = claims.members.get(name)
        if isinstance(value, str):
            return value.split()
        if isinstance(value, list):
            return [each for each in value if isinstance(each, str)]
    return []


async def _discovered(issuer: str, network: NetworkAccess | None) -> tuple[ClientKeys, float]:
    """Where the issuer's keys are, and for how long that is good (RFC 8414, OpenID Connect
    Discovery 1.0). Raises NoDocument.
    """
    url = urlsplit(issuer)
    path = url.path.rstrip("/")
    origin, failure = f"{url.scheme}://{url.netloc}", None
    for place in (
        f"{origin}{path}/.well-known/openid-configuration",
        f"{origin}/.well-known/oauth-authorization-server{path}",
        f"{origin}/.well-known/openid-configuration{path}",
    ):
        try:
            value, seconds = await fetch_json(place, WHAT, network, issuer)
            return ClientKeys(jwks_uri=_jwks_uri(value, issuer)), seconds
        except NoDocument as fault:
            failure = failure or fault
    raise failure or NoDocument(WHAT)


def _jwks_uri(value: Any, issuer: str) -> str:
    """Raises NoDocument for metadata of another issuer (RFC 8414 section 3.3)."""
    if not isinstance(value, dict) or value.get("issuer") != issuer:
        raise NoDocument(f"{WHAT} is that of another issuer.")
    jwks_uri = value.get("jwks_uri")
    is_like_the_issuer = isinstance(jwks_uri, str) and (
        jwks_uri.startswith("https://") or issuer.startswith("http://")
    )
    if not is_like_the_issuer:
        raise NoDocument(f"{WHAT} has no jwks_uri, or one without https.")
    return str(jwks_uri)
