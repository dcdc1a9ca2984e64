"""What was gathered about a plugin, and the report on it."""

from dataclasses import dataclass, replace

from .coverage import coverage_of, not_here
from .domains import choose_server
from .examination import examine
from .plugin import PluginSnapshot
from .report import Facts, Host, Report
from .served import contract_url, is_served_locally, root_of

# No assistant that runs elsewhere can call this machine by these.
FROM_OUTSIDE: tuple[Host, ...] = ("actions", "mcp")


@dataclass(frozen=True)
class Gathered:
    """The plugin, what was worked out, what could not be looked at, and what was left out."""

    plugin: PluginSnapshot
    facts: Facts
    unseen: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


def server_facts(plugin: PluginSnapshot) -> Facts:
    """The root domain, the documents, and the server that the installer would have called."""
    root = root_of(plugin)
    facts = Facts(
        root_domain=root or None,
        root_domain_reason=plugin.origin_reason,
        manifest=plugin.manifest.name if plugin.manifest else None,
        contract=plugin.contract.name if plugin.contract else None,
    )
    if plugin.contract is None or not root:
        return facts
    choice = choose_server(plugin.contract, contract_url(plugin, plugin.contract), root, plugin)
    return replace(facts, base_url=choice.url, base_url_reason=choice.reason)


def report_on(source: str, hosts: tuple[Host, ...], gathered: Gathered) -> Report:
    """The rules asked about what was gathered."""
    plugin, unseen = gathered.plugin, gathered.unseen
    seen = tuple(each for each in plugin.fetches if not each.out_of_time)
    late = [each for each in plugin.fetches if each.out_of_time]
    # What there was no time for breaks no rule; without an answer there is nothing to judge.
    looked = not unseen and (bool(seen) or not late)
    coverage = coverage_of(plugin, hosts)
    findings = examine(replace(plugin, fetches=seen), coverage) if looked else ()
    if unseen or late:
        coverage = dict.fromkeys(hosts, "none" if unseen else "cut short")
    return Report(
        source,
        hosts,
        findings,
        gathered.facts,
        (*unseen, *(f"{each.url}: {each.failure}" for each in late), *not_here(plugin, hosts)),
        gathered.skipped,
        coverage,
        tuple(host for host in FROM_OUTSIDE if host in hosts) if is_served_locally(plugin) else (),
    )
