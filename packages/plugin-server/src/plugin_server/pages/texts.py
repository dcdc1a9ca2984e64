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

# What people keep here is nobody's to index.
ROBOTS = "\n".join(["User-agent: *", *(f"Allow: {path}" for path in OPEN_PATHS), "Disallow: /", ""])


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
        f"- [Manifest]({origin}/.well-known/ai-plugin.json): the plugin manifest",
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


def _plain(text: str) -> str:
    """A text of one line that Markdown reads as it stands."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
