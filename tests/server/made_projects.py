"""Projects as `plugin-server init` makes them, and what drives them."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType

from click.testing import CliRunner, Result

from plugin_server.__main__ import main
from tests.running import START_SECONDS, environment

CONTRACTS = sorted((Path(__file__).parent / "contracts").iterdir())
BINARY = "logo.png"


def init(directory: Path, *options: str) -> Result:
    """`plugin-server init`, without a terminal."""
    return CliRunner().invoke(main, ["init", str(directory), *options])


def made(directory: Path, *options: str) -> Path:
    """The project in that directory."""
    ran = init(directory, *options)
    assert ran.exit_code == 0, ran.output
    return directory


def files_of(project: Path) -> dict[str, str]:
    """The texts of a project, by their paths."""
    files = (each for each in project.rglob("*") if each.is_file() and each.name != BINARY)
    return {str(each.relative_to(project)): each.read_text() for each in sorted(files)}


@contextmanager
def imported(project: Path) -> Iterator[ModuleType]:
    """The project's package, as if it were installed."""
    (package,) = (each.parent.name for each in project.glob("*/__init__.py"))
    sys.path.insert(0, str(project))
    try:
        yield import_module(package)
    finally:
        sys.path.remove(str(project))
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]


@contextmanager
def served(project: Path, *command: str | Path, **variables: str) -> Iterator[str]:
    """The URL of what the project's command serves, in this environment or by another command."""
    package = project.name.replace("-", "_")
    words = command or (sys.executable, "-c", f"import {package}; {package}.main()")
    log = project / "server.log"
    variables = {"PLUGIN_BIND": "127.0.0.1:0", "PYTHONPATH": "", **variables}
    with log.open("w") as errors:
        process = subprocess.Popen(words, cwd=project, env=environment(**variables), stderr=errors)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not (found := re.search(r"serving (https?://\S+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield found[1]
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()
        process.wait()
        log.unlink()


def run_tests(project: Path, *words: str) -> str:
    """What the project's own tests said, which must pass."""
    ran = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", *words],
        cwd=project,
        env={"PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr
    return ran.stdout
