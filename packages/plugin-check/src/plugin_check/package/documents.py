"""The documents of a plugin in a folder, as its server gives them out."""

from pathlib import Path
from typing import Any, NamedTuple

from ..domains import filled
from ..folder import read_source
from ..plugin import PluginSnapshot, SourceDocument
from .errors import UnusableDocuments
from .listing import CONTRACT, MANIFEST


class ServedDocuments(NamedTuple):
    """Manifest and contract, with the origin where PLUGIN_HOSTNAME was, and the logo."""

    manifest: dict[str, Any]
    contract: dict[str, Any]
    logo: bytes


def read_documents(folder: Path, origin: str) -> ServedDocuments:
    """The documents of the plugin in `folder`, as served at `origin`. Raises UnusableDocuments."""
    try:
        plugin = read_source(folder, origin)
    except OSError as error:
        name = error.filename or folder
        raise UnusableDocuments(f"{name} cannot be read: {error.strerror}") from None
    manifest = _object(MANIFEST, plugin.manifest)
    contract = _object(CONTRACT, plugin.contract)
    if plugin.logo is None:
        raise UnusableDocuments("logo.png is missing")
    return ServedDocuments(_filled(plugin, manifest), _filled(plugin, contract), plugin.logo)


def _object(name: str, document: SourceDocument | None) -> dict[str, Any]:
    if document is None:
        raise UnusableDocuments(f"{name} is missing")
    if (why := document.unreadable) is not None:
        place = "" if why.line is None else f":{why.line}:{why.column}"
        raise UnusableDocuments(f"{document.name}{place}: {why.message}")
    if not isinstance(document.value, dict):
        raise UnusableDocuments(f"{document.name}: must hold an object")
    return document.value


def _filled(plugin: PluginSnapshot, value: Any) -> Any:
    if isinstance(value, str):
        return filled(plugin, value)
    if isinstance(value, list):
        return [_filled(plugin, each) for each in value]
    if isinstance(value, dict):
        return {name: _filled(plugin, each) for name, each in value.items()}
    return value
