"""How much of what each host reads was looked at."""

from collections.abc import Collection, Iterator, Mapping

from guarded_fetch.words import shown

from .plugin import PluginSnapshot, SourceDocument
from .report import Coverage, Host
from .served import written
from .tools import is_absent


def coverage_of(plugin: PluginSnapshot, hosts: Collection[Host]) -> Mapping[Host, Coverage]:
    """For each of the hosts; a plugin at an address was asked for all that they ask for."""
    look = {"plugin": _plugin, "actions": _actions, "mcp": _mcp}
    return {host: look[host](plugin) for host in hosts}


def not_here(plugin: PluginSnapshot, hosts: Collection[Host]) -> Iterator[str]:
    """A sentence for each file that a manifest in a folder names and the folder does not hold."""
    if not {"plugin", "actions"}.isdisjoint(hosts) and _is_contract_elsewhere(plugin):
        yield f"the contract: api.url names {_named(plugin, 'api', 'url')}, and no file here is it"
    if "plugin" in hosts and _is_logo_elsewhere(plugin):
        yield f"the logo: logo_url names {_named(plugin, 'logo_url')}, and no file here is it"


def _plugin(plugin: PluginSnapshot) -> Coverage:
    if plugin.manifest is None:
        return "whole" if plugin.seen("manifest") else "absent"
    partly = _is_contract_elsewhere(plugin) or _is_logo_elsewhere(plugin)
    return "part" if partly or _is_too_large(plugin) else "whole"


def _actions(plugin: PluginSnapshot) -> Coverage:
    if _is_contract_elsewhere(plugin):
        return "none"
    if plugin.contract is None and not plugin.seen("contract"):
        return "absent"
    return "part" if _is_too_large(plugin) else "whole"


def _mcp(plugin: PluginSnapshot) -> Coverage:
    if plugin.package or plugin.submission or plugin.tools:
        return "whole"
    asked = plugin.seen("tools")
    return "absent" if not asked or is_absent(asked[-1]) else "part"


def _is_contract_elsewhere(plugin: PluginSnapshot) -> bool:
    here = plugin.contract is not None or plugin.fetches
    return not here and written(plugin, "api", "url") is not None


def _is_logo_elsewhere(plugin: PluginSnapshot) -> bool:
    here = plugin.logo is not None or plugin.fetches
    named = written(plugin, "logo_url")
    return not here and named is not None and not named.startswith("data:")


def _is_too_large(plugin: PluginSnapshot) -> bool:
    """Whether the contract is larger than this check reads."""
    unreadable = plugin.contract.unreadable if plugin.contract else None
    cut_off = any(each.failure_kind == "size" for each in plugin.seen("contract"))
    return cut_off or (unreadable is not None and unreadable.by_limit)


def _named(plugin: PluginSnapshot, *keys: str) -> str:
    return shown((plugin.manifest or SourceDocument("")).text(*keys), 200)
