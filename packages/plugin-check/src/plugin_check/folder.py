"""A plugin in a folder or a file: everything that needs no network."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from .assumed_origin import LOCAL_ORIGIN, AssumedOrigin, assumed_origin
from .packages import read_package, read_submission
from .plugin import HOSTNAME, PluginSnapshot, SourceDocument
from .reading import BYTES, read_document, read_json

AT_THE_GAP = re.compile(f"^(https?://)?{HOSTNAME}")

MANIFESTS = ("ai-plugin.json", ".well-known/ai-plugin.json")
CONTRACTS = ("openapi.yaml", "openapi.yml", "openapi.json", ".well-known/openapi.yaml")

# Where a server's settings are kept; source code is not looked into.
SETTINGS = (".env", ".yaml", ".yml", ".toml", ".json", ".conf", ".cfg", ".ini", ".txt")
SETTINGS_WITHOUT_SUFFIX = ("Caddyfile", "Dockerfile", ".env")
SETTINGS_BYTES = 65_536
SETTINGS_FILES = 50


def read_source(path: Path, origin: str | None = None) -> PluginSnapshot:
    """The plugin in a folder, or what a file says of one: a contract, or a manifest.

    It is as if served at `origin`; without one it is where its documents say. Raises OSError when
    there is no such file or folder, or a document may not be read; its `filename` is relative then.
    """
    plugin = _read_file(path) if path.is_file() else _read_folder(path)
    assumed = assumed_origin(plugin.manifest, plugin.contract, plugin.package)
    given = assumed if origin is None else AssumedOrigin(origin)
    return replace(plugin, origin=given.origin, origin_reason=given.reason)


def _read_folder(folder: Path) -> PluginSnapshot:
    names = sorted(path.name for path in folder.iterdir())
    manifest = _manifest(folder)
    package = read_package(folder)
    return PluginSnapshot(
        origin="",
        filled_in=True,
        manifest=manifest,
        contract=_contract(folder, (manifest.text("api", "url") if manifest else None) or ""),
        logo=_logo(folder, manifest),
        texts=dict(_texts(folder, names)),
        package=package.documents,
        passed_over=package.passed_over,
        images=package.images,
        submission=read_submission(folder),
    )


def _read_file(file: Path) -> PluginSnapshot:
    content = _content(file.parent, file.name) or b""
    size = _size(file.parent, file.name)
    document = read_document(file.name, content, size)
    if _is_manifest(document):
        return PluginSnapshot("", filled_in=True, manifest=read_json(file.name, content, size))
    return PluginSnapshot("", filled_in=True, contract=document)


def _is_manifest(document: SourceDocument) -> bool:
    told_by_name = document.name in MANIFESTS
    return told_by_name or ("name_for_model" in document.top and "openapi" not in document.top)


def _manifest(folder: Path) -> SourceDocument | None:
    for name in MANIFESTS:
        if (content := _content(folder, name)) is not None:
            return read_json(name, content, _size(folder, name))
    return None


def _contract(folder: Path, address: str) -> SourceDocument | None:
    for name in (*_names_in(address), *CONTRACTS):
        if (content := _content(folder, name)) is not None:
            return read_document(name, content, _size(folder, name))
    return None


def _logo(folder: Path, manifest: SourceDocument | None) -> bytes | None:
    named = _names_in((manifest.text("logo_url") if manifest else None) or "")
    contents = (_content(folder, name) for name in named or ("logo.png",))
    return next((content for content in contents if content is not None), None)


def _texts(folder: Path, names: list[str]) -> Iterator[tuple[str, str]]:
    taken = 0
    for name in names:
        if not name.endswith(SETTINGS) and name not in SETTINGS_WITHOUT_SUFFIX:
            continue
        try:
            content = _content(folder, name)
        except PermissionError:
            continue  # a secret, as it should be
        if content is not None and len(content) <= SETTINGS_BYTES and taken < SETTINGS_FILES:
            taken += 1
            yield name, content.decode("utf-8", "replace")


def _content(folder: Path, name: str) -> bytes | None:
    """At most one byte more than a document may have; None when there is no such file.

    Raises PermissionError: what is there but may not be read is not missing.
    """
    path = folder / name
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(BYTES + 1)
    except PermissionError as error:
        raise PermissionError(error.errno, error.strerror, name) from None
    except (OSError, ValueError):
        return None


def _size(folder: Path, name: str) -> int:
    return (folder / name).stat().st_size


def _names_in(address: str) -> tuple[str, ...]:
    """The files that an address may name in the folder: by its whole path, and beside the manifest.

    None when it leads out of the folder.
    """
    try:
        path = unquote(urlsplit(AT_THE_GAP.sub(LOCAL_ORIGIN, address)).path).lstrip("/")
    except ValueError:
        return ()
    if not path or ".." in PurePosixPath(path).parts or "\0" in path:
        return ()
    return path, PurePosixPath(path).name
