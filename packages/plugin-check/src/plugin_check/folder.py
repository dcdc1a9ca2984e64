"""A plugin in a folder: everything that needs no network."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from .domains import host_of
from .origins import origin_of
from .packages import read_package, read_submission
from .plugin import HOSTNAME, PluginSnapshot, SourceDocument
from .reading import BYTES, read_document, read_json

DEFAULT_ORIGIN = "http://localhost:5002"
AT_THE_GAP = re.compile(f"^(https?://)?{HOSTNAME}")

MANIFESTS = ("ai-plugin.json", ".well-known/ai-plugin.json")
CONTRACTS = ("openapi.yaml", "openapi.yml", "openapi.json", ".well-known/openapi.yaml")

# Where a server's settings are kept; source code is not looked into.
SETTINGS = (".env", ".yaml", ".yml", ".toml", ".json", ".conf", ".cfg", ".ini", ".txt")
SETTINGS_WITHOUT_SUFFIX = ("Caddyfile", "Dockerfile", ".env")
SETTINGS_BYTES = 65_536
SETTINGS_FILES = 50


def read_folder(folder: Path, origin: str | None = None) -> PluginSnapshot:
    """The plugin in `folder`, as if served at `origin`.

    Without one it is where the manifest's api.url is, or a package's server, or DEFAULT_ORIGIN when
    that leaves the gap for PLUGIN_HOSTNAME. Raises OSError when the folder cannot be listed, or a
    document in it not be read; its `filename` is relative then.
    """
    names = sorted(path.name for path in folder.iterdir())
    manifest = _manifest(folder)
    address = (manifest.text("api", "url") if manifest else None) or ""
    package, images = read_package(folder)
    return PluginSnapshot(
        origin=origin or _origin(address) or _origin(_endpoint(package)) or DEFAULT_ORIGIN,
        filled_in=True,
        manifest=manifest,
        contract=_contract(folder, address),
        logo=_logo(folder, manifest),
        texts=dict(_texts(folder, names)),
        package=package,
        images=images,
        submission=read_submission(folder),
    )


def _endpoint(package: Mapping[str, SourceDocument]) -> str:
    """The address of the first MCP server that a package names, "" without one."""
    for document in package.values():
        servers = document.top.get("mcpServers")
        for server in servers.values() if isinstance(servers, dict) else ():
            if isinstance(server, dict) and isinstance(server.get("url"), str):
                return str(server["url"])
    return ""


def _manifest(folder: Path) -> SourceDocument | None:
    for name in MANIFESTS:
        if (content := _content(folder, name)) is not None:
            return read_json(name, content)
    return None


def _contract(folder: Path, address: str) -> SourceDocument | None:
    for name in (_name_in(address), *CONTRACTS):
        if name and (content := _content(folder, name)) is not None:
            return read_document(name, content)
    return None


def _logo(folder: Path, manifest: SourceDocument | None) -> bytes | None:
    named = _name_in((manifest.text("logo_url") if manifest else None) or "")
    return _content(folder, named or "logo.png")


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


def _name_in(address: str) -> str | None:
    """The file that an address names, when it may be one in the folder."""
    try:
        path = unquote(urlsplit(AT_THE_GAP.sub(DEFAULT_ORIGIN, address)).path).lstrip("/")
    except ValueError:
        return None
    inside = path and ".." not in PurePosixPath(path).parts and "\0" not in path
    return path if inside else None


def _origin(address: str) -> str | None:
    if HOSTNAME in address or host_of(address) is None:
        return None
    return origin_of(address)
