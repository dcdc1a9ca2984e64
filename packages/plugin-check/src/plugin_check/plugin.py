"""A snapshot of a plugin, from a folder or over the network: what the rules look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from guarded_fetch import Fetch

from .report import Place, Violation

# Where a server that fills in its own origin leaves the gap.
HOSTNAME = "PLUGIN_HOSTNAME"


@dataclass(frozen=True)
class Unreadable:
    """Why a document has no value. Line and column count from 1."""

    message: str
    repair: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class SourceDocument:
    """A JSON or YAML document. `name` is what people call it: a file name, or an address.

    `value` is what it says, None when `unreadable` says why it cannot be read. `positions` knows
    line and column of a JSON pointer, for as many as are known.
    """

    name: str
    value: Any = None
    unreadable: Unreadable | None = None
    positions: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def place(self, pointer: str = "") -> Place:
        """The place that a pointer names, with the line of the nearest known parent."""
        known = pointer
        while known and known not in self.positions:
            known = known.rpartition("/")[0]
        line, column = self.positions.get(known, (None, None))
        return Place(self.name, pointer, line, column)

    def violation(self, pointer: str, message: str, repair: str) -> Violation:
        """A violation with the value at a pointer."""
        return Violation(message, repair, self.place(pointer))

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
    it is said to be served. `filled_in` is true from a folder, where HOSTNAME is to be left for
    the server to fill in. `token` is the credential that the user gave for probing.
    `texts` are a folder's own small text files by name. `package` are a folder's package files
    and `submission` its submission file. `tools` are what an MCP endpoint lists.
    """

    origin: str
    filled_in: bool = False
    manifest: SourceDocument | None = None
    contract: SourceDocument | None = None
    logo: bytes | None = None
    fetches: tuple[Fetch, ...] = ()
    token: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    package: Mapping[str, SourceDocument] = field(default_factory=dict)
    images: Mapping[str, bytes] = field(default_factory=dict)
    submission: SourceDocument | None = None
    tools: SourceDocument | None = None

    def seen(self, purpose: Purpose) -> tuple[Fetch, ...]:
        """The fetches of one purpose."""
        return tuple(each for each in self.fetches if each.purpose == purpose)
