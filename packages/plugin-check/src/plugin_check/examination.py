"""Every rule that applies is asked once."""

from collections.abc import Collection

from .plugin import PluginSnapshot, SourceDocument
from .report import Host, Level, RuleFinding, Violation
from .rule import Rule
from .rules import RULES

# A document that breaks a rule in ten places breaks it in the eleventh for the same reason; the
# worst are kept.
FINDINGS_A_RULE = 10

ORDER = list(Level)


def examine(plugin: PluginSnapshot, hosts: Collection[Host]) -> tuple[RuleFinding, ...]:
    """The findings for those hosts, errors first, at most FINDINGS_A_RULE of each rule."""
    found = [
        finding
        for rule in RULES.values()
        if set(rule.hosts) & set(hosts) and _gathered(plugin, rule)
        for finding in _findings(plugin, rule, hosts)
    ]
    return tuple(sorted(found, key=lambda finding: ORDER.index(finding.level)))


def _findings(plugin: PluginSnapshot, rule: Rule, hosts: Collection[Host]) -> list[RuleFinding]:
    concerned = tuple(host for host in rule.hosts if host in hosts)
    evaluated = [(violation.level or rule.level, violation) for violation in rule.evaluate(plugin)]
    worst = sorted(evaluated, key=lambda pair: ORDER.index(pair[0]))
    if len(worst) > FINDINGS_A_RULE:
        level, violation = worst[FINDINGS_A_RULE - 1]
        more = f"{len(worst) - FINDINGS_A_RULE + 1} more like the ones before."
        worst[FINDINGS_A_RULE - 1 :] = [(level, Violation(more, violation.repair))]
    return [
        RuleFinding(
            rule.id,
            level,
            concerned,
            violation.message,
            violation.repair,
            violation.place,
            rule.sources,
        )
        for level, violation in worst
    ]


def _gathered(plugin: PluginSnapshot, rule: Rule) -> bool:
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
            return bool(plugin.fetches)


def _readable(document: SourceDocument | None) -> bool:
    return document is not None and document.unreadable is None
