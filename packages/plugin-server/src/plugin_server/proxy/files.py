"""The manifest and the contract: two files that are edited while they are served."""

import os
import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ..documents import Documents, InvalidDocument, read_contract, read_manifest
from ..mcp.tools import METHODS
from ..security import HOSTNAME

_VARIABLE = re.compile(r"\{([^{}]*)\}")


class Files(NamedTuple):
    """Where the two are."""

    manifest: Path
    contract: Path

    def state(self) -> tuple[object, ...]:
        """What changes when one of them does."""
        return tuple(_state(file) for file in self)


class FileDocuments(Documents):
    """The two as they are, but for where they say that the API is: that is at PLUGIN_HOSTNAME.

    Raises InvalidDocument.
    """

    def __init__(self, files: Files) -> None:
        # Who may call is the API's to say.
        self.mode, self.scopes = "none", {}
        manifest, contract = read_manifest(files.manifest), read_contract(files.contract)
        api = manifest.get("api")
        if isinstance(api, dict):
            manifest["api"] = {**api, "url": f"{HOSTNAME}/openapi.yaml"}
        base = _base_path(contract)
        self._keep(manifest, _served_here(contract, base))
        # Tools and answers are looked up by the path that is asked for.
        paths = contract.get("paths")
        if isinstance(paths, dict):
            self.contract = {
                **self.contract,
                "paths": {f"{base}{path}": item for path, item in paths.items()},
            }


def _state(file: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _base_path(contract: dict[str, Any]) -> str:
    """The path in front of every operation: that of the first server. Raises InvalidDocument."""
    try:
        server = (contract.get("servers") or [{}])[0]
        variables = server.get("variables", {})
        url = _VARIABLE.sub(lambda found: variables[found[1]]["default"], server.get("url", ""))
        path = urlsplit(url.replace(HOSTNAME, "http://localhost")).path.rstrip("/")
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise InvalidDocument("the contract's first server cannot be read") from error
    return path if path.startswith("/") else ""


def _served_here(contract: dict[str, Any], base: str) -> dict[str, Any]:
    """The contract with one server: a path or an operation of its own would lead past us."""
    paths = contract.get("paths")
    if isinstance(paths, dict):
        contract = {**contract, "paths": {path: _item(item) for path, item in paths.items()}}
    return {**contract, "servers": [{"url": f"{HOSTNAME}{base}"}]}


def _item(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return {
        name: _without_servers(each) if name in METHODS else each
        for name, each in _without_servers(item).items()
    }


def _without_servers(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: each for name, each in value.items() if name != "servers"}
