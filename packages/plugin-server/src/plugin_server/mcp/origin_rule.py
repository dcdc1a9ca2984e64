"""Whose pages may call: a page of a foreign origin must get 403 (MCP 2026-07-28,
basic/transports/streamable-http), because a message is taken whatever its content type, and so a
browser sends it without a preflight.
"""

from collections.abc import Sequence

from ..errors import Forbidden
from ..settings import Settings
from ..settings.hosts import is_loopback, parse_host


class OriginRule:
    """Knows who is let in by the settings that the other doors follow too."""

    def __init__(self, settings: Settings) -> None:
        public = settings.public_origin
        self._origins = {*settings.cors_origins, *([public] if public else [])}

    def check(self, host: bytes, origins: Sequence[bytes], scheme: str) -> None:
        """Raises Forbidden for a foreign Origin. `host` is a valid Host header, or empty, `scheme`
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
