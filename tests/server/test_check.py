"""`todo-plugin check` hands its words on to plugin-check, and says what to install without it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import PROJECT, environment

from .test_command_line import run

# As if it were not installed.
WITHOUT = """
import sys

class Missing:
    def find_spec(name, *_):
        if name == "plugin_check":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing)
from app.__main__ import main
main()
"""


def tool(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`plugin-check`, as a person types it."""
    return subprocess.run(
        [sys.executable, "-m", "plugin_check", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_without_a_source_it_checks_our_own_files(tmp_path: Path) -> None:
    ours = run(tmp_path, "check", "--json")
    assert (ours.returncode, ours.stderr) == (0, "")
    assert json.loads(ours.stdout)["source"] == str(PROJECT)


@pytest.mark.parametrize(
    "words",
    [
        (str(PROJECT),),
        (str(PROJECT), "--for", "plugin,mcp", "--json"),
        ("--strict", "--origin", "https://todo.example.org", str(PROJECT)),
        ("--rules",),
        ("/no/such/folder",),
    ],
)
def test_it_answers_as_plugin_check_does(tmp_path: Path, words: tuple[str, ...]) -> None:
    ours, theirs = run(tmp_path, "check", *words), tool(tmp_path, *words)
    assert (ours.returncode, ours.stdout, ours.stderr) == (
        theirs.returncode,
        theirs.stdout,
        theirs.stderr,
    )


@pytest.mark.parametrize("words", [("--help",), ("--probe",), ("--no-such-option",)])
def test_help_and_mistakes_are_shown_under_its_own_name(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    ours, theirs = run(tmp_path, "check", *words), tool(tmp_path, *words)
    assert ours.returncode == theirs.returncode
    assert "Usage: todo-plugin check [OPTIONS] [SOURCE]" in ours.stdout + ours.stderr
    assert theirs.stderr.splitlines()[-1:] == ours.stderr.splitlines()[-1:]


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("check", ()),
        ("check", ("--help",)),
        ("check", ("https://todo.example.org", "--json")),
        ("package", ("out", "--url", "https://todo.example.org")),
    ],
)
def test_without_plugin_check_it_says_what_to_install(
    tmp_path: Path, verb: str, words: tuple[str, ...]
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT, verb, *words],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (
        2,
        "",
        f"todo-plugin: {verb} needs plugin-check, which is not installed: in a checkout,"
        " pip install packages/plugin-check\n",
    )
