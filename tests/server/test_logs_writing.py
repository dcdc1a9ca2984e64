"""Where the log goes: a terminal, a pipe that nobody reads, a full disk, nowhere at all."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.running import KIND, environment

PATIENCE = 20
REQUESTS = 100


@contextmanager
def serving(folder: Path, stderr: int, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server that writes its log to `stderr`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app"],
        cwd=folder,
        env=environment(**{"PLUGIN_BIND": "127.0.0.1:0", **variables}),
        stderr=stderr,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def read_until(source: int, pattern: bytes) -> bytes:
    """What can be read there, until the pattern is in it."""
    read = b""
    while not re.search(pattern, read):
        assert select.select([source], [], [], PATIENCE)[0], read
        read += os.read(source, 65_536)
    return read


def url_in(read: bytes) -> str:
    """The origin that the server says it serves."""
    found = re.search(rb"serving (http://[0-9.:]+)", read)
    assert found is not None
    return found[1].decode()


def test_on_a_terminal_it_is_text(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with serving(tmp_path, theirs, PLUGIN_LOG_FORMAT="") as process:
        os.close(theirs)
        shown = read_until(ours, rb"serving http://.*\r\n")
        url = url_in(shown)
        httpx.get(f"{url}/todos/ann")
        shown += read_until(ours, rb"GET .*\r\n")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    os.close(ours)
    clock = r"\d\d:\d\d:\d\d\.\d{3}"
    assert re.fullmatch(
        rf"{clock} INFO plugin_server\.servers: serving {url} with {KIND}\r\n"
        rf"{clock} GET /todos/<username> 200 \d+\.\d ms 35 B request_id=[0-9a-f]{{16}}\r\n",
        shown.decode(),
    )


def test_a_reader_that_is_stuck_holds_up_neither_requests_nor_the_exit(tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    with serving(tmp_path, theirs, PLUGIN_LOG_FORMAT="json") as process:
        url = url_in(read_until(ours, b"serving .*\n"))
        while select.select([], [theirs], [], 0)[1]:
            os.write(theirs, b"x" * select.PIPE_BUF)
        os.close(theirs)
        with httpx.Client(base_url=url, timeout=5) as client:
            for _ in range(REQUESTS):
                assert client.get("/todos/ann").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    with open(ours, "rb") as pipe:
        assert pipe.read().count(b"GET") < REQUESTS, "the pipe was never full"
