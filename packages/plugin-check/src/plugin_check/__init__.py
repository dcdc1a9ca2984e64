"""Would a host accept this plugin? Every known rule, for any plugin, by address or from a folder.

    from plugin_check import check

    report = check("https://todo.example.org")
    assert not report.errors, report.errors

A check gathers what it can see (`folder`, `installer`), asks every rule about it (`rules`), and
reports findings and a verdict for each host (`report`, `show`). `package` writes the package for
OpenAI's directory; `__main__` is the command.
"""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guarded_fetch import Limits, NetworkAccess

    from .report import HOSTS, Host, Level, Report, RuleFinding

__all__ = ["HOSTS", "Host", "Level", "Report", "RuleFinding", "check"]


def __getattr__(name: str) -> Any:
    """The command line imports this package for every verb, so its parts come when asked for."""
    if name not in __all__:
        raise AttributeError(name)
    from . import report

    return getattr(report, name)


def check(
    source: str | Path,
    *,
    hosts: "Collection[Host] | None" = None,
    origin: str | None = None,
    probe: bool = False,
    parameters: Mapping[str, str] | None = None,
    token: str | None = None,
    mcp: str | None = None,
    progress: Callable[[str], None] | None = None,
    network: "NetworkAccess | None" = None,
    limits: "Limits | None" = None,
) -> "Report":
    """Check the plugin at `source`: the http or https address of a plugin or of a contract, the
    folder of a plugin or of a package, or the file of a contract or of a manifest.

    Folders and files are judged without the network, as if served at `origin`. At an address,
    `probe` calls the GET operations that need no more than `parameters`, with `token` if given;
    `mcp` is the MCP endpoint, /mcp at the same origin unless said otherwise. `progress` is called
    with a line about each request. `limits` caps time and size, `network` replaces the machine's
    own. Without `hosts` it is for all. Raises nothing that the source could cause: what cannot be
    looked at is in the report. Raises ValueError for hosts that there are not.
    """
    from .report import HOSTS

    hosts = HOSTS if hosts is None else hosts
    if isinstance(hosts, str) or not hosts or not set(hosts) <= set(HOSTS):
        # A check for nobody would find nothing, and a caller's test would pass.
        raise ValueError(f"hosts names at least one of {', '.join(HOSTS)}, in a list")
    wanted = tuple(host for host in HOSTS if host in hosts)
    if "://" not in str(source):
        from .offline import check_path

        return check_path(Path(source), wanted, origin)
    from .installer import CheckOptions
    from .online import check_address

    wishes = CheckOptions(wanted, probe, parameters or {}, token, mcp)
    return check_address(str(source), wishes, progress, network, limits)
