"""Where a plugin is served, and what its manifest says when that is filled in."""

from .domains import filled, host_of, is_local, is_under, root_domain
from .plugin import HOSTNAME, PluginSnapshot, SourceDocument

# RFC 2606 section 3: names that nobody can have.
EXAMPLES = ("example.com", "example.net", "example.org")


def root_of(plugin: PluginSnapshot) -> str:
    """The plugin's root domain; an empty string when its origin has no host."""
    return root_domain(host_of(plugin.origin) or "")


def is_served_locally(plugin: PluginSnapshot) -> bool:
    """Whether it is served on this machine, where the rules about domains do not apply."""
    return is_local(host_of(plugin.origin) or "")


def is_left_over(plugin: PluginSnapshot, host: str) -> bool:
    """Whether the host is an example's, though the plugin itself is served at a real one."""
    return (
        _is_example(host)
        and not is_served_locally(plugin)
        and not _is_example(host_of(plugin.origin) or "")
    )


def written(plugin: PluginSnapshot, *keys: str) -> str | None:
    """The manifest's text under those keys, filled in.

    None when it is missing, blank or still has the gap: other rules tell of that.
    """
    text = (plugin.manifest or SourceDocument("")).text(*keys)
    if text is None or not text.strip():
        return None
    text = filled(plugin, text)
    return None if HOSTNAME in text else text


def auth_of(plugin: PluginSnapshot) -> dict[str, object]:
    """The manifest's auth block, an empty one when it has none."""
    auth = plugin.manifest.top.get("auth") if plugin.manifest else None
    return auth if isinstance(auth, dict) else {}


def contract_url(plugin: PluginSnapshot, contract: SourceDocument) -> str:
    """Where the contract is served."""
    if host_of(contract.name) is not None:
        return contract.name
    named = written(plugin, "api", "url") or contract.name
    return named if host_of(named) else f"{plugin.origin}/{named.lstrip('/')}"


def _is_example(host: str) -> bool:
    return any(is_under(host, example) for example in EXAMPLES)
