"""Who may call, and from which pages: a caller gets what `--header` adds, without a token.

A page that makes a name of its own lead to this machine is refused by the name (see auth/none.py),
any other page of a foreign origin by the Origin that its browser sends.
"""

from collections.abc import Mapping
from functools import lru_cache

from ..auth.none import NoAuth
from ..errors import Forbidden
from ..http.cors import EXPOSED, PREFLIGHT_SECONDS
from ..http.origin import only_host
from ..http.record import RequestRecord
from ..mcp.origin_rule import OriginRule
from ..settings import Settings
from .passage import FLAG

Lines = Mapping[bytes, list[bytes]]
Headers = list[tuple[bytes, bytes]]

HOSTS_KEPT = 64
METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
REQUEST_METHOD = b"access-control-request-method"


class CallerRule:
    """Knows who is let in by the settings."""

    def __init__(self, settings: Settings) -> None:
        self._is_ours = lru_cache(HOSTS_KEPT)(NoAuth(settings.public_url).is_ours)
        self._pages = OriginRule(settings)

    def check(self, record: RequestRecord, scheme: str) -> None:
        """Raises BadRequest and Forbidden."""
        host = only_host(record.headers)
        if not all(map(self._is_ours, record.hosts)):
            raise Forbidden(
                "The proxy asks for no token, so it answers only under localhost, an address, or"
                " the host of --public-url.",
                code="foreign_host",
            )
        self._pages.check(host, record.headers.get(b"origin", []), scheme)


def cors_headers(lines: Lines) -> Headers:
    """What lets the page that asks read the answer; it is one that may call."""
    vary = (b"vary", b"Origin")
    if b"origin" not in lines:
        return [vary]
    exposed = ", ".join((*EXPOSED, FLAG[0].decode())).encode()
    return [
        vary,
        (b"access-control-allow-origin", lines[b"origin"][0]),
        (b"access-control-expose-headers", exposed),
    ]


def preflight(lines: Lines, passing: frozenset[bytes]) -> Headers:
    """The answer to a preflight; `passing` are the headers that a request may have."""
    asked = b",".join(lines.get(b"access-control-request-headers", [])).lower().split(b",")
    allowed = [
        name for name in map(bytes.strip, asked) if name in passing or name.startswith(b"mcp-")
    ]
    headers = [
        (b"access-control-allow-methods", METHODS),
        (b"access-control-allow-headers", b", ".join(allowed)),
        (b"access-control-max-age", str(PREFLIGHT_SECONDS).encode()),
    ]
    if lines.get(b"access-control-request-private-network") == [b"true"]:
        headers.append((b"access-control-allow-private-network", b"true"))
    return headers
