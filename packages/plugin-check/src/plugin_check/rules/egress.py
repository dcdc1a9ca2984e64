"""Addresses that hosts once called from, pinned in a plugin's settings."""

import ipaddress
import re
from collections.abc import Iterator

from guarded_fetch.words import printable

from ..plugin import PluginSnapshot
from ..report import Place, Violation
from ..rule import WARNING, rule

PLUGINS = ("23.102.140.112/28", "23.98.142.176/28")
ACTIONS = (
    "23.102.140.112/28",
    "13.66.11.96/28",
    "104.210.133.240/28",
    "20.97.188.144/28",
    "20.161.76.48/28",
    "52.234.32.208/28",
    "52.156.132.32/28",
    "40.84.180.128/28",
)

# Not inside a longer number, such as a version in five parts.
ADDRESS = re.compile(
    r"(?<![0-9.])([0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3})(/[0-9]{1,2})?(?![0-9.]*[0-9])"
)

NetworkAccess = ipaddress.IPv4Network


@rule("T09", "folder", "no address block of 2023 is pinned", "PR", plugin=WARNING)
def blocks_of_2023(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Each line of the folder's settings that names such a block, or an address in one."""
    return _pinned(plugin, PLUGINS, "The plugins of 2023 are gone: delete it.")


@rule("T10", "folder", "no address block of 2024 is pinned", "AC", actions=WARNING)
def blocks_of_2024(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Each line of the folder's settings that names such a block, or an address in one."""
    return _pinned(
        plugin,
        ACTIONS,
        "Take the list that https://developers.openai.com/api/docs/guides/ip-addresses names, "
        "and keep taking it: it changes.",
    )


def _pinned(plugin: PluginSnapshot, blocks: tuple[str, ...], repair: str) -> Iterator[Violation]:
    stale = [ipaddress.IPv4Network(block) for block in blocks]
    for name, text in plugin.texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            for match in ADDRESS.finditer(line):
                network = _network(match[0])
                if network is not None and any(network.subnet_of(block) for block in stale):
                    yield Violation(
                        f"{printable(match[0])} is an address that the host no longer calls from.",
                        repair,
                        Place(name, None, number, match.start() + 1),
                    )


def _network(text: str) -> NetworkAccess | None:
    try:
        return NetworkAccess(text, strict=False)
    except ValueError:
        return None
