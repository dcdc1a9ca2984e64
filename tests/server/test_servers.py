"""Which HTTP server serves, where it listens, and that nothing of its inside is used."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.running import PROJECT, SERVERS, environment, running_server

SOURCES = PROJECT / "packages" / "plugin-server" / "src" / "plugin_server"
PUBLIC = {
    "hypercorn.asyncio": {"serve"},
    "hypercorn.config": {"Config"},
    "uvicorn": {"Config", "Server"},
    "uvicorn.protocols.http.httptools_impl": {"HttpToolsProtocol"},
}


def without_httptools(folder: Path) -> str:
    """A PYTHONPATH on which the extra `uvicorn` is not installed."""
    (folder / "httptools.py").write_text("raise ModuleNotFoundError('httptools')")
    return f"{folder}:{PROJECT}"


@pytest.mark.parametrize("kind", ["", *SERVERS])
def test_the_log_names_the_server_that_was_chosen_or_the_faster_one(
    kind: str, tmp_path: Path
) -> None:
    with running_server(tmp_path, PLUGIN_SERVER=kind) as server:
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        assert "server" not in httpx.get(f"{server.url}/healthz").headers
    told = (tmp_path / "server.log").read_text()
    assert f"serving {server.url} with {kind or 'uvicorn'}\n" in told


def test_without_the_extra_hypercorn_serves(tmp_path: Path) -> None:
    variables = {"PLUGIN_SERVER": "", "PYTHONPATH": without_httptools(tmp_path)}
    with running_server(tmp_path, **variables) as server:
        assert httpx.get(f"{server.url}/healthz").status_code == 200
    assert "with hypercorn\n" in (tmp_path / "server.log").read_text()


def test_a_server_that_is_not_installed_is_told_before_anything_listens(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=tmp_path,
        env=environment(PLUGIN_SERVER="uvicorn", PYTHONPATH=without_httptools(tmp_path)),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (
        2,
        "todo-plugin: PLUGIN_SERVER: uvicorn is not installed:"
        " pip install 'plugin-server[uvicorn]'\n",
    )


@pytest.mark.parametrize(
    ("bind", "hosts"),
    [
        ("localhost:0", [r"127\.0\.0\.1", r"\[::1\]"]),
        ("127.0.0.1:0, [::1]:0", [r"127\.0\.0\.1", r"\[::1\]"]),
    ],
)
def test_each_address_answers(
    bind: str, hosts: list[str], server_kind: str, tmp_path: Path
) -> None:
    with running_server(tmp_path, PLUGIN_BIND=bind, PLUGIN_SERVER=server_kind):
        told = (tmp_path / "server.log").read_text()
        urls = re.findall(r"http://[0-9.:\[\]]+", told)
        expected = " and ".join(rf"http://{host}:\d+" for host in hosts)
        assert re.search(f"serving {expected} with {server_kind}\n", told)
        assert [httpx.get(f"{url}/healthz").status_code for url in urls] == [200, 200]
        ports = {url.rpartition(":")[2] for url in urls}
        assert len(ports) == (1 if bind.startswith("localhost") else 2)


def test_of_several_addresses_the_one_that_is_taken_is_told(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        taken = f"127.0.0.1:{server.port}"
        done = subprocess.run(
            [sys.executable, "-m", "app"],
            cwd=tmp_path,
            env=environment(PLUGIN_BIND=f"127.0.0.1:0,{taken}"),
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert done.returncode == 1
    assert done.stderr.endswith(f"cannot listen on {taken}: Address already in use\n")


def imported(source: str) -> set[tuple[str, str]]:
    """Module and name of what is imported from the servers' packages."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and not node.level:
            found |= {(node.module or "", alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found |= {(node.value.id, node.attr)}
    return {pair for pair in found if pair[0].partition(".")[0] in ("hypercorn", "uvicorn")}


def test_the_servers_are_used_by_their_public_names_alone() -> None:
    found = set[tuple[str, str]]()
    for file in SOURCES.rglob("*.py"):
        found |= imported(file.read_text())
    public = {(module, name) for module, names in PUBLIC.items() for name in names}
    assert found - {("uvicorn", "")} == public


def test_what_only_uvicorn_promises_stands_in_the_table() -> None:
    promises = {
        promise
        for file in (PROJECT / "tests").rglob("test_*.py")
        for promise in re.findall(r"only_uvicorn\(\s*\"([^\"]+)\"", file.read_text())
    }
    table = (PROJECT / "docs" / "reliability.md").read_text().partition("## What each server")[2]
    assert len(promises) > 4
    assert {promise for promise in promises if f"| {promise} |" not in table} == set()
