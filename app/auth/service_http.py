"""Mode service_http: one trusted host calls for everybody, and the path names the list."""

import hmac
from collections.abc import Iterable

from . import Caller
from .credentials import Credentials, digest


class ServiceAuth:
    """Knows the host by any of several tokens, so that one can be replaced while another works."""

    def __init__(self, credentials: Credentials, tokens: Iterable[str]) -> None:
        self._credentials = credentials
        self._digests = [digest(token) for token in tokens]

    async def caller(self, authorization: str | None) -> Caller:
        presented = self._credentials.digests(authorization)
        # All are compared, so that the time tells nothing about which one was close.
        matches = [hmac.compare_digest(a, b) for a in presented for b in self._digests]
        if not any(matches):
            raise self._credentials.refusal()
        return Caller(None)
