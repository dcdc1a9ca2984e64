"""Checks the server's own documents in a process beside the one that starts.

The rules take as long to import as a third of the server; beside it they cost no time.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple


class Remark(NamedTuple):
    """What a finding says, in a line, and whether the server may start with it."""

    line: str
    refuses: bool


class Beside:
    """The running check of a folder. `remarks` waits for its end."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module and folder
            [sys.executable, "-m", "plugin_check", str(folder)],
            stdout=subprocess.PIPE,
        )

    def remarks(self) -> list[Remark]:
        """Errors first. What the check could not look at refuses too."""
        output, _ = self._process.communicate()
        try:
            report = json.loads(output)
        except ValueError:
            code = self._process.returncode
            return [Remark(f"the documents could not be checked: exit code {code}", False)]
        remarks = [
            Remark(_line(finding), finding["level"] == "error")
            for finding in report["findings"]
            if finding["level"] != "note"
        ]
        return remarks + [Remark(f"not seen: {sentence}", True) for sentence in report["unseen"]]

    def __enter__(self) -> "Beside":
        return self

    def __exit__(self, *_: object) -> None:
        """End it, if the server does not get as far as waiting for it."""
        self._process.kill()
        with self._process:
            pass


def _line(finding: dict[str, Any]) -> str:
    place = finding["place"] or {}
    where = [place.get("document"), place.get("line"), place.get("column")]
    if place.get("line") is None and place.get("pointer"):
        where = [f"{place['document']} {place['pointer']}"]
    named = ":".join(str(part) for part in where if part is not None)
    return f"{named}: {finding['message']} {finding['repair']} ({finding['rule']})"
