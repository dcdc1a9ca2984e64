"""Whose domain is it? Root domains, redirects and servers as the 2023 installer saw them."""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from guarded_fetch.words import shown

from .origins import origin_of
from .plugin import HOSTNAME, PluginSnapshot, SourceDocument

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

# RFC 1035 section 2.3.4, without the final dot.
NAME_LENGTH = 253

# Readers of URLs disagree about these: they strip them, or take a backslash for a slash.
UNFIT = re.compile(r"[\x00-\x20\x7f\\]")
HOST = re.compile(r"[a-z0-9._:-]+")
DOTS = re.compile("[.\u3002\uff0e\uff61]")

# More servers than anybody has, and longer than any reader takes.
SERVERS_LOOKED_AT = 100
URL_LENGTH = 2_000

VARIABLE = re.compile(r"\{([^{}]{1,100})\}")


def host_of(url: str) -> str | None:
    """The host name of an absolute http or https URL, lower case, without port; else None.

    International names come in their ASCII form. No name holds anything that needs escaping.
    """
    if UNFIT.search(url):
        return None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        return None
    name = _plain(parts.hostname or "")
    return name if parts.scheme in ("http", "https") and HOST.fullmatch(name) else None


def is_local(host: str) -> bool:
    """Whether the host is this machine by its name: localhost, *.localhost, a loopback address."""
    name = _plain(host)
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped.is_loopback
    return address is not None and address.is_loopback


def registrable(host: str) -> str:
    """The domain that somebody registered: `example.co.uk` of `api.example.co.uk`.

    It goes by the public suffix list, private section included: each `*.github.io` is a domain of
    its own. So are addresses, local names and suffixes.
    """
    name = _plain(host)
    if len(name) > NAME_LENGTH or is_local(name) or _address(name):
        return name
    return _suffixes().privatesuffix(name) or name


def root_domain(host: str) -> str:
    """The host that everything else is held against: without a leading `www.`."""
    name = _plain(host)
    return name.removeprefix("www.") if registrable(name) != name else name


def is_under(host: str, root: str) -> bool:
    """Whether the host is the root or a sub-domain of it, by whole labels."""
    name, above = _plain(host), _plain(root)
    if name == above:
        return name != ""
    return above != "" and not _address(above) and name.endswith(f".{above}")


def refused_redirect(source: str, target: str) -> str | None:
    """Why the installer does not follow the manifest from one URL to the other, or None.

    It follows to the same host, down to a sub-domain, and from `www.` to the bare name.
    """
    here, there = host_of(source), host_of(target)
    if here is None or there is None:
        return "it does not lead to an http or https address"
    if not (is_under(there, here) or here == f"www.{there}"):
        return _relation(here, there)
    if source.lower().startswith("https:") and target.lower().startswith("http:"):
        return None if is_local(here) else "it leads from https to http"
    return None


def _relation(here: str, there: str) -> str:
    if is_under(here, there):
        return f"{there} is a parent of {here}"
    if registrable(here) != registrable(there):
        return f"{there} is another domain than {here}"
    if here.count(".") == there.count("."):
        return f"{there} is on the same level as {here}"
    return f"{there} is another branch of {registrable(here)} than {here}"


def filled(plugin: PluginSnapshot, text: str) -> str:
    """The text with the gap for the origin filled in, where the plugin's server does that."""
    if not plugin.filled_in or HOSTNAME not in text:
        return text
    for scheme in ("https://", "http://"):
        text = text.replace(scheme + HOSTNAME, HOSTNAME)
    return text.replace(HOSTNAME, plugin.origin)


@dataclass(frozen=True)
class ServerChoice:
    """The base URL of all calls, the entry of `servers` that it comes from (None: it is the
    contract's own host), and why. `warning` says what is wrong with the list, if anything is.
    """

    url: str
    index: int | None
    reason: str
    warning: str | None = None


@dataclass(frozen=True)
class _Server:
    index: int
    url: str
    host: str


def choose_server(
    contract: SourceDocument, contract_url: str, root: str, plugin: PluginSnapshot | None = None
) -> ServerChoice:
    """The server that the installer's later text chooses: the first entry on the root domain or
    below it, else the contract's own host. The text of March 2023 took an exact match first.

    `plugin` fills in the gap for the origin, where the contract still has one.
    """
    listed = contract.top.get("servers")
    servers = _servers(listed if isinstance(listed, list) else [], contract_url, plugin)
    matching = [server for server in servers if is_under(server.host, root)]
    if not matching:
        own = origin_of(contract_url) if host_of(contract_url) else contract_url
        if not servers:
            return ServerChoice(own, None, "the contract names no server, so it is its own host")
        return ServerChoice(
            own,
            None,
            f"no entry of servers is on {root} or below it, so it is the contract's own host",
            f"No entry of servers is on {root} or below it, so calls go to {shown(own)}.",
        )
    chosen = matching[0]
    return ServerChoice(
        chosen.url,
        chosen.index,
        f"servers[{chosen.index}] is the first entry on {root} or below it",
        _warning(chosen, matching, root),
    )


def _warning(chosen: _Server, matching: list[_Server], root: str) -> str | None:
    exact = next((server for server in matching if server.host == root), chosen)
    if exact is not chosen:
        return (
            f"Installers differ: by the later rules calls go to servers[{chosen.index}],"
            f" {shown(chosen.url)}, by those of March 2023 to servers[{exact.index}],"
            f" {shown(exact.url)}."
        )
    if chosen.index:
        return (
            f"servers[0] is not on {root} or below it: the installer takes"
            f" servers[{chosen.index}], {shown(chosen.url)}, other hosts take servers[0]."
        )
    return None


def _servers(listed: list[Any], contract_url: str, plugin: PluginSnapshot | None) -> list[_Server]:
    """The entries that have an address; a relative one counts from the contract."""
    found = []
    for index, entry in enumerate(listed[:SERVERS_LOOKED_AT]):
        url = server_url(entry, contract_url, plugin)
        host = host_of(url) if url is not None else None
        if url is not None and host is not None:
            found.append(_Server(index, url, host))
    return found


def server_url(entry: Any, contract_url: str, plugin: PluginSnapshot | None = None) -> str | None:
    """The absolute address of an entry of `servers`, its variables at their defaults, or None."""
    url = entry.get("url") if isinstance(entry, dict) else None
    if not isinstance(url, str) or len(url) > URL_LENGTH:
        return None
    url = _with_defaults(url, entry.get("variables"))
    try:
        return urljoin(contract_url, filled(plugin, url) if plugin else url)
    except ValueError:
        return None


def _with_defaults(url: str, variables: Any) -> str:
    def default(gap: re.Match[str]) -> str:
        variable = variables.get(gap[1]) if isinstance(variables, dict) else None
        value = variable.get("default") if isinstance(variable, dict) else None
        return value if isinstance(value, str) and len(value) <= URL_LENGTH else gap[0]

    return VARIABLE.sub(default, url)


def _plain(host: str) -> str:
    name = host.lower().rstrip(".")
    if name.isascii() or len(name) > NAME_LENGTH:
        return name
    try:
        return ".".join(map(_label, DOTS.split(name))).lower().rstrip(".")
    except UnicodeError:
        return name


def _label(text: str) -> str:
    # Python's codec still makes ss of ß; browsers ask for another domain (UTS 46 section 7).
    kept = "ß" in text or "ς" in text
    return f"xn--{text.encode('punycode').decode()}" if kept else text.encode("idna").decode()


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _suffixes() -> "PublicSuffixList":
    """The list as it was when the package was made; nothing is fetched."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
