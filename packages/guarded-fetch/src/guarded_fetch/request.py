"""A request as it is sent, and what a redirect makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import httpcore2

from .targets import Target

REDIRECTS = (301, 302, 303, 307, 308)
CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
OF_THE_BODY = frozenset({"content-type", "content-encoding", "content-language"})
# These follow from the request itself.
OURS = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding"})


@dataclass(frozen=True)
class OutgoingRequest:
    """What is asked of a target. Header names are lower case."""

    method: str
    target: Target
    headers: Mapping[str, str]
    body: bytes | None = None

    def redirected(self, status: int, target: Target) -> "OutgoingRequest":
        """The request that a redirect makes of it, as browsers do it."""
        request = replace(self, target=target)
        if target.origin != self.target.origin:
            request = request.without(CREDENTIALS)
        if (status == 303 and self.method != "HEAD") or (
            status in (301, 302) and self.method == "POST"
        ):
            request = replace(request.without(OF_THE_BODY), method="GET", body=None)
        return request

    def without(self, names: frozenset[str]) -> "OutgoingRequest":
        """The request without those headers."""
        kept = {name: value for name, value in self.headers.items() if name not in names}
        return replace(self, headers=kept)

    def prepared(self, agent: str) -> httpcore2.Request:
        """The request as it is sent, for one connection that ends with it."""
        headers = {
            "host": self.target.authority,
            "user-agent": agent,
            "accept": "*/*",
            **{name: value for name, value in self.headers.items() if name not in OURS},
            "accept-encoding": "gzip",
            "connection": "close",
        }
        if self.body is not None:
            headers["content-length"] = str(len(self.body))
        return httpcore2.Request(
            self.method.encode(errors="replace"),
            httpcore2.URL(
                scheme=self.target.scheme.encode(),
                host=self.target.host.encode(),
                port=self.target.port,
                target=self.target.path.encode(),
            ),
            headers=[
                (name.encode(errors="replace"), value.encode(errors="replace"))
                for name, value in headers.items()
            ],
            content=self.body or b"",
        )
