"""The plugin of the README, written to files, and what drives it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx

Run = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

README = (Path(__file__).parents[2] / "README.md").read_text()
DOCUMENTS = Path(__file__).parent / "notes"
EXAMPLE = re.compile(
    r"^```(?:python|sql|html)\n(?:#|--|\{#) (\S+)(?: #\})?\n(.*?)^```", re.DOTALL | re.MULTILINE
)


def write_examples(folder: Path) -> Path:
    """Write each example of the README to the file that its first line names; the folder."""
    for name, text in EXAMPLE.findall(README):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (folder / "notes/__init__.py").touch()
    return folder


def write_plugin(folder: Path) -> Path:
    """The same with the documents that the plugin needs beside it; the folder."""
    folder.mkdir(exist_ok=True)
    shutil.copytree(DOCUMENTS, folder, dirs_exist_ok=True)
    return write_examples(folder)


def command(folder: Path, *words: str, **variables: str) -> tuple[int, str, str]:
    """Exit code, output and complaints of the README's command, in its folder."""
    ran = subprocess.run(
        [sys.executable, "-m", "notes", *words],
        cwd=folder,
        env={"PYTHONPATH": str(folder), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return ran.returncode, ran.stdout, ran.stderr


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, code and sentence of a problem."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"], answer.json()["detail"]
