"""A real Redis for tests: this machine's redis-server or valkey-server, gone with the tests."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 20.0  # seconds that a start may take

# The shell sees its input end when the tests die, however they die.
SUPERVISOR = '"$@" </dev/null >&2 & echo $!; read -r _; kill -9 $!; wait'
ALONE = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]


class RedisUnavailable(Exception):
    """Redis cannot run here; the text says why."""


class RedisServer:
    """A Redis on a port of its own, with nothing on disk. `options` are those of redis.conf."""

    def __init__(self, program: str, directory: Path) -> None:
        self._program = program
        self._directory = directory
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._supervisor: subprocess.Popen[str] | None = None
        self._pid = 0

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self, *options: str) -> None:
        """Return once it answers."""
        arguments = ["--port", str(self.port), *ALONE, *options]
        with (self._directory / "redis.log").open("ab") as log:
            self._supervisor = subprocess.Popen(
                ["/bin/sh", "-c", SUPERVISOR, "sh", self._program, *arguments],
                cwd=self._directory,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self._supervisor.stdout is not None
        self._pid = int(self._supervisor.stdout.readline())
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self._program} does not answer on port {self.port}")
            time.sleep(0.01)

    def freeze(self) -> None:
        """Take connections and bytes, and answer nothing, until `thaw`."""
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it as a crash would; what it counted is lost. No effect on one that has ended."""
        if self._supervisor is not None:
            self._supervisor.communicate()
            self._supervisor = None

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as asking:
            asking.sendall(b"PING\r\n")
            return asking.recv(8)[:1] in (b"+", b"-")
        return False


@contextmanager
def running_redis(directory: Path, *options: str) -> Iterator[RedisServer]:
    """Run a Redis of one's own. RedisUnavailable where it cannot run."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise RedisUnavailable("neither redis-server nor valkey-server is on the PATH")
    server = RedisServer(program, directory)
    try:
        server.start(*options)
        yield server
    finally:
        server.kill()
