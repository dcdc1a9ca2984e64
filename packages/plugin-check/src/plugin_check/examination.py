"""Every rule that applies is asked once."""

from collections.abc import Collection

from .plugin import Document, Plugin
from .report import Finding, Host, Level, Problem
from .rule import Rule
from .rules import RULES

# A document that breaks a rule in ten places breaks it in the eleventh for the same reason; the
# worst are kept.
FINDINGS_A_RULE = 10

ORDER = list(Level)


def examine(plugin: Plugin, hosts: Collection[Host]) -> tuple[Finding, ...]:
    """The findings for those hosts, errors first, at most FINDINGS_A_RULE of each rule."""
    found = [
        finding
        for rule in RULES.values()
        if set(rule.hosts) & set(hosts) and _gathered(plugin, rule)
        for finding in _findings(plugin, rule, hosts)
    ]
    return tuple(sorted(found, key=lambda finding: ORDER.index(finding.level)))


def _findings(plugin: Plugin, rule: Rule, hosts: Collection[Host]) -> list[Finding]:
    concerned = tuple(host for host in rule.hosts if host in hosts)
    judged = [(problem.level or rule.level, problem) for problem in rule.judge(plugin)]
    worst = sorted(judged, key=lambda pair: ORDER.index(pair[0]))
    if len(worst) > FINDINGS_A_RULE:
        level, problem = worst[FINDINGS_A_RULE - 1]
        more = f"{len(worst) - FINDINGS_A_RULE + 1} more like the ones before."
        worst[FINDINGS_A_RULE - 1 :] = [(level, Problem(more, problem.repair))]
    return [
        Finding(
            rule.id,
            level,
            concerned,
            problem.message,
            problem.repair,
            problem.place,
            rule.sources,
        )
        for level, problem in worst
    ]


def _gathered(plugin: Plugin, rule: Rule) -> bool:
    match rule.subject:
        case "plugin":
            return True
        case "manifest":
            return _readable(plugin.manifest)
        case "contract":
            return _readable(plugin.contract)
        case "both":
            return _readable(plugin.manifest) and _readable(plugin.contract)
        case "folder":
            return bool(plugin.texts)
        case "package":
            return bool(plugin.package)
        case "submission":
            return _readable(plugin.submission)
        case "tools":
            return _readable(plugin.tools)
        case "live":
            return bool(plugin.exchanges)


def _readable(document: Document | None) -> bool:
    return document is not None and document.unreadable is None
