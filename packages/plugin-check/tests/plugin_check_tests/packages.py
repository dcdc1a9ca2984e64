"""Packages for OpenAI's directory, as a person at the command line makes them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner, Result

from plugin_check.package.command import package_command

from .parts import TODO

ORIGIN = "https://todo.example.org"
ENDPOINT = f"{ORIGIN}/mcp"
FILES = [
    *(".codex-plugin/plugin.json", ".mcp.json"),
    *("assets/logo.png", "mcp.json", "plugin.json"),
]

# Of a manifest and a contract.
Change = Callable[[dict[str, Any], dict[str, Any]], object]


def run(*words: str, folder: Path = TODO) -> Result:
    """The command, for the documents in `folder`."""
    return CliRunner().invoke(package_command, [*words, "--documents", str(folder)])


def packaged(directory: Path, *words: str, folder: Path = TODO) -> dict[str, Any]:
    """The portable manifest of a package that the directory would accept."""
    result = run(str(directory), "--url", ORIGIN, *words, folder=folder)
    assert result.exit_code == 0, result.output
    return read(directory / "plugin.json")


def read(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return document


def contents(directory: Path) -> dict[str, bytes]:
    """Every file in a directory, by its path in it."""
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files}


def written(directory: Path) -> list[str]:
    return sorted(contents(directory))


def fork(folder: Path, change: Change) -> Path:
    """The folder, with the documents of a fork: those of TODO, but for a change."""
    folder.mkdir()
    manifest = read(TODO / "ai-plugin.json")
    contract = yaml.safe_load((TODO / "openapi.yaml").read_text("utf-8"))
    change(manifest, contract)
    (folder / "ai-plugin.json").write_text(json.dumps(manifest), "utf-8")
    (folder / "openapi.yaml").write_text(yaml.safe_dump(contract, sort_keys=False), "utf-8")
    shutil.copy(TODO / "logo.png", folder)
    return folder
