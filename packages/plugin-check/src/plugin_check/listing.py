"""What a package says of the plugin, whichever of its two forms it has."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from guarded_fetch.words import shown

from .approved import Share
from .contract import Part, escape
from .packages import NATIVE, NATIVE_SERVERS, OPENAI, PORTABLE, PORTABLE_SERVERS, openai_settings
from .plugin import PluginSnapshot, SourceDocument
from .report import Place, Violation


@dataclass(frozen=True)
class PackageFormat:
    """One form of a package. `interface` is what the directory shows of it.

    `openai` are the settings under extensions; `servers` is the file of its MCP servers.
    """

    manifest: SourceDocument
    servers: SourceDocument | None
    portable: bool
    interface: Part
    openai: Part

    @property
    def transport(self) -> str:
        """The type that its MCP servers have to have."""
        return "streamable-http" if self.portable else "http"

    def addresses(self) -> Iterator[tuple[str, str]]:
        """The MCP servers that have an address: pointer and URL."""
        for pointer, server in servers_of(self.servers):
            if isinstance(url := server.get("url"), str):
                yield f"{pointer}/url", url

    def entries(self, name: str) -> Iterator[tuple[str, Any]]:
        """The entries of a list of the interface by `place`; a text alone is a list of one."""
        value = self.interface.value.get(name)
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, list):
            for index, each in enumerate(value):
                yield f"{name}/{index}", each

    def place(self, key: str) -> Place:
        """Where a value of the interface is: `category`, or `defaultPrompt/0`."""
        return self.manifest.place(f"{self.interface.pointer}/{key}")

    def violation(
        self, key: str, message: str, repair: str, share: Share | None = None
    ) -> Violation:
        """A violation with a value of the interface."""
        return Violation(message, repair, self.place(key), share=share)


def listings(plugin: PluginSnapshot) -> Iterator[PackageFormat]:
    """The readable forms of the plugin's package."""
    for name, servers in ((PORTABLE, PORTABLE_SERVERS), (NATIVE, NATIVE_SERVERS)):
        manifest = plugin.package.get(name)
        if manifest is None or not isinstance(manifest.value, dict):
            continue
        portable = name == PORTABLE
        settings = Part(f"/extensions/{OPENAI}", openai_settings(manifest))
        holder = settings if portable else Part("", manifest.top)
        interface = holder.value.get("interface")
        yield PackageFormat(
            manifest,
            plugin.package.get(servers),
            portable,
            Part(f"{holder.pointer}/interface", interface if isinstance(interface, dict) else {}),
            settings,
        )


def shown_in_directory(plugin: PluginSnapshot) -> Iterator[PackageFormat]:
    """The forms that are to hold what the directory shows.

    A portable package without OpenAI's settings leaves that to the native one beside it.
    """
    for listing in listings(plugin):
        if not (listing.portable and NATIVE in plugin.package and not listing.openai.value):
            yield listing


def servers_of(servers: SourceDocument | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The MCP servers of a file that are objects, each with its pointer."""
    listed = servers.top.get("mcpServers") if servers else None
    if isinstance(listed, dict):
        for name, server in listed.items():
            if isinstance(server, dict):
                yield f"/mcpServers/{escape(name)}", server


def unreadable(document: SourceDocument) -> Violation:
    """The violation that a document cannot be read, where it is known with line and column."""
    fault = document.unreadable
    if fault is None:
        return document.violation("", f"{document.name} cannot be read.", "Write valid JSON.")
    violation = document.violation("", f"{document.name}: {fault.message}", fault.repair)
    return replace(violation, place=Place(document.name, None, fault.line, fault.column))


def text_fault(value: object, limit: int, *, lines: bool = False) -> str | None:
    """What is wrong with a text that has to be there: `is missing`, `has 40 characters`, …"""
    if value is None:
        return "is missing"
    if not isinstance(value, str):
        return f"is {shown(value)}, not a text"
    if not value.strip():
        return "is empty"
    if len(value) > limit:
        return f"has {len(value)} characters, more than {limit}"
    if "\n" in value and not lines:
        return "has more than one line"
    return None


def address_fault(value: object, limit: int) -> str | None:
    """What is wrong with an https URL that has to be there."""
    fault = text_fault(value, limit)
    if fault or not isinstance(value, str):
        return fault
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"is {shown(value)}, which is not a URL"
    if parts.scheme != "https" or not host:
        return f"is {shown(value)}, which is not an https URL with a host"
    if "@" in parts.netloc:
        return "has a user name or a password in it"
    if any(character.isspace() for character in value):
        return "has white space in it"
    return None


def unprintable(text: str) -> str | None:
    """The first character that a listing must not have, as `U+200B`; line feeds are no such."""
    for character in text:
        if character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp"):
            return f"U+{ord(character):04X}"
    return None


def normalised(text: str) -> str:
    """The text as it is compared: compatibility forms, case and white space made alike."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def contrast(colour: str, background: str) -> float:
    """The contrast ratio of two #rrggbb colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(colour), _luminance(background)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
