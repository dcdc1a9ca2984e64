"""The real server: the command line in a process of its own, on a free port."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
START_SECONDS = 30
# Which server the tests run: uvicorn, as `make run` does, or hypercorn.
SERVERS = ("uvicorn", "hypercorn")
KIND = os.environ.get("TEST_SERVER", SERVERS[0])
UNHINDERED = {
    "PYTHONPATH": str(PROJECT),
    "PLUGIN_SERVER": KIND,
    "PLUGIN_RATE_LIMIT": "off",
    "PLUGIN_LOG_FORMAT": "off",
}


def only_uvicorn(promise: str) -> pytest.MarkDecorator:
    """For what is promised with uvicorn and not with hypercorn; docs/reliability.md has it so."""
    return pytest.mark.skipif(KIND != "uvicorn", reason=f"only with uvicorn: {promise}")


class Server:
    """A running server. `url` is its origin; `process` is the one that serves."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def stop(self, seconds: float = 15) -> int:
        """SIGTERM; the answer is the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def kill(self) -> None:
        """SIGKILL, as a crash or a power switch would."""
        self.process.kill()
        self.process.wait()


def environment(**variables: str) -> dict[str, str]:
    """The environment of this process without its PLUGIN_ variables, and with these.

    A test asks more often than a caller may, and reads what the server complains of.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PLUGIN_")}
    kept.pop("PORT", None)
    return {**kept, **UNHINDERED, **variables}


@contextmanager
def running_server(folder: Path, *prefix: str, **variables: str) -> Iterator[Server]:
    """`todo-plugin serve` in `folder` with these variables; killed at the end if it still runs.

    The prefix is a command that replaces itself by the rest, such as `nice`.
    Without PLUGIN_DATABASE_URL the database is todo-plugin.db in `folder`, so that a second server
    there continues where the first one ended.
    """
    command = [*prefix, sys.executable, "-m", "app"]
    variables = {"PLUGIN_BIND": "127.0.0.1:0", **variables}
    with running_command(folder, command, "server", **variables) as server:
        yield server


@contextmanager
def running_command(
    folder: Path, command: list[str], name: str, **variables: str
) -> Iterator[Server]:
    """A command that serves, in `folder`, where its output is in `{name}.out` and `{name}.log`."""
    log = folder / f"{name}.log"
    with log.open("w") as errors, (folder / f"{name}.out").open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(**variables),
            stdout=output,
            stderr=errors,
            text=True,
        )
    try:
        yield Server(process, _wait_for_url(process, log))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _wait_for_url(process: subprocess.Popen[str], log: Path) -> str:
    from time import monotonic, sleep

    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline:
        found = re.search(r"serving (https?://[^\s\"]+)", log.read_text())
        if found:
            return found[1]
        if process.poll() is not None:
            break
        sleep(0.02)
    raise AssertionError(f"the server did not start: {log.read_text()}")
