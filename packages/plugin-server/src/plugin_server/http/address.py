"""Who is at the other end: the address of the client, as the trusted proxies give it."""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from ..settings.hosts import parse_host

Address = IPv4Address | IPv6Address

# The longest is one of IPv6 with a scope, or with an IPv4 address in it, brackets and a port.
ADDRESS_CHARACTERS = 64


class ClientAddresses:
    """Tells the address of each request's client.

    `hops` counts the proxies that append to X-Forwarded-For; 0: the header is not believed, and the
    other end of the connection is the client.
    """

    def __init__(self, hops: int) -> None:
        self._hops = hops

    def of(self, headers: Mapping[bytes, list[bytes]], peer: str) -> Address | None:
        """What the outermost trusted proxy wrote, if it is an address; else that of `peer`.

        None when neither is one: the connection is a local socket, or the peer has left already.
        """
        if self._hops and b"x-forwarded-for" in headers:
            values = b",".join(headers[b"x-forwarded-for"]).split(b",")
            if len(values) >= self._hops:
                forwarded = _address(values[-self._hops].strip().decode("latin-1"))
                if forwarded is not None:
                    return forwarded
        return _address(peer)


def _address(text: str) -> Address | None:
    # Before anything is kept: a caller may fill a header with one text.
    return _parsed(text) if len(text) <= ADDRESS_CHARACTERS else None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Address | None:
    """The address in a text; some proxies add the port, and some systems map IPv4 into IPv6."""
    host = parse_host(text)
    try:
        address = ip_address(host.name.strip("[]") if host else text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
