"""A snapshot of a plugin, from a folder or over the network: what the rules look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .report import Place, Violation

# Where a server that fills in its own origin leaves the gap.
HOSTNAME = "PLUGIN_HOSTNAME"

# In the failure of a fetch for which there was no time left.
WHOLE_CHECK = "for the whole check"


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


@dataclass(frozen=True)
class Hop:
    """A redirect that was answered; `refused` says why it was not followed, None when it was."""

    source: str
    target: str
    refused: str | None = None


@dataclass(frozen=True)
class Tls:
    """What a TLS handshake showed. `version` is as OpenSSL names it: `TLSv1.2`, `TLSv1.3`.

    `failure` is why the certificate is not trusted, None when it is.
    """

    version: str | None
    failure: str | None = None


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
FailureKind = Literal["address", "unresolved", "connection", "tls", "timeout", "size", "protocol"]


@dataclass(frozen=True)
class Fetch:
    """A request that was made, and its answer or why there is none.

    `subject` is what is asked about: the origin of a preflight, the operationId of a probe.
    Header names are lower case; a repeated header's values are joined by ", ". `seconds` counts
    from the first byte sent to the last byte read, redirects included.
    """

    purpose: Purpose
    method: str
    url: str
    subject: str = ""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    hops: tuple[Hop, ...] = ()
    tls: Tls | None = None
    failure_kind: FailureKind | None = None
    failure: str | None = None

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def out_of_time(self) -> bool:
        """Whether the check itself had no time left, which says nothing about the server."""
        return self.failure_kind == "timeout" and WHOLE_CHECK in (self.failure or "")

    @property
    def succeeded(self) -> bool:
        """Whether it was answered with a 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def place(self) -> Place:
        return Place(self.url)


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
