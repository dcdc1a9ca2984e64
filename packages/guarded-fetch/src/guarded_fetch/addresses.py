"""Which addresses belong to the public internet, in every disguise they come in."""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

Address = IPv4Address | IPv6Address

# A table of our own: `is_global` answers differently in Python 3.11, 3.12 and 3.13.
# https://www.iana.org/assignments/iana-ipv4-special-registry
NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",  # looks public; inside Azure it is the platform's own service
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)

# https://www.iana.org/assignments/iana-ipv6-special-registry
PUBLIC_6 = IPv6Network("2000::/3")
NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))

MAPPED = IPv6Network("::ffff:0:0/96")
COMPATIBLE = IPv6Network("::/96")
SIX_TO_FOUR = IPv6Network("2002::/16")
TEREDO = IPv6Network("2001::/32")
NAT64 = IPv6Network("64:ff9b::/96")
NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")


def is_public(address: str) -> bool:
    """Whether a numeric address, and each IPv4 address embedded in it, is a public one.

    What is no address is not public.
    """
    embedded = _embedded(address)
    return bool(embedded) and all(map(_is_public, embedded))


def may_lead_outside(address: str) -> bool:
    """Whether another party may answer there: the address, or one embedded in it, is public."""
    return any(map(_is_public, _embedded(address)))


def crosses(start_is_public: bool, address: str) -> bool:
    """Whether asking this address would lead from the public internet into a private network."""
    return start_is_public and not is_public(address)


def _embedded(address: str) -> list[Address]:
    """The addresses that a packet may end up at; none for what is no address."""
    try:
        outer = ip_address(address)
    except ValueError:
        return []
    if isinstance(outer, IPv4Address):
        return [outer]
    number = int(outer)
    last = IPv4Address(number & 0xFFFF_FFFF)
    # A mapped address is only another way to write the IPv4 address, and NAT64's prefix a way to
    # reach it: neither is a place of its own.
    if outer in MAPPED or outer in NAT64:
        return [last]
    if outer in COMPATIBLE or outer in NAT64_LOCAL:
        return [outer, last]
    if outer in SIX_TO_FOUR:
        return [outer, IPv4Address(number >> 80 & 0xFFFF_FFFF)]
    if outer in TEREDO:
        client = IPv4Address(~number & 0xFFFF_FFFF)  # stored inverted, RFC 4380 section 4
        return [outer, IPv4Address(number >> 64 & 0xFFFF_FFFF), client]
    return [outer]


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_4)
    return (
        address.scope_id is None
        and address in PUBLIC_6
        and not any(address in network for network in NOT_PUBLIC_6)
    )
