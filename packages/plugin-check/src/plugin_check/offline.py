"""Checks a folder or a file, without the network."""

from pathlib import Path

from .folder import read_source
from .gathered import Gathered, report_on, server_facts
from .report import Host, Report, unseen


def check_path(path: Path, hosts: tuple[Host, ...], origin: str | None) -> Report:
    """The report on a folder or a file; see plugin_check.check."""
    try:
        plugin = read_source(path, origin)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        if error.filename and error.filename != str(path):
            reason = f"{error.filename} {reason}"
        if isinstance(error, FileNotFoundError):
            reason += "; an address begins with http:// or https://"
        return unseen(str(path), hosts, reason)
    return report_on(str(path), hosts, Gathered(plugin, server_facts(plugin)))
