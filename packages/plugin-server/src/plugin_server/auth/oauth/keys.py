"""Signatures of others: which of somebody's public keys made one, and what was signed."""

import json
from collections.abc import Callable, Collection, Mapping
from math import inf
from time import monotonic
from typing import Any, NamedTuple

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from guarded_fetch import NetworkAccess

from .client import ClientKeys
from .fetching import LEAST_SECONDS, NoDocument, fetch_json
from .remembered import Remembered

# No algorithm of a shared secret is among them: whoever reads the public key would have it.
ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")
# 2,048 to 8,192 bits, as a JWK has them: in base64url.
MODULUS_CHARACTERS = range(342, 1_367)
MOST_KEYS = 50

WHAT = "The document with the public keys"
# What the libraries below raise because of what is in a key or a token.
FAILURES = (JoseError, ValueError, TypeError, LookupError, RecursionError)


class InvalidSignature(Exception):
    """A token that was signed by none of the keys; the text is a sentence."""


class Claims(NamedTuple):
    """What a token says, once its signature is verified. All else is still to be looked at."""

    members: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        """A claim that is a string."""
        value = self.members.get(name)
        return value if isinstance(value, str) else None

    def moment(self, name: str) -> float | None:
        """A claim that is a number: seconds since 1970 (RFC 7519 section 2, NumericDate)."""
        value = self.members.get(name)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if is_number and abs(value) < 1e11 else None  # type: ignore[arg-type] # it is one

    def audiences(self) -> tuple[str, ...]:
        """Whom it is for: `aud` is one or a list (RFC 7519 section 4.1.3)."""
        value = self.members.get("aud")
        named = value if isinstance(value, list) else [value]
        return tuple(each for each in named if isinstance(each, str))


class PublicKeys:
    """Public keys by the URLs of their documents. `start` is a URL that the operator gave; `stale`
    is how many seconds keys stay good that cannot be fetched again.
    """

    def __init__(
        self,
        network: NetworkAccess | None,
        start: str | None = None,
        *,
        stale: float = 0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        async def fetch(url: str) -> tuple[tuple[Key, ...], float]:
            value, seconds = await fetch_json(url, WHAT, network, start)
            return keys_of(value), seconds

        self._documents = Remembered(fetch, stale=stale, clock=clock)

    async def verified(
        self, token: str, keys: ClientKeys, algorithms: Collection[str] = ALGORITHMS
    ) -> Claims:
        """What was signed by one of the keys. Raises InvalidSignature, and NoDocument where no key
        can be had.

        A key that is not known makes their document be fetched again, at most once a minute.
        """
        headers = _headers(token, algorithms)
        found = await self._found(keys, inf)
        if keys.jwks_uri is not None and not any(_fits(key, headers) for key in found):
            found = await self._found(keys, LEAST_SECONDS)
        for key in found:
            if _fits(key, headers):
                claims = _decoded(token, key)
                if claims is not None:
                    return claims
        raise InvalidSignature("The signature was made with none of the public keys.")

    async def _found(self, keys: ClientKeys, oldest: float) -> tuple[Key, ...]:
        if keys.jwks_uri is not None:
            return await self._documents.get(keys.jwks_uri, oldest=oldest)
        return keys_of(keys.jwks)


def keys_of(jwks: object) -> tuple[Key, ...]:
    """The keys of a JWK Set that signatures can be verified with (RFC 7517 section 5: the others
    are passed over). Raises NoDocument where there are none.
    """
    listed = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise NoDocument(f"{WHAT} has no list of keys, or more than {MOST_KEYS}.")
    found = tuple(key for each in listed for key in [_key(each)] if key is not None)
    if not found:
        raise NoDocument(f"{WHAT} has no key that a signature can be verified with.")
    return found


def _key(described: object) -> Key | None:
    if not isinstance(described, dict) or described.get("use", "sig") != "sig":
        return None
    match described:
        case {"kty": "RSA", "n": str(modulus)} if len(modulus) in MODULUS_CHARACTERS:
            pass
        case {"kty": "EC", "crv": "P-256"} | {"kty": "OKP", "crv": "Ed25519"}:
            pass
        case _:
            return None
    named = {"alg": _today(described["alg"])} if "alg" in described else {}
    try:
        return JWKRegistry.import_key({**described, **named})
    except FAILURES:
        return None


class _Registry(JWSRegistry):
    """The algorithms, and any header: issuers write some of their own."""

    def __init__(self) -> None:
        super().__init__(algorithms=ALGORITHMS, strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        return super().get_alg(_today(name))


_REGISTRY = _Registry()


def _headers(token: str, algorithms: Collection[str]) -> Mapping[str, Any]:
    """What the token says of itself, which nobody has signed yet."""
    try:
        headers = jws.extract_compact(token.encode(), registry=_REGISTRY).headers()
    except FAILURES:
        raise InvalidSignature("It is not a signed JWT.") from None
    if headers.get("alg") not in algorithms:
        raise InvalidSignature(f"Its algorithm is none of {', '.join(algorithms)}.")
    return headers


def _fits(key: Key, headers: Mapping[str, Any]) -> bool:
    """Whether this may be the key. Its type decides about the algorithm, not the token."""
    algorithm, named = _today(headers["alg"]), headers.get("kid")
    types: dict[type, str] = {RSAKey: "RS256", ECKey: "ES256", OKPKey: "Ed25519"}
    return (
        algorithm == types[type(key)]
        and key.alg in (None, algorithm)
        and (named is None or key.kid is None or key.kid == named)
    )


def _today(algorithm: Any) -> Any:
    """The name that an algorithm has now (RFC 9864): with the one curve that is taken, EdDSA is
    the same.
    """
    return "Ed25519" if algorithm == "EdDSA" else algorithm


def _decoded(token: str, key: Key) -> Claims | None:
    try:
        claims = jwt.decode(token, key, registry=_REGISTRY).claims
        # A lone surrogate is no character, and would fail later.
        json.dumps(claims, ensure_ascii=False).encode()
    except FAILURES:
        return None
    return Claims(claims)
