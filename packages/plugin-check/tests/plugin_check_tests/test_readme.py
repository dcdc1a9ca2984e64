"""The README is true: its commands run, its examples too, and its links lead somewhere."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .parts import TODO

README = Path(__file__).parents[2] / "README.md"
TEXT = README.read_text()
COMMANDS = re.findall(r"^\$ (plugin-check.*)$", TEXT, re.MULTILINE)
EXAMPLES = re.findall(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


@pytest.fixture(name="folder")
def fixture_folder(tmp_path: Path) -> Path:
    """A plugin's own folder, with another plugin under it."""
    for folder in (tmp_path, tmp_path / "path/to/plugin"):
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("ai-plugin.json", "openapi.yaml", "logo.png"):
            shutil.copy(TODO / name, folder)
    return tmp_path


def test_the_commands_work_in_turn(folder: Path) -> None:
    assert len(COMMANDS) == 7
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command in COMMANDS:
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (ran.returncode, ran.stderr) == (0, ""), command


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_run(folder: Path, example: str) -> None:
    shutil.copy(folder / "ai-plugin.json", folder / "manifest.json")
    contract = yaml.safe_load((folder / "openapi.yaml").read_text())
    (folder / "contract.json").write_text(json.dumps(contract))
    (folder / "manifest.json").write_text(
        (folder / "ai-plugin.json")
        .read_text()
        .replace("PLUGIN_HOSTNAME", "https://todo.example.org")
    )
    subprocess.run([sys.executable, "-c", example], cwd=folder, check=True, timeout=60)


def test_what_is_linked_exists() -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT)
    assert len(linked) == 2
    assert [name for name in linked if not (README.parent / name).exists()] == []
