"""A snapshot of a plugin, from a folder or over the network: what the rules look at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from guarded_fetch import Fetch
from guarded_fetch.words import shown

from .approved import Share
from .report import Level, Place, Violation

# Where a server that fills in its own origin leaves the gap.
HOSTNAME = "PLUGIN_HOSTNAME"


@dataclass(frozen=True)
class Unreadable:
    """Why a document has no value. Line and column count from 1.

    `by_limit` is whether it is too large for this check, which says nothing about the hosts.
    """

    message: str
    repair: str
    line: int | None = None
    column: int | None = None
    by_limit: bool = False


class RepeatedKey(NamedTuple):
    """A key that an object has already, at line and column. Its last value is the one that counts,
    as it does for most readers.
    """

    key: str
    line: int
    column: int
    first_line: int


@dataclass(frozen=True)
class SourceDocument:
    """A JSON or YAML document. `name` is what people call it: a file name, or an address.

    `value` is what it says, None when `unreadable` says why it cannot be read. `positions` knows
    line and column of a JSON pointer, for as many as are known. `repeated` are the first keys that
    are there twice.
    """

    name: str
    value: Any = None
    unreadable: Unreadable | None = None
    positions: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    repeated: tuple[RepeatedKey, ...] = ()

    def place(self, pointer: str = "") -> Place:
        """The place that a pointer names, with the line of the nearest known parent."""
        known = pointer
        while known and known not in self.positions:
            known = known.rpartition("/")[0]
        line, column = self.positions.get(known, (None, None))
        return Place(self.name, pointer, line, column)

    def violation(
        self,
        pointer: str,
        message: str,
        repair: str,
        level: Level | None = None,
        share: Share | None = None,
    ) -> Violation:
        """A violation with the value at a pointer."""
        return Violation(message, repair, self.place(pointer), level, share)

    def repetitions(self, level: Level | None = None) -> Iterator[Violation]:
        """A violation for each of the repeated keys."""
        for each in self.repeated:
            yield Violation(
                f"The key {shown(each.key)} is there twice; the first is on line "
                f"{each.first_line}.",
                "Keep one of the two: which one counts differs from reader to reader.",
                Place(self.name, None, each.line, each.column),
                level,
            )

    @property
    def top(self) -> Mapping[str, Any]:
        """The value when it is an object, else an empty one."""
        return self.value if isinstance(self.value, dict) else {}

    def text(self, *keys: str) -> str | None:
        """The string under those keys, or None when there is none."""
        value: Any = self.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value if isinstance(value, str) else None


Purpose = Literal[
    "manifest",
    "contract",
    "logo",
    "legal",
    "preflight",
    "authorization",
    "challenge",
    "tools",
    "slash",
    "metadata",
    "probe",
    "probe without a credential",
    "probe with a wrong credential",
    "probe with the verification token",
]


def place_of(fetch: Fetch) -> Place:
    """Where people look for what was fetched."""
    return Place(fetch.url)


@dataclass(frozen=True)
class PluginSnapshot:
    """Everything that was gathered about a plugin.

    `origin` is where it is served (`https://todo.example.org`, no path), or, from a folder, where
    it is said to be served, "" where nothing says so; `origin_reason` is why it is taken for that.
    `filled_in` is true from a folder, where HOSTNAME is to be left for the server to fill in.
    `token` is the credential that the user gave for probing. `texts` are a folder's own small text
    files by name. `package` are a folder's package files, `passed_over` those by the same names
    that are another program's, and `submission` its submission file. `tools` are what an MCP
    endpoint lists.
    """

    origin: str
    origin_reason: str | None = None
    filled_in: bool = False
    manifest: SourceDocument | None = None
    contract: SourceDocument | None = None
    logo: bytes | None = None
    fetches: tuple[Fetch, ...] = ()
    token: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    package: Mapping[str, SourceDocument] = field(default_factory=dict)
    passed_over: tuple[SourceDocument, ...] = ()
    images: Mapping[str, bytes] = field(default_factory=dict)
    submission: SourceDocument | None = None
    tools: SourceDocument | None = None

    def seen(self, purpose: Purpose) -> tuple[Fetch, ...]:
        """The fetches of one purpose."""
        return tuple(each for each in self.fetches if each.purpose == purpose)
