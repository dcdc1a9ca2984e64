"""The package for OpenAI's directory: for which address, into which directory, over what."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import PROJECT, environment
from tests.test_command_line import run as run_line
from tests.test_settings_refused import NO_ORIGIN

from .packages import ENDPOINT, FILES, ORIGIN, contents, fork, packaged, run, written

PRIVATE = "must have a public host, because OpenAI calls it from outside"


def test_the_command_line_writes_it_and_shows_what_the_directory_would_say(tmp_path: Path) -> None:
    shown = run_line(tmp_path, "package", "out", PLUGIN_PUBLIC_URL=ORIGIN)
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert lines[0] == f"out: todo 0.1.0 for {ENDPOINT}"
    assert "note K13 (mcp)  plugin.json:12:5" in lines
    assert lines[-1] == "OpenAI plugins over MCP  would accept it"
    assert written(tmp_path / "out") == FILES


@pytest.mark.parametrize(
    ("origin", "fault"),
    [
        ("http://todo.example.org", "must begin with https://, because OpenAI calls nothing else"),
        ("https://localhost", PRIVATE),
        ("https://plugin.localhost:8443", PRIVATE),
        ("https://127.0.0.1", PRIVATE),
        ("https://10.1.2.3", PRIVATE),
        ("https://[fd00::1]", PRIVATE),
        ("https://todo", PRIVATE),
        ("https://host.docker.internal", PRIVATE),
        (f"{ORIGIN}/todo", NO_ORIGIN),
        ("todo.example.org", NO_ORIGIN),
    ],
)
def test_an_address_that_openai_cannot_call_is_refused(
    tmp_path: Path, origin: str, fault: str
) -> None:
    option = run(str(tmp_path / "out"), "--url", origin)
    assert (option.exit_code, option.output) == (2, f"todo-plugin: --url: {fault}\n")
    setting = run_line(tmp_path, "package", "out", PLUGIN_PUBLIC_URL=origin)
    assert (setting.returncode, setting.stdout) == (2, "")
    assert setting.stderr == f"todo-plugin: PLUGIN_PUBLIC_URL: {fault}\n"
    assert not (tmp_path / "out").exists()


def test_without_an_address_the_setting_is_named(tmp_path: Path) -> None:
    for words in ((), ("--url", "")):
        result = run(str(tmp_path / "out"), *words)
        assert (result.exit_code, result.output) == (
            2,
            "todo-plugin: set PLUGIN_PUBLIC_URL, or give --url: a package names the public"
            " address\n",
        )


def test_the_option_wins_over_the_setting(tmp_path: Path) -> None:
    result = run(str(tmp_path), "--url", ORIGIN, PLUGIN_PUBLIC_URL="http://localhost")
    assert result.exit_code == 0
    assert ENDPOINT in (tmp_path / "mcp.json").read_text()


def test_a_directory_without_a_name_is_refused() -> None:
    """As a variable of the shell that is not set would give it."""
    result = run("", "--url", ORIGIN)
    assert (result.exit_code, result.output) == (
        2,
        "todo-plugin: DIRECTORY is empty: say where the package goes\n",
    )


def test_writing_it_again_changes_nothing_and_leaves_the_rest(tmp_path: Path) -> None:
    (tmp_path / "skills").mkdir()
    (tmp_path / "skills/SKILL.md").write_text("Be kind.")
    packaged(tmp_path)
    before = {path: (tmp_path / path).stat().st_mtime_ns for path in FILES}
    packaged(tmp_path)
    assert {path: (tmp_path / path).stat().st_mtime_ns for path in FILES} == before
    (tmp_path / "mcp.json").unlink()
    packaged(tmp_path)
    assert written(tmp_path) == sorted([*FILES, "skills/SKILL.md"])


def test_an_earlier_package_is_replaced_when_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "out"
    packaged(out)
    before = contents(out)
    folder = fork(tmp_path / "fork", lambda _, contract: contract["info"].update(version="0.2.0"))
    (folder / "logo.png").write_bytes((PROJECT / "logo.png").read_bytes() + b"\0")
    refused = run(str(out), "--url", ORIGIN, folder=folder)
    assert (refused.exit_code, refused.output) == (
        1,
        f"todo-plugin: {out} has this package, and plugin.json, .codex-plugin/plugin.json,"
        " assets/logo.png would change: say --force to write it anew\n",
    )
    assert contents(out) == before
    assert packaged(out, "--force", folder=folder)["version"] == "0.2.0"
    assert (out / "assets/logo.png").read_bytes() == (folder / "logo.png").read_bytes()
    assert written(out) == FILES


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("plugin.json", '{"name": "plants"}'),
        ("plugin.json", "["),
        ("plugin.json", "[]"),
        (".mcp.json", '{"mcpServers": {"todo": {}, "mine": {}}}'),
        ("assets/logo.png", "mine"),
    ],
)
def test_what_is_not_of_the_package_is_never_replaced(
    tmp_path: Path, path: str, content: str
) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(content)
    refused = run(str(tmp_path), "--url", ORIGIN, "--force")
    assert (refused.exit_code, refused.output) == (
        1,
        f"todo-plugin: {tmp_path} has a {path} that is not of this package, todo:"
        " choose another directory\n",
    )
    assert contents(tmp_path) == {path: content.encode()}


def test_what_cannot_be_written_over_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    blocked, linked, file = tmp_path / "blocked", tmp_path / "linked", tmp_path / "file"
    (blocked / "mcp.json").mkdir(parents=True)
    linked.mkdir()
    (linked / "assets").symlink_to(tmp_path)
    file.write_text("a file")
    told = {
        blocked: "has something else where mcp.json goes: choose another directory",
        linked: "has a symbolic link on the way to assets/logo.png: choose another directory",
        file / "out": "has something else where plugin.json goes: choose another directory",
    }
    for directory, sentence in told.items():
        result = run(str(directory), "--url", ORIGIN, "--force")
        assert (result.exit_code, result.output) == (1, f"todo-plugin: {directory} {sentence}\n")
    assert written(tmp_path) == ["file"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
def test_a_pipe_in_the_way_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "plugin.json")
    result = run(str(tmp_path), "--url", ORIGIN)
    assert (result.exit_code, result.output) == (
        1,
        f"todo-plugin: {tmp_path} has something else where plugin.json goes:"
        " choose another directory\n",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")
def test_a_directory_that_cannot_be_made_is_told() -> None:
    result = run("/proc/package", "--url", ORIGIN)
    assert (result.exit_code, result.output) == (
        1,
        "todo-plugin: /proc/package cannot be written: No such file or directory\n",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit for the size of files")
def test_a_disk_that_is_full_leaves_nothing_half_written(tmp_path: Path) -> None:
    # The logo is larger, and everything else is smaller.
    line = f'ulimit -f 4; exec "$0" -m app package out --url {ORIGIN}'
    cut_off = subprocess.run(
        ["bash", "-c", line, sys.executable],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (cut_off.returncode, cut_off.stdout) == (1, "")
    assert cut_off.stderr == "todo-plugin: out cannot be written: File too large\n"
    assert contents(tmp_path / "out") == {}
