"""The commands of README.md and docs/ run, and answer as shown."""

import os
import re
import shlex
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.main import Settings
from tests.answers import EMPTY
from tests.running import PROJECT, environment, running_command, running_server

from .mcp_messages import message
from .pages import EVERYTHING, PAGES, SEARCH_PATH, code, commands, pages_with, shell
from .proxy_api import serve_ours


def transcript(text: str) -> Iterator[tuple[str, str]]:
    """Each curl command with the answer under it."""
    for block in code(text, "console"):
        for command, answer in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            if command.startswith("curl "):
                yield command, answer


@pytest.mark.parametrize("page", pages_with("curl "))
def test_a_tour_answers_as_shown(tmp_path: Path, page: str) -> None:
    with running_server(tmp_path) as server:
        here = server.url.removeprefix("http://")
        for command, answer in transcript(PAGES[page]):
            run = shell(command.replace("localhost:5002", here), tmp_path)
            assert run.stderr == ""
            # An answer without a line end of its own has the next prompt on its line.
            assert run.stdout.rstrip("\n") == answer.replace("localhost:5002", here).rstrip("\n")


@pytest.mark.parametrize("command", commands(EVERYTHING, "PLUGIN_", "make run"))
def test_the_commands_that_serve_serve(tmp_path: Path, command: str) -> None:
    folder = PROJECT if command.startswith("make") else tmp_path
    process = subprocess.Popen(
        ["bash", "-c", f"exec 2>&1; {command}"],
        cwd=folder,
        env=environment(
            PATH=SEARCH_PATH,
            PLUGIN_BIND="127.0.0.1:0",
            PLUGIN_DATABASE_URL=f"sqlite:///{tmp_path}/todo-plugin.db",
        ),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    lines = []
    try:
        for line in process.stdout:
            lines.append(line)
            if "serving http://127.0.0.1:" in line:
                break
        assert "serving http://127.0.0.1:" in lines[-1], lines
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.stdout.close()
        process.wait(15)


@pytest.mark.parametrize("command", commands(EVERYTHING, "plugin-server "))
def test_the_proxy_serves(tmp_path: Path, command: str) -> None:
    serve_ours(tmp_path)
    words = [*shlex.split(command), "--bind", "127.0.0.1:0"]
    words[0] = str(Path(sys.executable).with_name(words[0]))
    with running_command(tmp_path, words, "proxy") as proxy:
        contract = httpx.get(f"{proxy.url}/openapi.json").json()
    assert contract["servers"] == [{"url": proxy.url}]


@pytest.mark.parametrize(
    "url", sorted(set(re.findall(r"PLUGIN_PUBLIC_URL=(https?://[\w.:-]+)", EVERYTHING)))
)
def test_a_server_without_a_token_answers_under_each_public_url(tmp_path: Path, url: str) -> None:
    host = url.partition("://")[2]
    with (
        running_server(tmp_path, PLUGIN_AUTH="none", PLUGIN_PUBLIC_URL=url) as server,
        httpx.Client(base_url=server.url, headers={"Host": host}) as client,
    ):
        assert client.get("/todos/ann").json() == EMPTY
        assert client.post("/mcp", content=message("ping").body).json()["result"] == {}
        manifest = client.get("/.well-known/ai-plugin.json").json()
        assert manifest["api"]["url"] == f"{url.lower()}/openapi.yaml"


@pytest.mark.parametrize("page", pages_with("todo-plugin "))
def test_the_verbs_work_in_turn_while_the_server_runs(tmp_path: Path, page: str) -> None:
    with running_server(tmp_path):
        for command in commands(PAGES[page], "todo-plugin "):
            run = shell(command, tmp_path)
            assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    "command", [each for each in commands(EVERYTHING, "make ") if each != "make run"]
)
def test_the_make_targets_exist(command: str) -> None:
    assert shell(f"{command} --dry-run", PROJECT).returncode == 0


def test_drawing_the_logo_gives_the_logo(tmp_path: Path) -> None:
    run_script("draw_logo.py", tmp_path)
    assert pixels(tmp_path / "logo.png") == pixels(PROJECT / "logo.png")


def test_drawing_the_imports_gives_the_picture(tmp_path: Path) -> None:
    name = "docs/architecture.md"
    (tmp_path / "docs").mkdir()
    (tmp_path / name).write_text(re.sub(r"```mermaid\n.*?```", "", PAGES[name], flags=re.DOTALL))
    for folder in ("app", "packages"):
        (tmp_path / folder).symlink_to(PROJECT / folder)
    run_script("draw_imports.py", tmp_path)
    assert (tmp_path / name).read_text() == PAGES[name]


def test_listing_the_tools_gives_the_page(tmp_path: Path) -> None:
    name = "docs/tools.md"
    (tmp_path / "docs").mkdir()
    made = re.compile(r"(?<=list_tools\.py -->).*?(?=<!-- end)", re.DOTALL)
    (tmp_path / name).write_text(made.sub("", PAGES[name]))
    run_script("list_tools.py", tmp_path)
    assert (tmp_path / name).read_text() == PAGES[name]


def run_script(name: str, folder: Path) -> None:
    """Run the script as the documentation says, in a folder of its own."""
    (command,) = (each for each in commands(EVERYTHING) if f"scripts/{name}" in each)
    script = folder / "scripts" / name
    script.parent.mkdir()
    script.write_bytes((PROJECT / "scripts" / name).read_bytes())
    run = shell(command.replace(".venv/bin/python", sys.executable), folder)
    assert run.returncode == 0, run.stderr


def pixels(file: Path) -> bytes:
    """What a PNG of one data chunk holds: zlib's releases compress it differently."""
    data = file.read_bytes()
    begin = data.index(b"IDAT") + 4
    return zlib.decompress(data[begin : begin + int.from_bytes(data[begin - 8 : begin - 4], "big")])


def test_the_container_is_given_settings_that_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The image itself is built and run by tests/soak/test_image.py."""
    (command,) = commands(EVERYTHING, "docker run")
    monkeypatch.setenv("PLUGIN_BIND", "0.0.0.0:5002")
    for name, value in re.findall(r"-e (\w+)=(\$\([^)]*\)|\S+)", command):
        monkeypatch.setenv(name, "k7Qm2zXw9RtLs4Vb8NcJ" if value.startswith("$") else value)
    assert Settings().mode == "service_http"


def test_no_command_is_left_untried() -> None:
    tried = ["curl ", "PLUGIN_", "todo-plugin ", "plugin-server ", "make ", "docker run "]
    tried.append(".venv/bin/python ")
    assert set(commands(EVERYTHING)) == set(commands(EVERYTHING, *tried))
