"""A folder's package for OpenAI's directory: its files, its pictures, its submission file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .plugin import SourceDocument
from .reading import BYTES, read_json

PORTABLE, PORTABLE_SERVERS = "plugin.json", "mcp.json"
NATIVE, NATIVE_SERVERS = ".codex-plugin/plugin.json", ".mcp.json"
SUBMISSION = "chatgpt-app-submission.json"

# The site of the portable format, and the keys that its plugin.json may have.
FORMAT = "agent-plugins.org"
PORTABLE_KEYS = frozenset(
    (
        *("$schema", "name", "version", "description", "author", "homepage", "repository"),
        *("license", "keywords", "extensions"),
    )
)

# The one version that is published.
SCHEMA_OF: Mapping[str, str] = {
    PORTABLE: f"https://{FORMAT}/schemas/1.0.0/plugin.schema.json",
    PORTABLE_SERVERS: f"https://{FORMAT}/schemas/1.0.0/mcp.schema.json",
}

OPENAI = "com.openai"
PICTURES = ("logo", "logoDark", "composerIcon", "composerIconDark")
SCREENSHOTS = "screenshots"

# A larger picture is cut off here: its measures are at its beginning.
PICTURE_BYTES = 1_048_576
PICTURES_READ = 20


class PackageFiles(NamedTuple):
    """The package's files by name, and by path the pictures that they name.

    `passed_over` are files of another program, which happen to have such a name.
    """

    documents: Mapping[str, SourceDocument]
    images: Mapping[str, bytes]
    passed_over: tuple[SourceDocument, ...] = ()


def read_package(folder: Path) -> PackageFiles:
    """The package in a folder; of one that is not there everything is empty.

    Pictures are at most PICTURES_READ, of each at most the first PICTURE_BYTES; one outside of the
    folder, or behind a symbolic link, is left out.
    """
    package, passed_over = _documents(folder)
    images: dict[str, bytes] = {}
    for path in _named_pictures(package):
        if len(images) == PICTURES_READ:
            break
        if (
            path not in images
            and (content := _content(folder, path[2:], PICTURE_BYTES)) is not None
        ):
            images[path] = content
    return PackageFiles(package, images, passed_over)


def read_submission(folder: Path) -> SourceDocument | None:
    """The submission file, None where there is none."""
    return _document(folder, SUBMISSION)


def inside(path: str) -> bool:
    """Whether a package may name this path: it begins with ./ and stays in the folder."""
    parts = path.split("/")
    return (
        parts[0] == "."
        and len(parts) > 1
        and ".." not in parts
        and not any(character in path for character in "\0\\:")
    )


def openai_settings(manifest: SourceDocument) -> Mapping[str, Any]:
    """What the manifest keeps under the extensions of OpenAI."""
    extensions = manifest.top.get("extensions")
    settings = extensions.get(OPENAI) if isinstance(extensions, dict) else None
    return settings if isinstance(settings, dict) else {}


def _documents(folder: Path) -> tuple[dict[str, SourceDocument], tuple[SourceDocument, ...]]:
    """The package's own files, and a root plugin.json that is another program's."""
    portable, servers = _document(folder, PORTABLE), _document(folder, PORTABLE_SERVERS)
    native, native_servers = _document(folder, NATIVE), _document(folder, NATIVE_SERVERS)
    passed_over: tuple[SourceDocument, ...] = ()
    if portable and not (_is_portable(portable) or _names_format(servers)):
        passed_over, portable = (portable,), None
    if not (portable or native):
        return {}, passed_over
    named = {
        PORTABLE: portable,
        PORTABLE_SERVERS: servers,
        NATIVE: native,
        NATIVE_SERVERS: native_servers,
    }
    return {name: document for name, document in named.items() if document}, passed_over


def _is_portable(manifest: SourceDocument) -> bool:
    """Whether it is meant as one. What cannot be read may be."""
    extensions = manifest.top.get("extensions")
    described = "$schema" in manifest.top and PORTABLE_KEYS.issuperset(manifest.top)
    meant = described or (isinstance(extensions, dict) and OPENAI in extensions)
    return meant or manifest.unreadable is not None or _names_format(manifest)


def _names_format(document: SourceDocument | None) -> bool:
    return document is not None and FORMAT in (document.text("$schema") or "")


def _document(folder: Path, name: str) -> SourceDocument | None:
    # One byte more than a document may have, so that reading it finds it too large.
    content = _content(folder, name, BYTES + 1)
    return None if content is None else read_json(name, content, (folder / name).stat().st_size)


def _named_pictures(package: Mapping[str, SourceDocument]) -> Iterator[str]:
    for name in (PORTABLE, NATIVE):
        manifest = package.get(name, SourceDocument(name))
        settings = openai_settings(manifest) if name == PORTABLE else manifest.top
        interface = settings.get("interface")
        if not isinstance(interface, dict):
            continue
        screenshots = interface.get(SCREENSHOTS)
        named = [interface.get(key) for key in PICTURES]
        for path in [*named, *(screenshots if isinstance(screenshots, list) else ())]:
            if isinstance(path, str) and inside(path):
                yield path


def _content(folder: Path, name: str, limit: int) -> bytes | None:
    """At most `limit` bytes of a regular file; None when there is none without symbolic links."""
    path = folder / name
    try:
        if not path.is_file() or path.resolve() != folder.resolve() / name:
            return None
        with path.open("rb") as file:
            return file.read(limit)
    except (OSError, ValueError, RuntimeError):
        return None
