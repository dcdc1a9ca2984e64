"""Can GPT Actions call a server's address? They take servers[0] as it is written."""

import ipaddress
import re
from urllib.parse import urlsplit

from .domains import host_of, is_local, server_url
from .plugin import PluginSnapshot, SourceDocument

HTTPS_PORT = 443

# What stands for a value that is to be put in, in the examples and templates of contracts.
GAP = re.compile(r"[<>{}…]|\.\.\.|\$\(")
TO_REPLACE = re.compile(
    r"replace[-_](?:me|this|with)|change[-_]?me|insert[-_]your|"
    r"\byour[-_]?(?:api|app|backend|company|deployment|domain|host|instance|name|ngrok|org|project|"
    r"public|server|service|site|subdomain|tunnel|url|worker)",
    re.IGNORECASE,
)

# Names that only a network of one's own knows (RFC 6762, RFC 8375, ICANN's `internal`).
PRIVATE_NAMES = (".local", ".internal", ".lan", ".home.arpa", ".localdomain")


def first_server(
    contract: SourceDocument, contract_url: str = "", plugin: PluginSnapshot | None = None
) -> str | None:
    """The address of servers[0], its variables at their defaults; None when there is none.

    It counts from `contract_url`; without that a relative one stays as it is.
    """
    listed = contract.top.get("servers")
    if not isinstance(listed, list) or not listed:
        return None
    return server_url(listed[0], contract_url, plugin)


def fault_of(address: str) -> str | None:
    """Why the address cannot be called from outside, as the rest of a sentence; None if it can."""
    host = host_of(address)
    if GAP.search(address) or TO_REPLACE.search(host or address):
        return "is a placeholder"
    if host is None:
        return "is not an absolute https URL"
    if is_local(host) or _is_private(host):
        return "is not on a public host"
    parts = urlsplit(address)
    if parts.scheme != "https":
        return "is plain http"
    if (parts.port or HTTPS_PORT) != HTTPS_PORT:
        return f"is on port {parts.port}, not on {HTTPS_PORT}"
    return None


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(PRIVATE_NAMES)
