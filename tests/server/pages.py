"""The pages of the documentation: their text, and the commands in it."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.running import PROJECT, environment

PAGES = {
    str(file.relative_to(PROJECT)): file.read_text()
    for file in (PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md")))
}
README = PAGES["README.md"]
EVERYTHING = "\n".join(PAGES.values())
SEARCH_PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def code(text: str, language: str = r"\w*") -> list[str]:
    """What stands in the text's blocks of this language."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)


def commands(text: str, *beginnings: str) -> list[str]:
    """The commands that the text shows as run, those with one of the beginnings, in order."""
    lines = [line.strip() for block in code(text, "console") for line in block.splitlines()]
    found = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return [command for command in found if command.startswith(beginnings or "")]


def pages_with(*beginnings: str) -> list[str]:
    """The names of the pages that show such commands."""
    return [name for name, text in PAGES.items() if commands(text, *beginnings)]


def shell(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a reader would who has activated the environment of the tests."""
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment(PATH=SEARCH_PATH, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
