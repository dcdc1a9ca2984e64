"""What was answered, or why there is no answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# In the failure of a fetch for which there was no time left.
ALL_REQUESTS = "for all requests together"

FailureKind = Literal["address", "unresolved", "connection", "tls", "timeout", "size", "protocol"]


@dataclass(frozen=True)
class Hop:
    """A redirect that was answered; `refused` says why it was not followed, None when it was."""

    source: str
    target: str
    refused: str | None = None


@dataclass(frozen=True)
class Tls:
    """What a TLS handshake showed. `version` is as OpenSSL names it: `TLSv1.2`, `TLSv1.3`.

    `failure` is why the certificate is not trusted, None when it is.
    """

    version: str | None
    failure: str | None = None


@dataclass(frozen=True)
class Fetch:
    """A request that was made, and its answer or why there is none.

    `purpose` and `subject` are the caller's own words for what it asks about.
    Header names are lower case; a repeated header's values are joined by ", ". `seconds` counts
    from the first byte sent to the last byte read, redirects included.
    """

    purpose: str
    method: str
    url: str
    subject: str = ""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    hops: tuple[Hop, ...] = ()
    tls: Tls | None = None
    failure_kind: FailureKind | None = None
    failure: str | None = None

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def out_of_time(self) -> bool:
        """Whether there was no time left for it, which says nothing about the server."""
        return self.failure_kind == "timeout" and ALL_REQUESTS in (self.failure or "")

    @property
    def succeeded(self) -> bool:
        """Whether it was answered with a 2xx."""
        return self.status is not None and 200 <= self.status < 300
