"""Whose pages may call, and under which host names: what a browser could be tricked into.

A page of a foreign origin must get 403 (MCP 2026-07-28, basic/transports/streamable-http). And a
page can make a name of its own lead to this machine (DNS rebinding); then it is not foreign to
itself, and only the Host header shows it. That matters where no token is asked for.
"""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from ..errors import Forbidden
from ..settings import Settings
from ..settings.hosts import is_loopback, parse_host


class Visitors:
    """Knows who is let in by the settings that the other doors follow too."""

    def __init__(self, settings: Settings) -> None:
        public = settings.public_url
        self._origins = {*settings.cors_origins, *([public] if public else [])}
        self._public_host = urlsplit(public).hostname if public else None
        self._asks_for_a_token = settings.mode != "none"

    def check(self, host: bytes, origins: Sequence[bytes], scheme: str) -> None:
        """Raises Forbidden for a foreign Origin, or Host. `host` is a valid Host header, `scheme`
        is http or https: that of the connection.
        """
        named = parse_host(host.decode("latin-1"))
        name = named.name if named else ""
        for origin in origins:
            own = is_loopback(name) and origin == scheme.encode() + b"://" + host.lower()
            if not (own or origin.decode("latin-1") in self._origins):
                raise Forbidden(
                    "Pages of this origin may not call: PLUGIN_CORS_ORIGINS names those that may.",
                    code="foreign_origin",
                )
        if not (self._asks_for_a_token or self._is_ours(name)):
            raise Forbidden(
                "This is not a host name of this server: PLUGIN_PUBLIC_URL names it.",
                code="foreign_host",
            )

    def _is_ours(self, name: str) -> bool:
        return name == self._public_host or is_loopback(name) or _is_address(name)


def _is_address(name: str) -> bool:
    """An address cannot be made to lead elsewhere."""
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
