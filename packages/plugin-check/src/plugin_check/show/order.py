"""The order in which findings are told."""

from collections.abc import Iterable

from ..report import Finding, Level

LEVELS = list(Level)


def by_level(findings: Iterable[Finding]) -> list[Finding]:
    """Errors, then warnings, then notes; each as they came."""
    return sorted(findings, key=lambda finding: LEVELS.index(finding.level))
