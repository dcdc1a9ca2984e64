"""PLUGIN_ALLOWED_NETWORKS: what a published list may look like."""

import json
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from plugin_server.http.networks import AllowedNetworks
from plugin_server.settings.files import UnusableFile

LIST: dict[str, Any] = {
    "creationTime": "2026-11-21T00:00:00.000000",
    "prefixes": [{"ipv4Prefix": "192.0.2.0/24"}, {"ipv6Prefix": "2001:db8::/32"}],
}


def published(folder: Path, content: object = LIST) -> str:
    """The entry of the setting for a list in a file."""
    file = folder / "list.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return f"@{file}"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", 'that file is not JSON with a list of "prefixes"'),
        ("[" * 100_000, 'that file is not JSON with a list of "prefixes"'),
        ('{"prefixes": {}}', 'that file is not JSON with a list of "prefixes"'),
        ('["192.0.2.0/24"]', 'that file is not JSON with a list of "prefixes"'),
        ({"prefixes": []}, "that file lists no prefix, and so nobody could call"),
        (
            {"prefixes": [{"ipv4Prefix": "192.0.2.0/24"}, {"ipv4": "192.0.2.0/24"}]},
            "prefixes[1] of that file has neither ipv4Prefix nor ipv6Prefix",
        ),
        (
            {"prefixes": ["192.0.2.0/24"]},
            "prefixes[0] of that file has neither ipv4Prefix nor ipv6Prefix",
        ),
        (
            {"prefixes": [{"ipv4Prefix": "192.0.2.1/24"}]},
            "prefixes[0] of that file: its ipv4Prefix is no such network",
        ),
        (
            {"prefixes": [{"ipv6Prefix": "192.0.2.0/24"}]},
            "prefixes[0] of that file: its ipv6Prefix is no such network",
        ),
        (
            {"prefixes": [{"ipv4Prefix": 3221225984}]},
            "prefixes[0] of that file: its ipv4Prefix is no such network",
        ),
        (json.dumps(LIST) + " " * 1_048_576, "that file is longer than 1048576 bytes"),
    ],
)
def test_a_list_that_cannot_be_used_is_told(content: object, told: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableFile) as failure:
        AllowedNetworks((published(tmp_path, content),))
    assert str(failure.value) == f"PLUGIN_ALLOWED_NETWORKS: {told}"


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    for entry in (f"@{tmp_path}/none.json", f"@{tmp_path}", "@/dev/zero", "@\0"):
        with pytest.raises(UnusableFile, match="PLUGIN_ALLOWED_NETWORKS: there is no such file"):
            AllowedNetworks((entry,))


def test_what_else_a_published_list_says_is_not_looked_at(tmp_path: Path) -> None:
    entries = [{"ipv4Prefix": "192.0.2.0/24", "service": "cloud", "scope": "europe"}]
    networks = AllowedNetworks((published(tmp_path, {"syncToken": "1", "prefixes": entries}),))
    assert networks.allows(ip_address("192.0.2.1"))
