"""The files of a package, in the portable format and in the native one that is its fallback.

Once the portable manifest holds OpenAI's settings, the directory looks at none of the native
files: so each format has its servers, and both say the same
(https://developers.openai.com/plugins/build/plugins.md).
"""

import json
from typing import Any

from ..packages import NATIVE, NATIVE_SERVERS, OPENAI, PORTABLE, PORTABLE_SERVERS, SCHEMA_OF
from .listing import LOGO, Listing


def package_files(listing: Listing, endpoint: str, logo: bytes) -> dict[str, bytes]:
    """The content of each file, by its path with slashes. `endpoint` is the MCP server's URL."""
    both = {
        "name": listing.name,
        "version": listing.version,
        "description": listing.description,
        "author": listing.author,
        "homepage": listing.interface["websiteURL"],
    }
    documents: dict[str, dict[str, Any]] = {
        PORTABLE: {
            "$schema": SCHEMA_OF[PORTABLE],
            **both,
            "extensions": {OPENAI: {"interface": listing.interface}},
        },
        PORTABLE_SERVERS: {
            "$schema": SCHEMA_OF[PORTABLE_SERVERS],
            "mcpServers": {listing.name: {"type": "streamable-http", "url": endpoint}},
        },
        NATIVE: {**both, "mcpServers": f"./{NATIVE_SERVERS}", "interface": listing.interface},
        NATIVE_SERVERS: {"mcpServers": {listing.name: {"type": "http", "url": endpoint}}},
    }
    files = {path: _dump(document) for path, document in documents.items()}
    return {**files, LOGO: logo}


def is_of(name: str, path: str, content: bytes) -> bool:
    """Whether the content is that of a package with this name. A picture has no name to tell."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return False
    if not isinstance(document, dict):
        return False
    if path in (PORTABLE, NATIVE):
        return document.get("name") == name
    servers = document.get("mcpServers")
    return isinstance(servers, dict) and list(servers) == [name]


def _dump(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
