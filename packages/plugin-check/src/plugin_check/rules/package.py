"""What names a package, and whether its two forms agree: K01, K02 and K19."""

import re
from collections.abc import Iterator

from guarded_fetch.words import shown

from ..listing import PackageFormat, listings, servers_of, text_fault, unreadable
from ..packages import (
    NATIVE,
    NATIVE_SERVERS,
    PORTABLE,
    PORTABLE_SERVERS,
    openai_settings,
)
from ..plugin import PluginSnapshot
from ..report import Violation
from ..rule import ERROR, rule

NAME_CHARACTERS = 64
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# What both OpenAI's directory and the portable format take.
PORTABLE_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
VERSION_CHARACTERS = 64
# https://semver.org, section "Is there a suggested regular expression".
NUMBER = r"(?:0|[1-9][0-9]*)"
BEFORE = rf"(?:{NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
VERSION = re.compile(
    rf"{NUMBER}\.{NUMBER}\.{NUMBER}(?:-{BEFORE}(?:\.{BEFORE})*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)


@rule(
    "K01",
    "package",
    "the package can be read, without a repeated key, and its name has 64 characters",
    "SE",
    "PK",
    "AP",
    mcp=ERROR,
)
def name(plugin: PluginSnapshot) -> Iterator[Violation]:
    for document in plugin.package.values():
        if document.unreadable:
            yield unreadable(document)
        elif not isinstance(document.value, dict):
            message = f"{document.name} is {shown(document.value)}, not an object."
            yield document.violation("", message, "Write a JSON object: { … }.")
        yield from document.repetitions()
    for listing in listings(plugin):
        value = listing.manifest.top.get("name")
        fault = text_fault(value, NAME_CHARACTERS)
        if isinstance(value, str) and not fault:
            fault = _name_fault(value, listing)
        if fault:
            yield listing.manifest.violation(
                "/name",
                f"name {fault}.",
                f"Write at most {NAME_CHARACTERS} letters a-z and digits, with single - between "
                "them.",
            )


@rule("K02", "package", "the version is a semantic one of at most 64 characters", "SE", mcp=ERROR)
def version(plugin: PluginSnapshot) -> Iterator[Violation]:
    for listing in listings(plugin):
        value = listing.manifest.top.get("version")
        fault = text_fault(value, VERSION_CHARACTERS)
        if isinstance(value, str) and not fault and not VERSION.fullmatch(value):
            fault = f"is {shown(value)}, which is not a semantic version"
        if fault:
            repair = "Write three numbers with dots between them, such as 1.0.0."
            yield listing.manifest.violation("/version", f"version {fault}.", repair)


@rule(
    "K19",
    "package",
    "the portable and the native package agree, none is ignored",
    "PK",
    "nobrainer",
    "upstash",
    mcp=ERROR,
)
def agreement(plugin: PluginSnapshot) -> Iterator[Violation]:
    portable, native = plugin.package.get(PORTABLE), plugin.package.get(NATIVE)
    if portable is None:
        return
    if (
        openai_settings(portable)
        and PORTABLE_SERVERS not in plugin.package
        and any(servers_of(plugin.package.get(NATIVE_SERVERS)))
    ):
        yield portable.violation(
            "/extensions",
            f"{PORTABLE} holds OpenAI's settings, so {NATIVE_SERVERS} is ignored "
            "and the plugin is listed without its MCP server.",
            f'Write an {PORTABLE_SERVERS} that has the server too, with type "streamable-http".',
        )
    if native is None:
        return
    for pointer, first, second in _differences(plugin):
        yield portable.violation(
            pointer,
            f"{pointer.rpartition('/')[2]} is {shown(first)} here and {shown(second)} in {NATIVE}.",
            "Write the same in both packages: a host reads one of them and ignores the other.",
        )
    here, there = _addresses(plugin, PORTABLE_SERVERS), _addresses(plugin, NATIVE_SERVERS)
    if here and there and here != there:
        only = sorted(here ^ there)[0]
        yield plugin.package[PORTABLE_SERVERS].violation(
            "/mcpServers",
            f"{PORTABLE_SERVERS} and {NATIVE_SERVERS} name different servers: "
            f"{shown(only)} is in one of them only.",
            "Write the same URLs in both files.",
        )


def _name_fault(value: str, listing: PackageFormat) -> str | None:
    if not NAME.fullmatch(value):
        return f"is {shown(value)}, with characters that a name must not have"
    if listing.portable and not PORTABLE_NAME.fullmatch(value):
        return f"is {shown(value)}, which the portable format refuses"
    return None


def _differences(plugin: PluginSnapshot) -> Iterator[tuple[str, object, object]]:
    """Pointer and both values of what the two manifests say differently."""
    found = {listing.portable: listing for listing in listings(plugin)}
    if len(found) < 2:
        return
    portable, native = found[True], found[False]
    for key in ("name", "version", "description"):
        first, second = portable.manifest.top.get(key), native.manifest.top.get(key)
        if first != second:
            yield f"/{key}", first, second
    if portable.interface.value:
        for key in ("displayName", "shortDescription"):
            first, second = portable.interface.value.get(key), native.interface.value.get(key)
            if first != second:
                yield f"{portable.interface.pointer}/{key}", first, second


def _addresses(plugin: PluginSnapshot, file: str) -> set[str]:
    urls = (server.get("url") for _, server in servers_of(plugin.package.get(file)))
    return {url for url in urls if isinstance(url, str)}
