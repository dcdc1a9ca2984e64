"""The README is true: its commands run and answer as it shows, its tables are the code's."""

import os
import re
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from app.settings import Settings, variable

from .answers import EMPTY
from .mcp_messages import message
from .server import PROJECT, UNHINDERED, environment, running_server

README = (PROJECT / "README.md").read_text()
BLOCKS = re.findall(r"^ *```console\n(.*?)^ *```", README, re.DOTALL | re.MULTILINE)
LINES = [line.strip() for block in BLOCKS for line in block.splitlines()]
COMMANDS = [line.removeprefix("$ ") for line in LINES if line.startswith("$ ")]


def transcript() -> Iterator[tuple[str, str]]:
    """Each curl command with the answer under it."""
    for block in BLOCKS:
        for command, answer in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            if command.startswith("curl "):
                yield command, answer


# An empty variable is an unset one.
UNSET = dict.fromkeys((name for name in UNHINDERED if name.startswith("PLUGIN_")), "")


def shell(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment(PATH=path, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_tour_answers_as_shown(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        here = server.url.removeprefix("http://")
        for command, answer in transcript():
            run = shell(command.replace("localhost:5002", here), tmp_path)
            assert run.stderr == ""
            # An answer without a line end of its own has the next prompt on its line.
            assert run.stdout.rstrip("\n") == answer.replace("localhost:5002", here).rstrip("\n")


@pytest.mark.parametrize(
    "command", [each for each in COMMANDS if each.startswith("PLUGIN_") or each == "make run"]
)
def test_the_commands_that_serve_serve(tmp_path: Path, command: str) -> None:
    folder = PROJECT if command.startswith("make") else tmp_path
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        ["bash", "-c", f"exec 2>&1; {command}"],
        cwd=folder,
        env=environment(
            PATH=path,
            PLUGIN_BIND="127.0.0.1:0",
            PLUGIN_DATABASE_URL=f"sqlite:///{tmp_path}/todos.db",
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


@pytest.mark.parametrize("url", re.findall(r"PLUGIN_PUBLIC_URL=(https?://[\w.:-]+)", README))
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


def test_what_is_linked_exists() -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert len(linked) > 3
    assert [name for name in linked if not (PROJECT / name).exists()] == []


def test_the_other_verbs_work_in_turn(tmp_path: Path) -> None:
    commands = [each for each in COMMANDS if each.startswith("todo-plugin ")]
    assert [shell(command, tmp_path).returncode for command in commands] == [0] * len(commands)
    assert len(commands) == 8


@pytest.mark.parametrize(
    "command", [each for each in COMMANDS if each.startswith("make ") and each != "make run"]
)
def test_the_make_targets_exist(command: str) -> None:
    assert shell(f"{command} --dry-run", PROJECT).returncode == 0


def test_drawing_the_logo_gives_the_logo(tmp_path: Path) -> None:
    (command,) = (each for each in COMMANDS if "draw_logo" in each)
    script = tmp_path / "scripts" / "draw_logo.py"
    script.parent.mkdir()
    script.write_bytes((PROJECT / "scripts" / "draw_logo.py").read_bytes())
    assert shell(command.replace(".venv/bin/python", sys.executable), tmp_path).returncode == 0
    assert pixels(tmp_path / "logo.png") == pixels(PROJECT / "logo.png")


def pixels(file: Path) -> bytes:
    """What a PNG of one data chunk holds: zlib's releases compress it differently."""
    data = file.read_bytes()
    begin = data.index(b"IDAT") + 4
    return zlib.decompress(data[begin : begin + int.from_bytes(data[begin - 8 : begin - 4], "big")])


def test_the_container_is_given_settings_that_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The image itself is built and run by tests/soak/test_image.py."""
    (command,) = (each for each in COMMANDS if each.startswith("docker run"))
    monkeypatch.setenv("PLUGIN_BIND", "0.0.0.0:5002")
    for name, value in re.findall(r"-e (\w+)=(\$\([^)]*\)|\S+)", command):
        monkeypatch.setenv(name, "k7Qm2zXw9RtLs4Vb8NcJ" if value.startswith("$") else value)
    assert Settings().mode == "service_http"


def test_no_command_is_left_untried() -> None:
    tried = ("curl ", "PLUGIN_", "todo-plugin ", "make ", "docker run ", ".venv/bin/python ")
    assert [command for command in COMMANDS if not command.startswith(tried)] == []


def test_the_settings_table_is_the_settings(tmp_path: Path) -> None:
    rows = re.findall(r"^\| `(P\w+)` \| (.*?) ?\| (.*) \|$", README, re.MULTILINE)
    defaults = dict(
        line.split("=", 1)
        for line in shell("todo-plugin settings", tmp_path, **UNSET).stdout.splitlines()
    )
    defaults |= {"PLUGIN_DATABASE_URL": "sqlite:///todos.db", "PLUGIN_TRUSTED_PROXIES": "0"}
    defaults["PLUGIN_GRACE"] = "10"
    assert rows == [
        (
            variable(name),
            f"`{defaults[variable(name)]}`" if defaults[variable(name)] else "",
            field.description,
        )
        for name, field in Settings.model_fields.items()
    ]


def test_every_route_is_in_the_readme_and_the_reverse() -> None:
    told = set(re.findall(r"`(/[\w./{}-]*)`", README.split("## Register it")[0]))
    served = {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule in create_app(Settings()).url_map.iter_rules()
    }
    assert told == served
