"""`todo-plugin package`: our documents as the settings make them, handed over to plugin-check."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.front_door import TOKEN
from tests.running import PROJECT

from . import test_command_line
from .copies import command

ORIGIN = "https://todo.example.org"
ENDPOINT = f"{ORIGIN}/mcp"
FILES = [".codex-plugin/plugin.json", ".mcp.json", "assets/logo.png", "mcp.json", "plugin.json"]
NO_ORIGIN = (
    "must be an origin such as https://todo.example.org, without a path:"
    " hosts look for the manifest at its root"
)
PRIVATE = "must have a public host, because OpenAI calls it from outside"


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command line in this process, which is in the test's folder."""
    return subprocess.CompletedProcess(words, *command(*words, **variables))


def contents(directory: Path) -> dict[str, bytes]:
    """Every file in a directory, by its path in it."""
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files}


def test_it_is_written_and_what_the_directory_would_say_is_shown(tmp_path: Path) -> None:
    shown = run("package", "out", PLUGIN_PUBLIC_URL=ORIGIN)
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert lines[0] == f"out: todo 0.1.0 for {ENDPOINT}"
    assert "note K13 (mcp)  plugin.json:12:5" in lines
    assert lines[-1] == "OpenAI plugins over MCP  would accept it"
    assert sorted(contents(tmp_path / "out")) == FILES


def test_plugin_check_writes_the_same_from_the_files_of_the_checkout(tmp_path: Path) -> None:
    ours = run("package", "ours", "--url", ORIGIN)
    words = ["package", "theirs", "--url", ORIGIN, "--documents", str(PROJECT)]
    theirs = subprocess.run(
        [sys.executable, "-m", "plugin_check", *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ours.stdout.replace("ours", "theirs") == theirs.stdout
    assert contents(tmp_path / "ours") == contents(tmp_path / "theirs")


@pytest.mark.parametrize(
    ("origin", "fault"),
    [
        ("http://todo.example.org", "must begin with https://, because OpenAI calls nothing else"),
        ("https://localhost", PRIVATE),
        (f"{ORIGIN}/todo", NO_ORIGIN),
    ],
)
def test_an_address_that_openai_cannot_call_is_refused(
    tmp_path: Path, origin: str, fault: str
) -> None:
    option = run("package", "out", "--url", origin)
    setting = run("package", "out", PLUGIN_PUBLIC_URL=origin)
    for name, refused in (("--url", option), ("PLUGIN_PUBLIC_URL", setting)):
        assert (refused.returncode, refused.stdout, refused.stderr) == (
            2,
            "",
            f"todo-plugin: {name}: {fault}\n",
        )
    assert list(tmp_path.iterdir()) == []


def test_without_an_address_the_setting_is_named() -> None:
    for words in ((), ("--url", "")):
        refused = run("package", "out", *words)
        assert (refused.returncode, refused.stdout, refused.stderr) == (
            2,
            "",
            "todo-plugin: set PLUGIN_PUBLIC_URL, or give --url: a package names the public"
            " address\n",
        )


def test_the_option_wins_over_the_setting(tmp_path: Path) -> None:
    run("package", "out", "--url", ORIGIN, PLUGIN_PUBLIC_URL="http://localhost")
    assert ENDPOINT in (tmp_path / "out/mcp.json").read_text()


def test_a_mode_that_nobody_from_the_directory_could_use_is_told() -> None:
    variables = {"PLUGIN_AUTH": "service_http", "PLUGIN_SERVICE_TOKENS": TOKEN}
    shown = run("package", "out", "--url", ORIGIN, **variables)
    assert (shown.returncode, shown.stderr) == (
        0,
        "ai-plugin.json: auth.type is service_http: who finds the plugin in the directory has no"
        " token for it.\n",
    )


def test_a_directory_without_a_name_is_refused() -> None:
    """As a variable of the shell that is not set would give it."""
    refused = run("package", "", "--url", ORIGIN)
    assert (refused.returncode, refused.stderr) == (
        2,
        "todo-plugin: DIRECTORY is empty: say where the package goes\n",
    )


def test_what_is_in_the_way_ends_in_1(tmp_path: Path) -> None:
    (tmp_path / "plugin.json").write_text('{"name": "plants"}')
    refused = run("package", ".", "--url", ORIGIN)
    assert (refused.returncode, refused.stdout, refused.stderr) == (
        1,
        "",
        "todo-plugin: . has a plugin.json that is not of this package, todo: choose another"
        " directory\n",
    )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("ai-plugin.json", '{"name_for_human": "X"}', "ai-plugin.json: contact_email is missing"),
        (
            "openapi.yaml",
            "info: {version: 2026-11-21}",
            "openapi.yaml: cannot be written as JSON: put dates into quotation marks",
        ),
        (
            "openapi.yaml",
            "info: {version: '1'}",
            "openapi.yaml: info.contact.name must be a text, because the package needs it",
        ),
    ],
)
def test_a_fork_whose_documents_say_too_little_is_told(
    tmp_path: Path, name: str, content: str, sentence: str
) -> None:
    shutil.copytree(PROJECT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    for document in ("ai-plugin.json", "openapi.yaml", "logo.png"):
        shutil.copy(PROJECT / document, tmp_path)
    (tmp_path / name).write_text(content)
    words = ("package", "out", "--url", ORIGIN)
    refused = test_command_line.run(tmp_path, *words, PYTHONPATH=str(tmp_path))
    assert (refused.returncode, refused.stdout, refused.stderr) == (
        2,
        "",
        f"todo-plugin: {sentence}\n",
    )
    assert not (tmp_path / "out").exists()
