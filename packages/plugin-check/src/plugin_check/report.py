"""What a check found: findings, and one verdict a host."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple, get_args

from .approved import Share

Host = Literal["plugin", "actions", "mcp"]
HOSTS: tuple[Host, ...] = get_args(Host)

HOST_NAMES: Mapping[Host, str] = {
    "plugin": "ChatGPT's plugin installer of 2023",
    "actions": "GPT Actions",
    "mcp": "OpenAI plugins over MCP",
}


class Level(StrEnum):
    """How bad it is: the host refuses it, the host advises against it, or it is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Place:
    """Where: a document's file name or address, and in it a JSON pointer, a line and a column.

    Lines and columns count from 1. The pointer "" is the whole document, None is no value in it.
    """

    document: str
    pointer: str | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Violation:
    """What a rule says: what is wrong, what to write instead, and where.

    `level` is only given where it differs from the rule's own, and is then that of every host.
    `share` is how many accepted plugins do the same, where that is known.
    """

    message: str
    repair: str
    place: Place | None = None
    level: Level | None = None
    share: Share | None = None


class Judgement(NamedTuple):
    """How a host takes a violation. `reason` is why, where the rule's sources do not say it."""

    level: Level
    reason: str = ""


@dataclass(frozen=True)
class RuleFinding:
    """A violation, with what the rule says of itself.

    `judgements` are those of the hosts that were asked about; one of them at least.
    """

    rule: str
    judgements: Mapping[Host, Judgement]
    message: str
    repair: str
    place: Place | None
    sources: tuple[str, ...]

    @property
    def hosts(self) -> tuple[Host, ...]:
        """The hosts that it matters to."""
        return tuple(self.judgements)

    @property
    def level(self) -> Level:
        """How bad it is for the host that takes it worst."""
        return min((each.level for each in self.judgements.values()), key=list(Level).index)

    def by_level(self) -> Iterator[tuple[Level, tuple[Host, ...]]]:
        """The hosts that take it alike, the worst first."""
        for level in Level:
            if alike := tuple(
                host for host, each in self.judgements.items() if each.level is level
            ):
                yield level, alike


@dataclass(frozen=True)
class Facts:
    """What the installer would have worked out; None where it did not come so far."""

    root_domain: str | None = None
    root_domain_reason: str | None = None
    manifest: str | None = None
    contract: str | None = None
    base_url: str | None = None
    base_url_reason: str | None = None
    mcp_endpoint: str | None = None


State = Literal["accepted", "refused", "unreachable", "incomplete", "unknown", "absent"]

# How much of what a host reads was looked at; "cut short" where there was no time for the rest,
# "absent" where there is nothing to look at.
Coverage = Literal["whole", "part", "cut short", "none", "absent"]

# The states of a host that could be given a verdict.
JUDGED: tuple[State, ...] = ("accepted", "refused", "unreachable", "incomplete")


@dataclass(frozen=True)
class Verdict:
    """What a host would say.

    `unreachable` is a plugin on this machine, which no host outside can call; `incomplete` is one
    that was looked at in part, `unknown` one that could not be looked at; `absent` is one that has
    nothing for this host.
    """

    state: State
    sentence: str


@dataclass(frozen=True)
class Report:
    """The result of a check.

    `unseen` says what was not looked at, and why; `skipped` what a probe left out, for want of a
    parameter; `coverage` is "whole" for hosts that it does not name; `unreachable` are the hosts
    that cannot call where the plugin is.
    """

    source: str
    hosts: tuple[Host, ...]
    findings: tuple[RuleFinding, ...] = ()
    facts: Facts = field(default_factory=Facts)
    unseen: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    coverage: Mapping[Host, Coverage] = field(default_factory=dict)
    unreachable: tuple[Host, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 clean (warnings and notes may be there), 1 errors, 2 nothing could be judged."""
        if self.errors:
            return 1
        judged = any(verdict.state in JUDGED for verdict in self.verdicts.values())
        return 0 if judged else 2

    @property
    def errors(self) -> tuple[RuleFinding, ...]:
        """The findings for which a host would refuse the plugin."""
        return tuple(finding for finding in self.findings if finding.level is Level.ERROR)

    def of(self, host: Host, level: Level) -> tuple[RuleFinding, ...]:
        """The findings of one level that matter to one host."""
        return tuple(
            finding
            for finding in self.findings
            if host in finding.judgements and finding.judgements[host].level is level
        )

    @property
    def verdicts(self) -> dict[Host, Verdict]:
        """One sentence a host."""
        return {host: self._verdict(host) for host in self.hosts}

    def _verdict(self, host: Host) -> Verdict:
        errors, warnings = len(self.of(host, Level.ERROR)), len(self.of(host, Level.WARNING))
        advice = f", {_count(warnings, 'warning')}" if warnings else ""
        if errors:
            return Verdict("refused", f"would refuse it: {_count(errors, 'error')}{advice}")
        match self.coverage.get(host, "whole"):
            case "absent":
                return Verdict("absent", "nothing here for this host")
            case "none":
                return Verdict("unknown", "not looked at")
            case "cut short":
                return Verdict("unknown", f"not everything could be looked at{advice}")
            case "part":
                return Verdict("incomplete", f"would accept what was looked at{advice}")
        if host in self.unreachable:
            return Verdict(
                "unreachable",
                f"cannot reach localhost; nothing else is in the way{advice}",
            )
        return Verdict("accepted", f"would accept it{advice}")


def unseen(source: str, hosts: tuple[Host, ...], why: str) -> Report:
    """The report on a source that could not be looked at."""
    return Report(source, hosts, unseen=(why,), coverage=dict.fromkeys(hosts, "none"))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
