"""Each file of a package, held to its format: K21."""

from collections.abc import Iterator, Mapping
from typing import Any

from guarded_fetch.words import shown

from ..contract import escape
from ..defect_words import worded
from ..defects import Unbounded, defects_by
from ..listing import PackageFormat, address_fault, listings, servers_of
from ..packages import PICTURES, PICTURES_READ, SCHEMA_OF, SCREENSHOTS, inside
from ..plugin import PluginSnapshot, SourceDocument
from ..report import Violation
from ..rule import ERROR, NOTE, rule
from ..validators import package_validator

# What a native package names other files with.
PATHS = ("skills", "hooks", "mcpServers", "apps")
URL_CHARACTERS = 2_048


@rule(
    "K21",
    "package",
    "each file of the package has its format's keys, types and paths",
    "PK",
    "AP",
    mcp=(ERROR, NOTE),
)
def shapes(plugin: PluginSnapshot) -> Iterator[Violation]:
    """A portable one is held to the published schema; what K01 and K02 say is left to them."""
    for document in plugin.passed_over:
        yield document.violation(
            "",
            f"{document.name} is passed over: without a $schema it is another program's.",
            f'Write "$schema": "{SCHEMA_OF[document.name]}" if it is a package; else leave it.',
            NOTE,
        )
    for listing in listings(plugin):
        if listing.portable:
            yield from _against_schema(listing.manifest)
            if listing.servers is not None and isinstance(listing.servers.value, dict):
                yield from _against_schema(listing.servers)
        yield from _servers(listing)
        yield from _paths(listing, plugin.images)


def _against_schema(document: SourceDocument) -> Iterator[Violation]:
    named = document.top.get("$schema")
    if named != (wanted := SCHEMA_OF[document.name]):
        yield document.violation(
            "/$schema" if "$schema" in document.top else "",
            f"$schema is {shown(named, 100) if '$schema' in document.top else 'missing'}.",
            f'Write "$schema": "{wanted}": by it hosts know the format.',
        )
    try:
        for defect in defects_by(package_validator(document.name), document.top):
            pointer = "".join(f"/{escape(str(token))}" for token in defect.path)
            yield document.violation(pointer, *worded(defect, document.top, "the package format"))
    except Unbounded as unbounded:
        yield document.violation("", f"{document.name} {unbounded}.", "Make it smaller.")


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
