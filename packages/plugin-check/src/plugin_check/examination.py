"""Every rule that applies is asked once."""

from collections.abc import Mapping
from dataclasses import replace

from .approved import CATALOGUE
from .plugin import PluginSnapshot, SourceDocument
from .report import Coverage, Host, Judgement, Level, RuleFinding, Violation
from .rule import Rule
from .rules import RULES

# A document that breaks a rule in ten places breaks it in the eleventh for the same reason; the
# worst are kept.
FINDINGS_A_RULE = 10

ORDER = list(Level)

# The host whose accepted plugins were counted.
STORE_OF: Host = "plugin"


def examine(plugin: PluginSnapshot, coverage: Mapping[Host, Coverage]) -> tuple[RuleFinding, ...]:
    """The findings for the hosts of `coverage`, errors first, at most FINDINGS_A_RULE of each rule.

    A host of which nothing was looked at is asked only for why there is nothing.
    """
    found = [
        finding
        for rule in RULES.values()
        if (hosts := _concerned(rule, coverage)) and _gathered(plugin, rule)
        for finding in _findings(plugin, rule, hosts)
    ]
    return tuple(sorted(found, key=_badness))


def _concerned(rule: Rule, coverage: Mapping[Host, Coverage]) -> list[Host]:
    says_why = rule.hosts == ("mcp",) and rule.subject in ("live", "package")
    return [
        host
        for host in rule.hosts
        if host in coverage and (says_why or coverage[host] in ("whole", "part"))
    ]


def _findings(plugin: PluginSnapshot, rule: Rule, hosts: list[Host]) -> list[RuleFinding]:
    found = [
        RuleFinding(
            rule.id,
            {host: _judgement(rule, host, violation) for host in hosts},
            violation.message,
            violation.repair,
            violation.place,
            rule.sources,
        )
        for violation in rule.evaluate(plugin)
    ]
    worst = sorted(found, key=_badness)
    if len(worst) > FINDINGS_A_RULE:
        last = worst[FINDINGS_A_RULE - 1]
        more = f"{len(worst) - FINDINGS_A_RULE + 1} more like the ones before."
        worst[FINDINGS_A_RULE - 1 :] = [replace(last, message=more, place=None)]
    return worst


def _judgement(rule: Rule, host: Host, violation: Violation) -> Judgement:
    level, share = violation.level or rule.levels[host][0], violation.share
    if share and share.of == CATALOGUE:
        return Judgement(level, f"refused when it is submitted, though {share} do otherwise")
    if share and host == STORE_OF and level is not Level.ERROR:
        return Judgement(level, f"written, but {share} did otherwise")
    return Judgement(level, "" if violation.level else rule.reasons.get(host, ""))


def _badness(finding: RuleFinding) -> int:
    return ORDER.index(finding.level)


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
            return bool(plugin.package or plugin.passed_over)
        case "submission":
            return _readable(plugin.submission)
        case "tools":
            return _readable(plugin.tools)
        case "live":
            return bool(plugin.fetches)


def _readable(document: SourceDocument | None) -> bool:
    return document is not None and document.unreadable is None
