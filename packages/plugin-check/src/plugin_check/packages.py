"""A folder's package for OpenAI's directory: its files, its pictures, its submission file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .plugin import SourceDocument
from .reading import BYTES, read_json

PORTABLE, PORTABLE_SERVERS = "plugin.json", "mcp.json"
NATIVE, NATIVE_SERVERS = ".codex-plugin/plugin.json", ".mcp.json"
SUBMISSION = "chatgpt-app-submission.json"

OPENAI = "com.openai"
PICTURES = ("logo", "logoDark", "composerIcon", "composerIconDark")
SCREENSHOTS = "screenshots"

# A larger picture is cut off here: its measures are at its beginning.
PICTURE_BYTES = 1_048_576
PICTURES_READ = 20


def read_package(folder: Path) -> tuple[Mapping[str, SourceDocument], Mapping[str, bytes]]:
    """The package's files by name, and by path the pictures that they name.

    Both are empty where there is no package. Pictures are at most PICTURES_READ, of each at most
    the first PICTURE_BYTES; one outside of the folder, or behind a symbolic link, is left out.
    """
    package = _documents(folder)
    images: dict[str, bytes] = {}
    for path in _named_pictures(package):
        if len(images) == PICTURES_READ:
            break
        if (
            path not in images
            and (content := _content(folder, path[2:], PICTURE_BYTES)) is not None
        ):
            images[path] = content
    return package, images


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


def _documents(folder: Path) -> dict[str, SourceDocument]:
    portable, native = _document(folder, PORTABLE), _document(folder, NATIVE)
    # Other tools have a plugin.json and a .mcp.json too.
    if portable and not (native or portable.unreadable or _is_portable(portable)):
        portable = None
    named = {
        PORTABLE: portable,
        PORTABLE_SERVERS: _document(folder, PORTABLE_SERVERS) if portable or native else None,
        NATIVE: native,
        NATIVE_SERVERS: _document(folder, NATIVE_SERVERS) if portable or native else None,
    }
    return {name: document for name, document in named.items() if document}


def _is_portable(manifest: SourceDocument) -> bool:
    extensions = manifest.top.get("extensions")
    described = "agent-plugins" in (manifest.text("$schema") or "")
    return described or (isinstance(extensions, dict) and OPENAI in extensions)


def _document(folder: Path, name: str) -> SourceDocument | None:
    # One byte more than a document may have, so that reading it finds it too large.
    content = _content(folder, name, BYTES + 1)
    return None if content is None else read_json(name, content)


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
