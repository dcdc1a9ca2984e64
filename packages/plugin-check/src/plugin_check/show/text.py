"""A report as text for a terminal: facts, then errors, warnings and notes, then the verdicts."""

import textwrap
from collections.abc import Callable, Iterator
from functools import partial

import click

from ..report import HOST_NAMES, Level, Report, RuleFinding, State
from ..rule import SOURCES
from .order import by_level
from .printable import printable, reasons, where

# Narrower than this, a terminal may wrap the lines by itself.
NARROWEST = 40

# The width where there is no terminal to ask.
WIDTH = 100

LEVEL_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}
STATE_COLOURS: dict[State, str] = {
    "accepted": "green",
    "refused": "red",
    "unreachable": "yellow",
    "incomplete": "yellow",
    "unknown": "yellow",
    "absent": "cyan",
}

Style = Callable[..., str]


def render(report: Report, colour: bool, width: int = WIDTH) -> str:
    """The report in lines of at most `width` characters, addresses and names unbroken.

    With `colour` there are ANSI escapes in it, but never one that came with a document.
    """
    style: Style = click.style if colour else _plain
    wrap = partial(_wrapped, width=max(width, NARROWEST))
    ordered = by_level(report.findings)
    skipped = [f"not probed: {printable(sentence)}" for sentence in report.skipped]
    unseen = [f"not looked at: {printable(sentence)}" for sentence in report.unseen]
    blocks = [
        list(_facts(report, wrap)),
        *(list(_finding(finding, wrap, style)) for finding in ordered),
        list(_sources(ordered, wrap)),
        [line for sentence in (*skipped, *unseen) for line in wrap(sentence, "", "  ")],
        verdicts(report, style),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def verdicts(report: Report, style: Style | None = None) -> list[str]:
    """One line a host."""
    style = style or _plain
    width = max((len(HOST_NAMES[host]) for host in report.hosts), default=0)
    return [
        f"{HOST_NAMES[host]:{width}}  "
        + style(printable(verdict.sentence), fg=STATE_COLOURS[verdict.state], bold=True)
        for host, verdict in report.verdicts.items()
    ]


Wrap = Callable[[str, str, str], list[str]]


def _facts(report: Report, wrap: Wrap) -> Iterator[str]:
    facts = report.facts
    rows = {
        "checked": report.source,
        "root domain": _with_reason(facts.root_domain, facts.root_domain_reason),
        "server URL": _with_reason(facts.base_url, facts.base_url_reason),
        "manifest": facts.manifest,
        "contract": facts.contract,
        "MCP endpoint": facts.mcp_endpoint,
    }
    for name, value in rows.items():
        if value:
            yield from wrap(printable(value), f"{name:14}", " " * 14)


def _with_reason(value: str | None, reason: str | None) -> str | None:
    return f"{value} ({reason})" if value and reason else value


def _finding(finding: RuleFinding, wrap: Wrap, style: Style) -> Iterator[str]:
    place = f"  {where(finding.place)}" if finding.place else ""
    first, *others = [
        (style(level.value, fg=LEVEL_COLOURS[level], bold=True), f"({', '.join(hosts)})")
        for level, hosts in finding.by_level()
    ]
    rule = style(finding.rule, bold=True)
    milder = "".join(f", {level} {hosts}" for level, hosts in others)
    yield f"{first[0]} {rule} {first[1]}{milder}{place}"
    yield from wrap(printable(finding.message), "  ", "  ")
    for reason in reasons(finding):
        yield from wrap(reason, "  ", "    ")
    yield from wrap(f"instead: {printable(finding.repair)}", "  ", "    ")
    if finding.sources:
        yield from wrap(f"sources: {printable(', '.join(finding.sources))}", "  ", "    ")


def _sources(findings: list[RuleFinding], wrap: Wrap) -> Iterator[str]:
    """The pages behind the short names, of the findings' sources."""
    sources = dict.fromkeys(source for finding in findings for source in finding.sources)
    named = [source for source in sources if source in SOURCES]
    if named:
        width = max(map(len, named)) + 4
        yield "sources"
        for source in named:
            yield from wrap(SOURCES[source], f"{f'  {source}':{width}}", " " * width)


def _wrapped(text: str, first: str, rest: str, *, width: int) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _plain(text: str, **_: object) -> str:
    return text
