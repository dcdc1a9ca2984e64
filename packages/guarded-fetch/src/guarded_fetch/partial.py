"""A fetch that is not over yet."""

from dataclasses import dataclass, field
from time import monotonic

import httpcore2

from .answers import Fetch, Hop, Tls
from .errors import FetchError
from .targets import Target
from .words import printable


@dataclass
class PartialFetch:
    """What is known so far. `url` is what was asked last, or what was to be asked."""

    purpose: str
    method: str
    url: str
    subject: str
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    hops: list[Hop] = field(default_factory=list)
    tls: Tls | None = None
    error: FetchError | None = None
    begun: float = field(default_factory=monotonic)
    sent: bool = False

    def turn_to(self, target: Target) -> None:
        """Go on with the target of a redirect: the answer so far was the redirect's."""
        self.url, self.status, self.headers = target.url, None, {}

    def connected(self, tls: Tls | None) -> None:
        """The clock runs from the first request; the first TLS failure on the way stays."""
        if not self.sent:
            self.begun, self.sent = monotonic(), True
        if self.tls is None or self.tls.failure is None:
            self.tls = tls

    def answered(self, answer: httpcore2.Response) -> None:
        """Keep the status and the headers."""
        self.status = answer.status
        for raw_name, raw_value in answer.headers:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            known = self.headers.get(name)
            self.headers[name] = value if known is None else f"{known}, {value}"

    def finished(self) -> Fetch:
        """The fetch, which is over."""
        return Fetch(
            self.purpose,
            self.method,
            self.url,
            self.subject,
            self.status,
            self.headers,
            self.body,
            monotonic() - self.begun,
            tuple(self.hops),
            self.tls,
            self.error.failure_kind if self.error else None,
            self.error.sentence if self.error else None,
        )


def in_words(error: Exception, url: str) -> FetchError:
    """What the library's failure means."""
    what, where = str(error), printable(url, 100)
    if isinstance(error, httpcore2.RemoteProtocolError):
        if getattr(error.__cause__, "error_status_hint", None) == 431:
            return FetchError("size", f"{where} answers with headers that are too large.")
        if what.startswith("Server disconnected"):
            return FetchError("connection", f"{where} closed the connection without an answer.")
        if what.startswith("peer closed"):
            return FetchError("connection", f"{where} closed the connection within its answer.")
        # What follows the colon is what the server sent.
        kind = printable(what.partition(":")[0])
        return FetchError("protocol", f"{where} does not answer in HTTP: {kind}.")
    if isinstance(error, (httpcore2.LocalProtocolError, ValueError)):
        return FetchError("protocol", f"No request can be made of this: {printable(what)}.")
    return FetchError("connection", f"{where} broke the connection off.")
