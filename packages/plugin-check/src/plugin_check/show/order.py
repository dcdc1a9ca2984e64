"""The order in which findings are shown."""

from collections.abc import Iterable

from ..report import Level, RuleFinding

LEVELS = list(Level)


def by_level(findings: Iterable[RuleFinding]) -> list[RuleFinding]:
    """Errors, then warnings, then notes; each as they came."""
    return sorted(findings, key=lambda finding: LEVELS.index(finding.level))
