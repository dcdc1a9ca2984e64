"""Our own server: it starts only with documents that hosts accept, and hosts accept it running."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from plugin_check import Host, check
from tests.front_door import TOKEN
from tests.server import PROJECT, environment, running_server

CHECKER = PROJECT / "packages/plugin-check/src/plugin_check"
DOCUMENTS = ("ai-plugin.json", "openapi.yaml", "logo.png")


@pytest.fixture(name="fork")
def fixture_fork(tmp_path: Path) -> Path:
    """A copy of the project, to break."""
    folder = tmp_path / "fork"
    shutil.copytree(PROJECT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    for name in DOCUMENTS:
        shutil.copy(PROJECT / name, folder)
    return folder


def start(fork: Path) -> subprocess.CompletedProcess[str]:
    """Start the fork's server, which is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=fork,
        env=environment(PYTHONPATH=str(fork), PLUGIN_BIND="127.0.0.1:0"),
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_a_trailing_comma_stops_the_start_with_the_message_of_the_check(fork: Path) -> None:
    manifest = fork / "ai-plugin.json"
    lines = manifest.read_text().splitlines()
    manifest.write_text("\n".join([*lines[:-2], lines[-2] + ",", lines[-1]]) + "\n")
    ran = start(fork)
    (finding,) = check(fork, hosts=["plugin"]).errors
    place = f"ai-plugin.json:{len(lines) - 1}:{len(lines[-2]) + 1}"
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"todo-plugin: {place}: {finding.message} {finding.repair} (M02)\n"
    assert "comma" in finding.message


def test_each_error_has_its_line(fork: Path) -> None:
    manifest = json.loads((fork / "ai-plugin.json").read_text())
    manifest |= {"schema_version": "v2", "name_for_model": "to do"}
    (fork / "ai-plugin.json").write_text(json.dumps(manifest))
    ran = start(fork)
    assert ran.returncode == 2
    assert [line[-5:] for line in ran.stderr.splitlines()] == ["(M04)", "(L02)"]


def test_a_warning_is_logged_and_the_server_serves(fork: Path) -> None:
    manifest = json.loads((fork / "ai-plugin.json").read_text())
    manifest["name_for_human"] = "A list of todos, and more"
    (fork / "ai-plugin.json").write_text(json.dumps(manifest, indent=2))
    with running_server(fork, PYTHONPATH=str(fork)):
        log = (fork / "server.log").read_text()
    (warning,) = (line for line in log.splitlines() if " WARNING " in line)
    assert " WARNING plugin_check: ai-plugin.json:3:" in warning
    assert warning.endswith("(L03)")


def test_a_check_that_breaks_down_is_told_and_stops_nothing(fork: Path) -> None:
    shutil.copytree(CHECKER, fork / "plugin_check")
    (fork / "plugin_check" / "offline.py").write_text("raise SystemExit(7)\n")
    with running_server(fork, PYTHONPATH=str(fork)):
        log = (fork / "server.log").read_text()
    assert "WARNING plugin_check: the documents could not be checked: exit code 7\n" in log


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
    assert sorted(finding.rule for finding in report.findings) == sorted(expected)
    assert (report.unseen, report.skipped) == ((), ())


@pytest.mark.parametrize("host", ["plugin", "actions"])
def test_the_probed_operation_was_called(tmp_path: Path, host: Host) -> None:
    with running_server(tmp_path) as server:
        told: list[str] = []
        check(
            server.url,
            hosts=(host,),
            probe=True,
            parameters={"username": "ann"},
            progress=told.append,
        )
    assert f"probe: GET {server.url}/todos/ann" in told
