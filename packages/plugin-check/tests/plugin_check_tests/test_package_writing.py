"""The package for OpenAI's directory: for which address, into which directory, over what."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .packages import ENDPOINT, FILES, ORIGIN, contents, fork, packaged, run, written
from .parts import TODO

NO_ORIGIN = (
    "must be an origin such as https://todo.example.org, without a path:"
    " hosts look for the manifest at its root"
)
PRIVATE = "must have a public host, because OpenAI calls it from outside"


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`plugin-check package` in a folder, as a person types it."""
    return subprocess.run(
        [sys.executable, "-m", "plugin_check", "package", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_command_line_writes_it_and_shows_what_the_directory_would_say(tmp_path: Path) -> None:
    shown = command(tmp_path, "out", "--url", ORIGIN, "--documents", str(TODO))
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert lines[0] == f"out: todo 0.1.0 for {ENDPOINT}"
    assert "note K13 (mcp)  plugin.json:12:5" in lines
    assert lines[-1] == "OpenAI plugins over MCP  would accept it"
    assert written(tmp_path / "out") == FILES


def test_the_documents_are_those_of_the_current_folder_unless_another_is_named(
    tmp_path: Path,
) -> None:
    fork(tmp_path / "fork", lambda manifest, _: manifest.update(name_for_model="plants"))
    shown = command(tmp_path / "fork", "out", "--url", ORIGIN)
    assert shown.stdout.startswith(f"out: plants 0.1.0 for {ENDPOINT}\n")


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
        ("", NO_ORIGIN),
        (f"{ORIGIN}/todo", NO_ORIGIN),
        (f"{ORIGIN}?", NO_ORIGIN),
        (f"{ORIGIN}#todo", NO_ORIGIN),
        ("https://ann@todo.example.org", NO_ORIGIN),
        ("https://todo.example.org:70000", NO_ORIGIN),
        ("todo.example.org", NO_ORIGIN),
    ],
)
def test_an_address_that_openai_cannot_call_is_refused(
    tmp_path: Path, origin: str, fault: str
) -> None:
    option = run(str(tmp_path / "out"), "--url", origin)
    assert (option.exit_code, option.output) == (2, f"plugin-check: --url: {fault}\n")
    assert not (tmp_path / "out").exists()


def test_without_an_address_the_option_is_named(tmp_path: Path) -> None:
    result = run(str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Missing option '--url'" in result.stderr


def test_a_directory_without_a_name_is_refused() -> None:
    """As a variable of the shell that is not set would give it."""
    result = run("", "--url", ORIGIN)
    assert (result.exit_code, result.output) == (
        2,
        "plugin-check: DIRECTORY is empty: say where the package goes\n",
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
    (folder / "logo.png").write_bytes((TODO / "logo.png").read_bytes() + b"\0")
    refused = run(str(out), "--url", ORIGIN, folder=folder)
    assert (refused.exit_code, refused.output) == (
        1,
        f"plugin-check: {out} has this package, and plugin.json, .codex-plugin/plugin.json,"
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
        f"plugin-check: {tmp_path} has a {path} that is not of this package, todo:"
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
        assert (result.exit_code, result.output) == (1, f"plugin-check: {directory} {sentence}\n")
    assert written(tmp_path) == ["file"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
def test_a_pipe_in_the_way_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "plugin.json")
    result = run(str(tmp_path), "--url", ORIGIN)
    assert (result.exit_code, result.output) == (
        1,
        f"plugin-check: {tmp_path} has something else where plugin.json goes:"
        " choose another directory\n",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")
def test_a_directory_that_cannot_be_made_is_told() -> None:
    result = run("/proc/package", "--url", ORIGIN)
    assert (result.exit_code, result.output) == (
        1,
        "plugin-check: /proc/package cannot be written: No such file or directory\n",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit for the size of files")
def test_a_disk_that_is_full_leaves_nothing_half_written(tmp_path: Path) -> None:
    # The logo is larger, and everything else is smaller.
    words = f"out --url {ORIGIN} --documents '{TODO}'"
    cut_off = subprocess.run(
        ["bash", "-c", f'ulimit -f 4; exec "$0" -m plugin_check package {words}', sys.executable],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (cut_off.returncode, cut_off.stdout) == (1, "")
    assert cut_off.stderr == "plugin-check: out cannot be written: File too large\n"
    assert contents(tmp_path / "out") == {}
