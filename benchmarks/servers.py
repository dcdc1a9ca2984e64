"""Start a server as a process in a directory of its own, send it requests, read what it uses."""

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from . import tool_calls

Name = Literal["baseline", "fastapi", "sdk", "ours", "proxy"]
MODULES: dict[Name, str] = {
    "baseline": "benchmarks.baseline",
    "fastapi": "benchmarks.fastapi_server",
    "sdk": "benchmarks.mcp_server",
    "ours": "app",
    "proxy": "plugin_server",
}
ROOT = Path(__file__).resolve().parent.parent
LIST = "/todos/somebody"
TOKEN = secrets.token_hex(20)
START_SECONDS = 60.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.002


class MeasureError(Exception):
    """A server or a load did not do what the measure needs; the message says what."""


class Server:
    """A running server, on a free port of 127.0.0.1."""

    def __init__(
        self, name: Name, directory: Path, variables: Mapping[str, str], behind: str = ""
    ) -> None:
        """Start it and wait for its first answer; `seconds_to_answer` is how long that took.

        `behind` is the origin of the server behind the proxy.
        """
        under = variables.get("PLUGIN_SERVER")
        self.name = f"{name} under {under}" if under else name
        self.only_tools = name == "sdk"
        # In mode user_http the token's owner has one list, of this name.
        self.list = "/todos/me" if variables.get("PLUGIN_AUTH") == "user_http" else LIST
        self.port = free_port()
        self.log = directory / f"{name}.log"
        words = [] if name == "ours" else [str(self.port)]
        if name == "proxy":
            documents = ["--manifest", ROOT / "ai-plugin.json", "--openapi", ROOT / "openapi.yaml"]
            words = ["proxy", behind, "--bind", f"127.0.0.1:{self.port}", *map(str, documents)]
        with self.log.open("ab") as log:
            began = time.perf_counter()
            self.process = subprocess.Popen(
                [sys.executable, "-m", MODULES[name], *words],
                cwd=directory,
                env={**environment(self.port, directory), **variables},
                stdout=log,
                stderr=log,
            )
        try:
            self._await_answer()
        except BaseException:
            self.stop()
            raise
        self.seconds_to_answer = time.perf_counter() - began

    def _await_answer(self) -> None:
        deadline = time.perf_counter() + START_SECONDS
        while True:
            try:
                self._ask()
            except (OSError, http.client.HTTPException):
                if self.process.poll() is not None or time.perf_counter() > deadline:
                    raise MeasureError(f"{self.name} did not start{self.last_words()}") from None
                time.sleep(POLL_SECONDS)
            else:
                return

    def _ask(self) -> None:
        if self.only_tools:
            self.call("getTodos", username=tool_calls.LIST_NAME)
        else:
            self.request("GET", self.list)

    def call(self, tool: str, **arguments: Any) -> Any:
        """Call a tool; its result."""
        answer = self.request("POST", "/mcp", tool_calls.call(tool, arguments))
        return json.loads(answer)["result"]

    def request(self, method: str, path: str, body: object = None) -> bytes:
        """One request on a connection of its own; the body of its answer, which must be a 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
        headers = {
            "Authorization": f"Bearer {TOKEN}",
            "Content-Type": "application/json",
            "Accept": tool_calls.ACCEPT,
        }
        content = None if body is None else json.dumps(body)
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            received = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            asked = f"{self.name} answered {method} {path} with {answer.status}: {received!r}"
            raise MeasureError(asked + self.last_words())
        return received

    def last_words(self) -> str:
        """The end of its log, for the message of an error."""
        return "\n" + self.log.read_text(errors="replace")[-2000:]

    def processor_seconds(self) -> float:
        """User and system time of all its threads so far; the kernel counts hundredths."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_megabytes(self) -> float:
        """VmRSS."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise MeasureError(f"{self.name} has ended")

    def stop(self) -> None:
        """SIGTERM, and SIGKILL when that does not end it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def running(name: Name, directory: Path, *, behind: str = "", **variables: str) -> Iterator[Server]:
    """A server for the length of a `with` block; ours with these settings too. PLUGIN_SERVER names
    what serves ours; without it, that is what a user gets who does not choose.
    """
    directory.mkdir(parents=True, exist_ok=True)
    server = Server(name, directory, variables, behind)
    try:
        yield server
    finally:
        server.stop()


def database(directory: Path) -> Path:
    """The file in which our server keeps its lists."""
    return directory / "todo-plugin.db"


def environment(port: int, directory: Path) -> dict[str, str]:
    """No settings of whoever runs this, and those that are measured; the references read TOKEN."""
    # Without the last, the modules would be compiled on every start, which no user sees.
    strangers = ("PORT", "PYTHONDONTWRITEBYTECODE")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PLUGIN_") and name not in strangers
    }
    return kept | {
        "PYTHONPATH": str(ROOT),
        "TOKEN": TOKEN,
        "PLUGIN_BIND": f"127.0.0.1:{port}",
        "PLUGIN_AUTH": "service_http",
        "PLUGIN_SERVICE_TOKENS": TOKEN,
        "PLUGIN_VERIFICATION_TOKENS": json.dumps({"openai": secrets.token_hex(16)}),
        "PLUGIN_RATE_LIMIT": "off",
        "PLUGIN_LOG_FORMAT": "off",
        "PLUGIN_DATABASE_URL": f"sqlite:///{database(directory)}",
    }


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
