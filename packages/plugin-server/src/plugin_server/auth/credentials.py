"""What an Authorization header presents, and the challenge to one that does not do.

Bearer is RFC 6750, Basic RFC 7617. A host that knows only Basic may also send the bare token
after the word: the 2023 plugin's `authorization_type: basic` did.
"""

import base64
from hashlib import sha256
from typing import Literal

from ..errors import Unauthorized

REALM = "plugin"


def digest(token: str) -> str:
    """The SHA-256 of a token in hexadecimal; tokens are kept and compared in no other form."""
    return sha256(token.encode()).hexdigest()


class Credentials:
    """Reads headers of one scheme."""

    def __init__(self, scheme: Literal["bearer", "basic"]) -> None:
        self._scheme = scheme

    def digests(self, authorization: str | None) -> list[str]:
        """The digests of the tokens that the header may mean, one or two.

        Raises Unauthorized for a missing header and another scheme.
        """
        scheme, _, value = (authorization or "").partition(" ")
        token = value.strip()
        if scheme.lower() != self._scheme or not token:
            raise Unauthorized(
                f"Send the token in the header: Authorization: {self._scheme.title()} TOKEN.",
                headers={"WWW-Authenticate": self._challenge()},
            )
        tokens = [token]
        if self._scheme == "basic":
            tokens += _password(token)
        return [digest(token) for token in tokens]

    def refusal(self) -> Unauthorized:
        """What to raise for a token that nobody has."""
        return Unauthorized(
            "The token is not valid. It may have been revoked: ask for a new one.",
            code="invalid_token",
            headers={"WWW-Authenticate": self._challenge('error="invalid_token"')},
        )

    def _challenge(self, error: str = "") -> str:
        if self._scheme == "basic":
            return f'Basic realm="{REALM}", charset="UTF-8"'
        return ", ".join(filter(None, [f'Bearer realm="{REALM}"', error]))


def _password(token: str) -> list[str]:
    try:
        _, colon, password = base64.b64decode(token, validate=True).decode().partition(":")
    except ValueError:
        return []
    return [password] if colon and password else []
