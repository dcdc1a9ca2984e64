"""What a check found: findings, and one verdict a host."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, get_args

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

    `level` is only given where it differs from the rule's own.
    """

    message: str
    repair: str
    place: Place | None = None
    level: Level | None = None


@dataclass(frozen=True)
class RuleFinding:
    """A violation, with what the rule says of itself. `hosts` are those that were asked about."""

    rule: str
    level: Level
    hosts: tuple[Host, ...]
    message: str
    repair: str
    place: Place | None
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What the installer would have worked out; None where it did not come so far."""

    root_domain: str | None = None
    manifest: str | None = None
    contract: str | None = None
    base_url: str | None = None
    base_url_reason: str | None = None
    mcp_endpoint: str | None = None


State = Literal["accepted", "refused", "unreachable", "unknown"]


@dataclass(frozen=True)
class Verdict:
    """What a host would say.

    `unreachable` is a plugin on this machine, which no host outside can call; `unknown` is one
    that could not be looked at.
    """

    state: State
    sentence: str


@dataclass(frozen=True)
class Report:
    """The result of a check.

    `unseen` says what could not be looked at, and why; `skipped` what a probe left out, for want
    of a parameter; `unreachable` are the hosts that cannot call where the plugin is.
    """

    source: str
    hosts: tuple[Host, ...]
    findings: tuple[RuleFinding, ...] = ()
    facts: Facts = field(default_factory=Facts)
    unseen: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    unreachable: tuple[Host, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 clean (warnings and notes may be there), 1 errors, 2 could not look."""
        return 1 if self.errors else 2 if self.unseen else 0

    @property
    def errors(self) -> tuple[RuleFinding, ...]:
        """The findings for which a host would refuse the plugin."""
        return tuple(finding for finding in self.findings if finding.level is Level.ERROR)

    def of(self, host: Host, level: Level) -> tuple[RuleFinding, ...]:
        """The findings of one level that matter to one host."""
        return tuple(
            finding for finding in self.findings if host in finding.hosts and finding.level is level
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
        if self.unseen:
            return Verdict("unknown", f"not everything could be looked at{advice}")
        if host in self.unreachable:
            return Verdict(
                "unreachable",
                f"cannot reach localhost; nothing else is in the way{advice}",
            )
        return Verdict("accepted", f"would accept it{advice}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
