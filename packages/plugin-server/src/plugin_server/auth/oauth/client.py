"""A client: a program that may ask for a person's consent, such as a host."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .redirects import is_same


@dataclass(frozen=True)
class ClientKeys:
    """Where the public keys of a client are: in `jwks` itself, or at `jwks_uri`."""

    jwks: Mapping[str, Any] | None = None
    jwks_uri: str | None = None


@dataclass(frozen=True)
class Client:
    """A client.

    `name` is for people, and never empty. A client that `is_public` has no secret, so PKCE is
    required of it; it may have `keys`, and an assertion that it presents must then verify.
    `secret_digest` is the SHA-256 of its secret, in hexadecimal.
    """

    client_id: str
    name: str
    redirect_uris: tuple[str, ...]
    is_public: bool
    secret_digest: str | None = None
    keys: ClientKeys | None = None
    redirect_patterns: tuple[re.Pattern[str], ...] = ()

    def allows_redirect(self, uri: str) -> bool:
        """Whether a person may be sent back to this address."""
        return any(pattern.fullmatch(uri) for pattern in self.redirect_patterns) or any(
            is_same(registered, uri, any_port=self.is_public) for registered in self.redirect_uris
        )
