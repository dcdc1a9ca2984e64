"""Where a plugin in a folder or a file is served, as far as its documents tell."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .domains import host_of, registrable, root_domain
from .origins import origin_of
from .plugin import HOSTNAME, SourceDocument
from .public_server import fault_of, first_server

# Where a server that fills in its own origin is tried first.
LOCAL_ORIGIN = "http://localhost:5002"


class AssumedOrigin(NamedTuple):
    """An origin, "" where no document names one, and why it is that one."""

    origin: str
    reason: str | None = None


def assumed_origin(
    manifest: SourceDocument | None,
    contract: SourceDocument | None,
    package: Mapping[str, SourceDocument],
) -> AssumedOrigin:
    """The first that api.url, servers[0] or an MCP server of a package names."""
    address = (manifest.text("api", "url") if manifest else None) or ""
    if found := _of(address, "api.url"):
        # The manifest itself may be on a domain above the contract's.
        host = root_domain(host_of(address) or "")
        return found if registrable(host) == host else _guess(found)
    server = (first_server(contract) if contract else None) or ""
    if HOSTNAME in server or fault_of(server) is None:
        found = _of(server, "servers[0]")
        if found:
            return _guess(found) if manifest else found
    for address in _endpoints(package):
        if found := _of(address, "the package's MCP server"):
            return found
    return AssumedOrigin("")


def _of(address: str, name: str) -> AssumedOrigin | None:
    if HOSTNAME in address:
        return AssumedOrigin(LOCAL_ORIGIN, f"taken for {HOSTNAME}, which the server fills in")
    if host_of(address) is None:
        return None
    return AssumedOrigin(origin_of(address), f"{name} is there")


def _guess(found: AssumedOrigin) -> AssumedOrigin:
    return found._replace(reason=f"a guess, because {found.reason}; --origin says it for certain")


def _endpoints(package: Mapping[str, SourceDocument]) -> Iterator[str]:
    for document in package.values():
        servers = document.top.get("mcpServers")
        for server in servers.values() if isinstance(servers, dict) else ():
            if isinstance(server, dict) and isinstance(server.get("url"), str):
                yield server["url"]
