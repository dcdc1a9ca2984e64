"""PLUGIN_HOSTNAME: the origin under which the caller reached us.

A Host header is the caller's own text, and it goes into documents that hosts trust: only what is
a host name or an address, and a port, passes (RFC 9112 section 3.2: anything else is 400).
"""

from collections.abc import Mapping
from functools import lru_cache

from ..errors import BadRequest
from ..settings.hosts import is_local, parse_host

_DEFAULT_PORT = {"http": 80, "https": 443}

Headers = Mapping[bytes, list[bytes]]


def only_host(headers: Headers) -> bytes:
    """The Host header. Raises BadRequest unless there is exactly one."""
    hosts = headers.get(b"host", [])
    if len(hosts) != 1:
        raise not_one_host()
    return hosts[0]


def not_one_host() -> BadRequest:
    """The refusal of a request of which it is not sure, or not known, where it was sent to."""
    return BadRequest("A request has exactly one Host header.", code="invalid_host")


class Origins:
    """Tells the origin of each request.

    `public_url` wins over what requests say. `proto_hops` and `host_hops` count the proxies
    that append to X-Forwarded-Proto and X-Forwarded-Host; 0: that header is not believed.
    """

    def __init__(self, public_url: str | None, proto_hops: int, host_hops: int) -> None:
        self._public_url = public_url
        self._proto_hops = proto_hops
        self._host_hops = host_hops

    def of(
        self,
        headers: Headers,
        authority: bytes | None = None,
        scheme: str = "http",
        version: str = "1.1",
    ) -> str | None:
        """The public address with its path, else the origin. `authority` is that of an absolute
        target, `scheme` that of the connection, `version` that of HTTP. None where the request
        names no host.

        Raises BadRequest for a Host that is repeated or no host, or missing though the version asks
        for it (RFC 9112 section 3.2: from HTTP/1.1 on).
        """
        is_nameless = version == "1.0" and b"host" not in headers
        named = [] if is_nameless else [only_host(headers)]
        # RFC 9112 section 3.2.2: an absolute target's authority replaces Host.
        other = _forwarded(headers, b"x-forwarded-host", self._host_hops) or authority
        if other is not None:
            named.append(other)
        forwarded = _forwarded(headers, b"x-forwarded-proto", self._proto_hops)
        protocol = forwarded if forwarded in (b"http", b"https") else None
        origins = [_origin(text, protocol, scheme) for text in named]
        return self._public_url or (origins[-1] if origins else None)

    def hosts(self, headers: Headers, authority: bytes | None = None) -> tuple[bytes, ...]:
        """Every host that a request says it was sent to: its Host, empty where there is none, the
        authority of an absolute target, and what each trusted proxy was called by.
        """
        others = [authority] if authority is not None else []
        if self._host_hops:
            others += filter(None, _values(headers, b"x-forwarded-host")[-self._host_hops :])
        return (headers.get(b"host", [b""])[0], *others)


def _forwarded(headers: Headers, name: bytes, hops: int) -> bytes | None:
    """What the outermost trusted proxy wrote; None if the header is shorter than the chain."""
    if not hops or name not in headers:
        return None
    values = _values(headers, name)
    return values[-hops] if len(values) >= hops else None


def _values(headers: Headers, name: bytes) -> list[bytes]:
    return [value.strip() for value in b",".join(headers.get(name, [])).split(b",")]


@lru_cache(maxsize=256)
def _origin(text: bytes, forwarded: bytes | None, scheme: str) -> str:
    host = parse_host(text.decode("latin-1"))
    if host is None:
        raise BadRequest("The Host header is not a host and port.", code="invalid_host")
    if forwarded is not None:
        protocol = forwarded.decode()
    else:
        protocol = scheme if is_local(host.name) else "https"
    port = "" if host.port in (None, _DEFAULT_PORT[protocol]) else f":{host.port}"
    return f"{protocol}://{host.name}{port}"
