"""The files of a package, and what names it: K01, K02, K19 and K21."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from guarded_fetch.words import shown

from ..contract import escape
from ..listing import PackageFormat, address_fault, listings, servers_of, text_fault, unreadable
from ..packages import (
    NATIVE,
    NATIVE_SERVERS,
    PICTURES,
    PICTURES_READ,
    PORTABLE,
    PORTABLE_SERVERS,
    SCREENSHOTS,
    inside,
    openai_settings,
)
from ..plugin import PluginSnapshot, SourceDocument
from ..report import Violation
from ..rule import ERROR, rule

NAME_CHARACTERS = 64
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
VERSION_CHARACTERS = 64
# https://semver.org, section "Is there a suggested regular expression".
NUMBER = r"(?:0|[1-9][0-9]*)"
BEFORE = rf"(?:{NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
VERSION = re.compile(
    rf"{NUMBER}\.{NUMBER}\.{NUMBER}(?:-{BEFORE}(?:\.{BEFORE})*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)

PORTABLE_KEYS = (
    *("$schema", "name", "version", "description", "author", "homepage", "repository"),
    *("license", "keywords", "extensions"),
)
PORTABLE_SERVERS_KEYS = ("$schema", "mcpServers")
# What a native package names other files with.
PATHS = ("skills", "hooks", "mcpServers", "apps")
URL_CHARACTERS = 2_048


@rule(
    "K01",
    "package",
    ERROR,
    ("mcp",),
    "the package can be read and its name has 64 characters",
    "SE",
    "PK",
)
def name(plugin: PluginSnapshot) -> Iterator[Violation]:
    for document in plugin.package.values():
        if document.unreadable:
            yield unreadable(document)
        elif not isinstance(document.value, dict):
            message = f"{document.name} is {shown(document.value)}, not an object."
            yield document.violation("", message, "Write a JSON object: { … }.")
    for listing in listings(plugin):
        value = listing.manifest.top.get("name")
        fault = text_fault(value, NAME_CHARACTERS)
        if isinstance(value, str) and not fault:
            fault = _name_fault(value, listing)
        if fault:
            yield listing.manifest.violation(
                "/name",
                f"name {fault}.",
                f"Write at most {NAME_CHARACTERS} letters a-z, digits, _ and -, "
                "with a letter or a digit first.",
            )


@rule(
    "K02",
    "package",
    ERROR,
    ("mcp",),
    "the version is a semantic one of at most 64 characters",
    "SE",
)
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
    ERROR,
    ("mcp",),
    "the portable and the native package agree, none is ignored",
    "PK",
    "nobrainer",
    "upstash",
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


@rule(
    "K21",
    "package",
    ERROR,
    ("mcp",),
    "each file of the package has its format's keys, types and paths",
    "PK",
)
def shapes(plugin: PluginSnapshot) -> Iterator[Violation]:
    for listing in listings(plugin):
        if listing.portable:
            yield from _unknown_keys(listing.manifest, PORTABLE_KEYS)
            if listing.servers:
                yield from _unknown_keys(listing.servers, PORTABLE_SERVERS_KEYS)
            if not listing.manifest.text("$schema"):
                yield listing.manifest.violation(
                    "/$schema", "$schema is missing.", "Write the URL of the package's schema."
                )
        yield from _servers(listing)
        yield from _paths(listing, plugin.images)


def _name_fault(value: str, listing: PackageFormat) -> str | None:
    if not NAME.fullmatch(value):
        return f"is {shown(value)}, with characters that a name must not have"
    if listing.portable and value != value.lower():
        return f"is {shown(value)}, with capital letters in a portable package"
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


def _unknown_keys(document: SourceDocument, known: tuple[str, ...]) -> Iterator[Violation]:
    for key in document.top:
        if key not in known:
            yield document.violation(
                f"/{escape(key)}",
                f"{document.name} must not have the key {shown(key)}.",
                f"Leave it out. Known are {', '.join(known)}; the rest goes under extensions.",
            )


def _servers(listing: PackageFormat) -> Iterator[Violation]:
    for pointer, server in servers_of(listing.servers):
        # A program on the user's machine has no address.
        if listing.servers is None or "command" in server:
            continue
        if server.get("type") != listing.transport:
            yield listing.servers.violation(
                f"{pointer}/type",
                f"The server's type is {shown(server.get('type'))} in {listing.servers.name}.",
                f'Write "type": "{listing.transport}".',
            )
        if fault := address_fault(server.get("url"), URL_CHARACTERS):
            repair = "Write the public https URL of the MCP endpoint, with its path."
            yield listing.servers.violation(f"{pointer}/url", f"The server's url {fault}.", repair)


def _paths(listing: PackageFormat, images: Mapping[str, bytes]) -> Iterator[Violation]:
    all_read = len(images) < PICTURES_READ
    for pointer, path in _named(listing):
        if not isinstance(path, str) or not inside(path):
            yield listing.manifest.violation(
                pointer,
                f"{shown(path)} is not a path in the package.",
                "Write a path that begins with ./ and has no .. in it.",
            )
        elif all_read and pointer.startswith(listing.interface.pointer) and path not in images:
            yield listing.manifest.violation(
                pointer,
                f"{shown(path)} is not a file in the package.",
                "Add the picture itself, not a symbolic link, or leave the key out.",
            )


def _named(listing: PackageFormat) -> Iterator[tuple[str, Any]]:
    if not listing.portable:
        for key in PATHS:
            # Servers may also be written into the manifest itself.
            if isinstance(path := listing.manifest.top.get(key), str):
                yield f"/{key}", path
    for key in PICTURES:
        if (path := listing.interface.value.get(key)) is not None:
            yield f"{listing.interface.pointer}/{key}", path
    shots = listing.interface.value.get(SCREENSHOTS)
    for index, path in enumerate(shots if isinstance(shots, list) else ()):
        yield f"{listing.interface.pointer}/{SCREENSHOTS}/{index}", path
