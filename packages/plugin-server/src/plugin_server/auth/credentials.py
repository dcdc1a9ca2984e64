"""What an Authorization header presents, and the challenge to one that does not do.

Bearer is RFC 6750, Basic RFC 7617. A host that knows only Basic may also send the bare token
after the word: the 2023 plugin's `authorization_type: basic` did.
"""

import base64
from collections.abc import Callable
from hashlib import sha256
from typing import Literal, NamedTuple

from ..errors import Unauthorized

REALM = "plugin"


def digest(token: str) -> str:
    """The SHA-256 of a token in hexadecimal; tokens are kept and compared in no other form."""
    return sha256(token.encode()).hexdigest()


class Presented(NamedTuple):
    """A token that a header may mean."""

    token: str
    digest: str


class Credentials:
    """Reads headers of one scheme. `challenge` makes the WWW-Authenticate header of a 401 for an
    error code, or for none where no token came; it may depend on the request in hand.
    """

    def __init__(
        self,
        scheme: Literal["bearer", "basic"],
        challenge: Callable[[str | None], str] | None = None,
    ) -> None:
        self._scheme = scheme
        self._challenge = challenge or (_bearer if scheme == "bearer" else _basic)

    def presented(self, authorization: str | None) -> list[Presented]:
        """The tokens that the header may mean, one or two.

        Raises Unauthorized for a missing header and another scheme.
        """
        scheme, _, value = (authorization or "").partition(" ")
        token = value.strip()
        if scheme.lower() != self._scheme or not token:
            raise Unauthorized(
                f"Send the token in the header: Authorization: {self._scheme.title()} TOKEN.",
                headers={"WWW-Authenticate": self._challenge(None)},
            )
        tokens = [token]
        if self._scheme == "basic":
            tokens += _password(token)
        return [Presented(token, digest(token)) for token in tokens]

    def refusal(self, detail: str | None = None) -> Unauthorized:
        """What to raise for a token that is not valid; without a detail, that nobody has."""
        return Unauthorized(
            detail or "The token is not valid. It may have been revoked: ask for a new one.",
            code="invalid_token",
            headers={"WWW-Authenticate": self._challenge("invalid_token")},
        )


def _basic(_error: str | None) -> str:
    return f'Basic realm="{REALM}", charset="UTF-8"'


def _bearer(error: str | None) -> str:
    return f'Bearer realm="{REALM}"' + (f', error="{error}"' if error else "")


def _password(token: str) -> list[str]:
    try:
        _, colon, password = base64.b64decode(token, validate=True).decode().partition(":")
    except ValueError:
        return []
    return [password] if colon and password else []
