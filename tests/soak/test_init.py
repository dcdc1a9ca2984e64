"""`plugin-server init` as a user has it: its own environment, the tests, a server, an image."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.running import PROJECT, environment
from tests.server.made_projects import CONTRACTS, made, run_tests, served
from tests.server.mcp_messages import message

SECONDS = 90  # for all commands but those of the image
BASE = "localhost/todo-plugin-base:trixie"
TOKEN = "k7Qm2zXw9RtLs4Vb8NcJ"
NAMES = ("guarded-fetch", "plugin-check", "plugin-server")
ID = {"note_id": "milk"}
WORDS = {"text": "Buy milk", "id": "milk"}
ALL_PASSED = re.compile(r"^[0-9]{2,} passed in", re.MULTILINE)


def run(folder: Path, *command: str | Path, limit: float = SECONDS) -> str:
    ran = subprocess.run(
        command,
        cwd=folder,
        env=environment(PYTHONPATH=""),
        capture_output=True,
        text=True,
        check=False,
        timeout=limit,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    return ran.stdout


def test_a_project_is_made_installed_tested_served_and_accepted(tmp_path: Path) -> None:
    begun = time.monotonic()
    uv = shutil.which("uv") or pytest.skip("there is no uv")
    times = {}

    def timed(name: str, *command: str | Path) -> str:
        start = time.monotonic()
        output = run(project if name != "init" else tmp_path, *command)
        times[name] = time.monotonic() - start
        return output

    project = tmp_path / "my-notes"
    timed("init", Path(sys.executable).with_name("plugin-server"), "init", "my-notes")
    bin_ = project / ".venv/bin"
    timed("environment", uv, "venv", "--quiet", "--python", sys.executable, ".venv")
    timed("install", uv, "pip", "install", "--quiet", "-p", ".venv", "--editable", ".[test]")
    assert ALL_PASSED.search(timed("tests", bin_ / "pytest", "-q"))
    timed("check", bin_ / "plugin-check", ".")
    start = time.monotonic()
    with served(project, bin_ / "my-notes") as url, httpx.Client(base_url=url) as client:
        times["start"] = time.monotonic() - start
        assert client.post("/notes/ann", json=WORDS).json() == WORDS
        call = message("tools/call", {"name": "getNote", "arguments": {"username": "ann", **ID}})
        result = client.post("/mcp", content=call.body).json()["result"]
        assert result["structuredContent"] == WORDS
    whole = time.monotonic() - begun
    told = ", ".join(f"{name} {seconds:.1f}" for name, seconds in times.items())
    sys.stdout.write(
        f"\nplugin-server init to a served and accepted plugin: {whole:.1f} s ({told})\n"
    )
    assert whole < SECONDS


@pytest.mark.parametrize("contract", CONTRACTS, ids=[file.stem for file in CONTRACTS])
def test_the_tests_of_a_plugin_for_a_contract_pass(contract: Path, tmp_path: Path) -> None:
    project = made(tmp_path / "made-of-it", "--from-openapi", str(contract))
    told = run_tests(project).splitlines()[-1]
    sys.stdout.write(f"\n{contract.stem}: {told}\n")
    assert " passed" in told


@pytest.fixture(name="engine")
def fixture_engine() -> list[str]:
    """The command that builds images, where there is one and a base."""
    if os.geteuid() == 0 and shutil.which("buildah"):
        engine = ["buildah", "--storage-driver", "vfs"]
        kept = subprocess.run([*engine, "inspect", "--type", "image", BASE], capture_output=True)
        if kept.returncode == 0:
            return engine
    pytest.skip(f"no buildah run by root, or no {BASE}, which scripts/image.sh makes")


def test_its_image_is_built_and_serves(tmp_path: Path, engine: list[str]) -> None:
    project = made(tmp_path / "my-notes")
    name = f"my-notes-soak-{os.getpid()}"
    start = time.monotonic()
    run(
        project,
        *(*engine, "build", "--format", "docker", "--isolation", "chroot", "--pull-never"),
        *("--from", BASE, "--volume", "/etc/ssl/certs:/etc/ssl/certs:ro"),
        *("--build-context", f"library={PROJECT / 'packages'}", "--tag", name, "."),
        limit=600,
    )
    sys.stdout.write(f"\nthe made project's image: built in {time.monotonic() - start:.1f} s\n")
    working = run(project, *engine, "from", "--pull-never", name).strip()
    try:
        command = [*engine, "run", "--isolation", "chroot"]
        command += ["--env", "PLUGIN_BIND=127.0.0.1:0", "--env", "PLUGIN_AUTH=service_http"]
        command += ["--env", f"PLUGIN_SERVICE_TOKENS={TOKEN}", working, "my-notes"]
        with served(project, *command) as url:
            headers = {"Authorization": f"Bearer {TOKEN}"}
            added = httpx.post(f"{url}/notes/ann", json=WORDS, headers=headers)
            assert added.json() == WORDS
            assert httpx.get(f"{url}/notes/ann").status_code == 401
            manifest = json.loads(httpx.get(f"{url}/.well-known/ai-plugin.json").content)
            assert manifest["auth"]["type"] == "service_http"
    finally:
        run(project, *engine, "rm", working)
        run(project, *engine, "rmi", name)


def test_the_library_is_upgraded_by_one_command(tmp_path: Path) -> None:
    """From an index, which a folder of wheels stands in for: the names there are ours alone."""
    uv = shutil.which("uv") or pytest.skip("there is no uv")
    wheels, packages = tmp_path / "wheels", tmp_path / "packages"
    hidden = shutil.ignore_patterns("__pycache__", "tests")
    shutil.copytree(PROJECT / "packages", packages, ignore=hidden)
    for name in NAMES:
        run(packages, uv, "build", "--quiet", "--wheel", "--out-dir", wheels, packages / name)
    bin_, ours = tmp_path / "my-notes/.venv/bin", ("--no-index", "--find-links", str(wheels))
    pip = (uv, "pip", "install", "--quiet", "-p", str(bin_ / "python"))
    run(tmp_path, uv, "venv", "--quiet", "--python", sys.executable, bin_.parent)
    # Alone first: an index of others may have something else under these names.
    run(tmp_path, *pip, *ours, "--no-deps", *NAMES)
    wanted = ("plugin-server[uvicorn,testing,oauth]", "plugin-check", "hatchling", "editables")
    run(tmp_path, *pip, *wanted)
    run(tmp_path, bin_ / "plugin-server", "init", "my-notes")
    project = tmp_path / "my-notes"
    assert '"plugin-server[uvicorn]>=0.1.0,<1"' in (project / "pyproject.toml").read_text()
    run(project, *pip, *ours, "--no-build-isolation", "--editable", ".[test]")
    newer = packages / "plugin-server/pyproject.toml"
    newer.write_text(newer.read_text().replace('version = "0.1.0"', 'version = "0.2.0"'))
    run(packages, uv, "build", "--quiet", "--wheel", "--out-dir", wheels, "plugin-server")
    start = time.monotonic()
    run(project, *pip, *ours, "--upgrade-package", "plugin-server", "plugin-server")
    seconds = time.monotonic() - start
    version = "import importlib.metadata as m; print(m.version('plugin-server'))"
    assert run(project, bin_ / "python", "-c", version).strip() == "0.2.0"
    assert ALL_PASSED.search(run(project, bin_ / "pytest", "-q"))
    sys.stdout.write(f"\nthe library upgraded from 0.1.0 to 0.2.0: {seconds:.1f} s, tests green\n")
