"""Who a client says that it is, at the endpoints that it calls itself (RFC 6749 section 2.3).

Only that: whether it is true, Authlib finds out for secrets, and clients.py for assertions.
"""

from collections.abc import Mapping
from typing import NamedTuple

from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from joserfc import jws
from joserfc.errors import JoseError

from ...http.json import strict_json
from .assertions import TYPE


class ClientRefused(InvalidClientError):
    """A client is not who it says; the description says why."""


class Presented(NamedTuple):
    """The client that is named, and the assertion that it presents (RFC 7523)."""

    client_id: str
    assertion: str | None


def presented(authorization: str | None, fields: Mapping[str, str]) -> Presented:
    """Who presents this Authorization header and these parameters.

    Raises InvalidRequestError for more than one proof, and ClientRefused for none and for what
    cannot be read.
    """
    assertion = fields.get("client_assertion")
    proofs = (authorization, fields.get("client_secret"), assertion)
    if sum(proof is not None for proof in proofs) > 1:
        raise InvalidRequestError("A client proves who it is in one way, not in several.")
    named = {fields["client_id"]} if "client_id" in fields else set()
    if authorization is not None:
        named.add(_basic_name(authorization))
    if assertion is not None:
        if fields.get("client_assertion_type") != TYPE:
            raise InvalidRequestError(f"client_assertion_type must be {TYPE}.")
        if not named:
            named.add(_subject(assertion))
    if not named:
        raise ClientRefused("No client is named: send client_id, or a Basic Authorization header.")
    if len(named) > 1:
        raise InvalidRequestError("client_id and the Authorization header name two clients.")
    return Presented(named.pop(), assertion)


def _basic_name(authorization: str) -> str:
    try:
        name, secret = extract_basic_authorization({"Authorization": authorization})
    except ValueError:
        name = secret = None  # It is not UTF-8.
    if not name or not secret:
        raise ClientRefused("The Authorization header is not Basic with client_id and secret.")
    return str(name)


def _subject(assertion: str) -> str:
    """Whose assertion it says to be. Nothing is known about that yet (RFC 7521 section 4.2)."""
    try:
        claims = strict_json(jws.extract_compact(assertion.encode()).payload)
    except (JoseError, ValueError):
        claims = None
    subject = claims.get("sub") if isinstance(claims, dict) else None
    if not isinstance(subject, str):
        raise ClientRefused("The client assertion is not a JWT with a sub.")
    return subject
