"""PLUGIN_ALLOWED_NETWORKS: whose addresses may call. Lists in files are read again on SIGHUP."""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Any

from ..settings.files import UnusableFile, read_file

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

FIELD = "allowed_networks"
FILE_BYTES = 1_048_576
REMEMBERED = 4096
_KINDS: dict[str, type[Network]] = {"ipv4Prefix": IPv4Network, "ipv6Prefix": IPv6Network}


class AllowedNetworks:
    """Tells whose addresses may call. `entries` are those of the setting: CIDRs, and @FILE.

    Raises UnusableFile, as `reload` does; then what was read before stays in force.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries = tuple(entries)
        self.has_files = any(entry.startswith("@") for entry in self._entries)
        self.reload()

    def reload(self) -> None:
        """Read the files again."""
        networks = {network for entry in self._entries for network in _networks(entry)}
        self.count = len(networks)
        # Looked up by the bits of the prefix: a list may hold ten thousand.
        prefixes: dict[tuple[int, int], set[int]] = {}
        for network in networks:
            shift = network.max_prefixlen - network.prefixlen
            kept = prefixes.setdefault((network.version, shift), set())
            kept.add(int(network.network_address) >> shift)

        @lru_cache(maxsize=REMEMBERED)
        def allows(address: Address) -> bool:
            number = int(address)
            return any(
                version == address.version and number >> shift in kept
                for (version, shift), kept in prefixes.items()
            )

        self._allows = allows

    def allows(self, address: Address | None) -> bool:
        """Whether the address may call; without any entry, every one may."""
        return not self._entries or (address is not None and self._allows(address))


def _networks(entry: str) -> Iterator[Network]:
    if entry.startswith("@"):
        yield from _published(read_file(FIELD, Path(entry[1:]), FILE_BYTES))
    else:
        yield IPv6Network(entry) if ":" in entry else IPv4Network(entry)


def _published(content: bytes) -> list[Network]:
    """The networks of a list as hosts publish it, such as chatgpt-connectors.json."""
    try:
        prefixes = json.loads(content)["prefixes"]
    except (ValueError, LookupError, TypeError, RecursionError):
        prefixes = None
    if not isinstance(prefixes, list):
        raise UnusableFile(FIELD, 'that file is not JSON with a list of "prefixes"')
    if not prefixes:
        raise UnusableFile(FIELD, "that file lists no prefix, and so nobody could call")
    return [network for place, entry in enumerate(prefixes) for network in _of_entry(place, entry)]


def _of_entry(place: int, entry: Any) -> list[Network]:
    found: list[Network] = []
    for name, kind in _KINDS.items():
        if isinstance(entry, dict) and name in entry:
            try:
                # A number would be an address to it.
                found.append(kind(_text(entry[name])))
            except ValueError:
                raise UnusableFile(
                    FIELD, f"prefixes[{place}] of that file: its {name} is no such network"
                ) from None
    if not found:
        raise UnusableFile(
            FIELD, f"prefixes[{place}] of that file has neither ipv4Prefix nor ipv6Prefix"
        )
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value
