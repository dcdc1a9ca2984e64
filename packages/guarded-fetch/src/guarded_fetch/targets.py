"""URLs, taken apart once: what was checked is what is asked."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address

import httpx2

from .errors import FetchError
from .words import shown

PORTS = {"http": 80, "https": 443}
# So narrow that nobody reads another host in the URL than we do. Numbers in any notation pass:
# the resolver makes addresses of them, and those are checked.
HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,252}[a-z0-9_.])?", re.ASCII)


@dataclass(frozen=True)
class Target:
    """Where a request goes. `host` is ASCII and without brackets, `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port as the Host header names them, without the scheme's own port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def url(self) -> str:
        """The URL in its one normal form: ASCII, no fragment, no credentials."""
        return f"{self.scheme}://{self.authority}{self.path}"


def target_of(url: str) -> Target:
    """Where a request for an absolute URL goes. Raises FetchError when none can be made."""
    try:
        return _target(httpx2.URL(url))
    except (httpx2.InvalidURL, ValueError) as error:
        raise FetchError("protocol", f"{shown(url)} is not a URL.") from error


def target_from(source: Target, location: bytes) -> Target:
    """Where a Location header leads to from `source`. Raises FetchError when to nowhere."""
    try:
        text = location.decode()
    except UnicodeDecodeError:
        text = location.decode("latin-1")
    try:
        return _target(httpx2.URL(source.url).join(text))
    except (httpx2.InvalidURL, ValueError) as error:
        raise FetchError("protocol", f"The Location {shown(text)} is not a URL.") from error


def _target(url: httpx2.URL) -> Target:
    if url.scheme not in PORTS:
        raise FetchError("protocol", f"{shown(str(url))} is neither an http nor an https URL.")
    if url.userinfo:
        # Not shown: there may be a password in it.
        raise FetchError("protocol", f"The URL of {shown(url.host)} has a user name in it.")
    host = url.raw_host.decode("ascii").lower()
    port = PORTS[url.scheme] if url.port is None else url.port
    if not (_is_host(host) and 0 < port < 65536):
        raise FetchError("protocol", f"{shown(str(url))} names no host and port to ask.")
    path = url.raw_path.decode("ascii")
    return Target(url.scheme, host, port, path if path.startswith("/") else f"/{path}")


def _is_host(host: str) -> bool:
    if ":" not in host:
        return HOST.fullmatch(host) is not None
    try:
        return IPv6Address(host).scope_id is None
    except ValueError:
        return False
