"""Our own documents: without good ones no server starts; hosts accept ours, as files and served."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from plugin_check import Host, check
from tests.front_door import TOKEN
from tests.running import PROJECT, environment, running_server

DOCUMENTS = ("ai-plugin.json", "openapi.yaml", "logo.png")

# Warnings that are right: some patterns have \u, which RE2 refuses, and nothing answers at /mcp/.
TO_MEND = {"S11", "K25", "K22"}
ADVICE = re.compile(r", \d+ warnings?$")


@pytest.fixture(name="fork")
def fixture_fork(tmp_path: Path) -> Path:
    """A copy of the project, to break."""
    folder = tmp_path / "fork"
    shutil.copytree(PROJECT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    for name in DOCUMENTS:
        shutil.copy(PROJECT / name, folder)
    return folder


def start(fork: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Start the fork's server, which is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=fork,
        env=environment(PYTHONPATH=str(fork), PLUGIN_BIND="127.0.0.1:0", **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("ai-plugin.json", '{\n  "schema_version": "v1",\n}', r"ai-plugin\.json:\d:\d+: \w[^\n]*"),
        ("ai-plugin.json", "{}", r"ai-plugin\.json: name_for_human is missing"),
        ("openapi.yaml", "info: [\n", r"openapi\.yaml:2:1: \w[^\n]*"),
        ("openapi.yaml", "info: {}\npaths: []\n", r"openapi\.yaml: its operations [^\n]*"),
    ],
)
@pytest.mark.parametrize("mode", ["none", "service_http"])
def test_a_document_that_the_server_cannot_use_stops_the_start_in_one_line(
    fork: Path, name: str, content: str, sentence: str, mode: str
) -> None:
    (fork / name).write_text(content)
    ran = start(fork, PLUGIN_AUTH=mode, PLUGIN_SERVICE_TOKENS=TOKEN if mode != "none" else "")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.fullmatch(f"todo-plugin: {sentence}\n", ran.stderr), ran.stderr


def test_a_missing_logo_stops_the_start(fork: Path) -> None:
    (fork / "logo.png").unlink()
    ran = start(fork)
    assert (ran.returncode, ran.stdout, ran.stderr) == (
        2,
        "",
        "todo-plugin: logo.png: cannot be read: No such file or directory\n",
    )


def test_what_only_a_host_refuses_stops_no_start_and_is_told_by_the_check(fork: Path) -> None:
    manifest = json.loads((fork / "ai-plugin.json").read_text())
    manifest |= {"schema_version": "v2", "name_for_model": "to do"}
    (fork / "ai-plugin.json").write_text(json.dumps(manifest))
    with running_server(fork, PYTHONPATH=str(fork)):
        log = (fork / "server.log").read_text()
    assert " WARNING " not in log
    assert [finding.rule for finding in check(fork).errors] == ["M04", "L02"]


def test_make_check_checks_our_own_files() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    (command,) = re.findall(r"^\t(\$\(BIN\)/plugin-check .*)$", makefile, re.MULTILINE)
    ran = subprocess.run(
        ["bash", "-c", command.replace("$(BIN)", str(Path(sys.executable).parent))],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert [ADVICE.sub("", line) for line in ran.stdout.splitlines()[-3:]] == [
        "ChatGPT's plugin installer of 2023  would accept it",
        "GPT Actions                         cannot reach localhost; nothing else is in the way",
        "OpenAI plugins over MCP             nothing here for this host",
    ]


def test_our_own_documents_are_clean_for_every_host() -> None:
    report = check(PROJECT)
    assert [each.rule for each in report.findings if each.rule not in TO_MEND] == ["T13"]
    assert {host: verdict.state for host, verdict in report.verdicts.items()} == {
        "plugin": "accepted",
        "actions": "unreachable",
        "mcp": "absent",
    }


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ({}, ["T13", "K14"]),
        (
            {"PLUGIN_AUTH": "service_http", "PLUGIN_SERVICE_TOKENS": TOKEN},
            ["A02", "T03", "T13", "K14"],
        ),
    ],
)
def test_the_running_server_is_clean_but_for_what_localhost_cannot_do(
    tmp_path: Path, mode: dict[str, str], expected: list[str]
) -> None:
    with running_server(tmp_path, **mode) as server:
        report = check(server.url, probe=True, parameters={"username": "ann"}, token=TOKEN)
    found = sorted(each.rule for each in report.findings if each.rule not in TO_MEND)
    assert found == sorted(expected)
    assert (report.unseen, report.skipped) == ((), ())


@pytest.mark.parametrize("host", ["plugin", "actions"])
def test_the_probed_operation_was_called(tmp_path: Path, host: Host) -> None:
    with running_server(tmp_path) as server:
        asked: list[str] = []
        check(
            server.url,
            hosts=(host,),
            probe=True,
            parameters={"username": "ann"},
            progress=asked.append,
        )
    assert f"probe: GET {server.url}/todos/ann" in asked
