"""A report as JSON, in the shape that schemas/report.json says."""

import dataclasses
import json
from typing import Any

from ..report import Place, Report, RuleFinding
from ..rule import SOURCES
from .order import by_level
from .printable import cut, printable

VERSION = 2


def to_json(report: Report) -> str:
    """The report, ASCII only. Names are exact, but for lone surrogates and what is cut."""
    document = {
        "version": VERSION,
        "source": _exact(report.source),
        "hosts": list(report.hosts),
        "verdicts": {
            host: {"state": verdict.state, "sentence": printable(verdict.sentence)}
            for host, verdict in report.verdicts.items()
        },
        "facts": {
            name: None if value is None else _exact(value)
            for name, value in dataclasses.asdict(report.facts).items()
        },
        "findings": [_finding(finding) for finding in by_level(report.findings)],
        "skipped": [printable(sentence) for sentence in report.skipped],
        "unseen": [printable(sentence) for sentence in report.unseen],
        "exit_code": report.exit_code,
    }
    # GitHub's runner obeys `##[` wherever it stands in a line.
    return json.dumps(document, indent=2).replace("##[", "#\\u0023[") + "\n"


def _finding(finding: RuleFinding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "level": finding.level.value,
        "judgements": [
            {"host": host, "level": judgement.level.value, "reason": judgement.reason}
            for host, judgement in finding.judgements.items()
        ],
        "message": printable(finding.message),
        "repair": printable(finding.repair),
        "place": _place(finding.place) if finding.place else None,
        "sources": [SOURCES.get(source, source) for source in finding.sources],
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "document": _exact(place.document),
        "pointer": None if place.pointer is None else _exact(place.pointer),
        "line": place.line,
        "column": place.column,
    }


def _exact(text: str) -> str:
    # A strict reader of JSON refuses a surrogate that has no partner.
    return cut(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
