"""A report as annotations on a pull request: the workflow commands of GitHub Actions."""

import os
from pathlib import Path

from ..report import Level, Place, Report, RuleFinding
from .order import by_level
from .printable import printable, reasons, where
from .text import verdicts

UNJUDGED = 2
COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def annotations(report: Report, root: Path) -> str:
    """A command for each finding and for what was not looked at, then the verdicts as plain lines.

    A place in a file under `root`, the checkout that the workflow runs in, is marked there.
    """
    ordered = by_level(report.findings)
    lines = [_annotation(finding, report.source, root) for finding in ordered]
    level = COMMANDS[Level.ERROR if report.exit_code == UNJUDGED else Level.WARNING]
    lines += [
        _command(level, {"title": "not looked at"}, [printable(each)]) for each in report.unseen
    ]
    return "\n".join([*lines, *verdicts(report)]) + "\n"


def _annotation(finding: RuleFinding, source: str, root: Path) -> str:
    place = finding.place
    file = _file(source, place, root) if place else None
    properties: dict[str, str | int | None] = {"title": finding.rule}
    if place and file:
        properties = {"file": file, "line": place.line, "col": place.column, **properties}
    repair = f"instead: {printable(finding.repair)}"
    message = [printable(finding.message), *reasons(finding), repair]
    if place and (file is None or place.line is None):
        message.append(f"at: {where(place)}")
    return _command(COMMANDS[finding.level], properties, message)


def _file(source: str, place: Place, root: Path) -> str | None:
    if "://" in source or "://" in place.document:
        return None
    folder = root / source
    try:
        folder = folder.parent if folder.is_file() else folder
        inside = Path(os.path.normpath(folder / place.document)).relative_to(root)
    except (OSError, ValueError):
        return None
    return printable(inside.as_posix())


def _command(name: str, properties: dict[str, str | int | None], message: list[str]) -> str:
    given = ",".join(
        f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None
    )
    data = _data("\n".join(message))
    return f"::{name} {given}::{data}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
