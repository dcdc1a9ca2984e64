"""Checks a folder, without the network."""

from pathlib import Path

from .folder import read_folder
from .gathered import Gathered, report_on, server_facts
from .report import Host, Report


def check_folder(folder: Path, hosts: tuple[Host, ...], origin: str | None) -> Report:
    """The report on a folder; see plugin_check.check."""
    try:
        plugin = read_folder(folder, origin)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        if error.filename and error.filename != str(folder):
            reason = f"{error.filename} {reason}"
        if isinstance(error, NotADirectoryError):
            reason += "; give the folder that the file is in"
        if isinstance(error, FileNotFoundError):
            reason += "; an address begins with http:// or https://"
        return Report(str(folder), hosts, unseen=(reason,))
    return report_on(str(folder), hosts, Gathered(plugin, server_facts(plugin)))
