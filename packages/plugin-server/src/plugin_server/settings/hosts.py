"""What is a host: a name or an address (RFC 3986 section 3.2.2), and perhaps a port."""

import re
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

HOST_CHARACTERS = 255
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(
    rf"(?:(?P<name>(?:{_LABEL}\.)*{_LABEL})\.?|\[(?P<ipv6>[0-9a-f:.]+)\])(?::(?P<port>[0-9]{{1,5}}))?"
)


class Host(NamedTuple):
    """A name or an address in its one spelling; an IPv6 address has its brackets."""

    name: str
    port: int | None


def parse_host(text: str) -> Host | None:
    """The host and port of a text; None when it is none. Underscores pass: containers have them."""
    match = _HOST.fullmatch(text.lower())
    if match is None or len(text) > HOST_CHARACTERS or int(match["port"] or 0) > 65535:
        return None
    try:
        name = match["name"] or _ipv6_name(IPv6Address(match["ipv6"]))
    except ValueError:
        return None
    return Host(name, int(match["port"]) if match["port"] else None)


def is_loopback(name: str) -> bool:
    """Whether a host means the caller's own machine (RFC 6761 section 6.3)."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def is_local(name: str) -> bool:
    """Whether who calls a host by this name is on its machine: a loopback name, or 0.0.0.0 or [::],
    which is what a server that listens on every address says of itself.
    """
    return is_loopback(name) or name in ("0.0.0.0", "[::]")  # noqa: S104 - nothing listens here


def _ipv6_name(address: IPv6Address) -> str:
    # Python's releases differ in how they write such an address, and in what they think of it.
    return f"[{address}]" if address.ipv4_mapped is None else str(address.ipv4_mapped)
