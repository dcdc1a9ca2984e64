"""What is read by programs that look at a site: robots.txt (RFC 9309) and llms.txt
(https://llmstxt.org).
"""

import re
from collections.abc import Iterable

from .cards import MODES
from .connecting import Server
from .operations import Operation

_MARKUP = re.compile(r"([\\`*_\[\]<>#|])")
OPEN_PATHS = ("/$", "/legal", "/llms.txt", "/logo.png", "/page/", "/openapi.", "/.well-known/")


def robots_text(root: str) -> str:
    """What crawlers may look at below `root`: what people keep here is nobody's to index."""
    allowed = (f"Allow: {root}{path}" for path in OPEN_PATHS)
    return "\n".join(["User-agent: *", *allowed, f"Disallow: {root}/", ""])


def llms_text(
    server: Server, name: str, description: str, operations: Iterable[Operation], contact: str
) -> str:
    """The server for a model that reads it, in Markdown."""
    origin = server.origin
    lines = [
        f"# {_plain(name)}",
        "",
        f"> {_plain(description)}",
        "",
        f"An MCP client connects to {server.mcp} (Streamable HTTP). {MODES[server.mode]}",
        "",
        "## Documents",
        "",
        f"- [Contract]({origin}/openapi.yaml): OpenAPI; as JSON at {origin}/openapi.json",
        *_manifest(server),
        f"- [Legal]({origin}/legal): what is stored, and how to delete it",
        "",
        "## Operations",
        "",
        *(
            f"- {_plain(each.name)} ({each.tool.method} {_plain(each.tool.path)}):"
            f" {_plain(each.description or each.title)}"
            for each in operations
        ),
        "",
        f"Contact: {_plain(contact)}",
        "",
    ]
    return "\n".join(lines)


def _manifest(server: Server) -> list[str]:
    """Hosts look for it at the root of a host only."""
    address = f"{server.origin}/.well-known/ai-plugin.json"
    return [] if server.path else [f"- [Manifest]({address}): the plugin manifest"]


def _plain(text: str) -> str:
    """A text of one line that Markdown reads as it stands."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
