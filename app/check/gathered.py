"""What was gathered about a plugin, and the report on it."""

from dataclasses import dataclass, replace

from .domains import choose_server, host_of, is_local, root_domain
from .examination import examine
from .plugin import Plugin
from .report import Facts, Host, Report

# No assistant that runs elsewhere can call this machine by these.
FROM_OUTSIDE: tuple[Host, ...] = ("actions", "mcp")


@dataclass(frozen=True)
class Gathered:
    """The plugin, what was worked out, what could not be looked at, and what was left out."""

    plugin: Plugin
    facts: Facts
    unseen: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


def server_facts(plugin: Plugin) -> Facts:
    """The root domain, the documents, and the server that the installer would have called."""
    root = root_domain(host_of(plugin.origin) or "")
    facts = Facts(root_domain=root, manifest=plugin.manifest.name if plugin.manifest else None)
    if plugin.contract is None:
        return facts
    choice = choose_server(plugin.contract, plugin.contract.name, root, plugin)
    return replace(
        facts,
        contract=plugin.contract.name,
        base_url=choice.url,
        base_url_reason=choice.reason,
    )


def report_on(source: str, hosts: tuple[Host, ...], gathered: Gathered) -> Report:
    """The rules asked about what was gathered."""
    plugin = gathered.plugin
    local = is_local(host_of(plugin.origin) or "")
    return Report(
        source,
        hosts,
        () if gathered.unseen else examine(plugin, hosts),
        gathered.facts,
        gathered.unseen,
        gathered.skipped,
        tuple(host for host in FROM_OUTSIDE if host in hosts) if local else (),
    )
