"""Where the log goes: a terminal, a pipe that nobody reads, a full disk, nowhere at all."""

import logging
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

from plugin_server.observability.logs.writing import WAITING_CHARACTERS, Writer

from .server import environment

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
        shown = read_until(ours, rb"serving http://\S+\r\n")
        url = url_in(shown)
        httpx.get(f"{url}/todos/ann")
        shown += read_until(ours, rb"GET .*\r\n")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    os.close(ours)
    clock = r"\d\d:\d\d:\d\d\.\d{3}"
    assert re.fullmatch(
        rf"{clock} INFO plugin_server\.serving: serving {url}\r\n"
        rf"{clock} GET /todos/<username> 200 \d+\.\d ms 25 B request_id=[0-9a-f]{{16}}\r\n",
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


def logger_to(descriptor: int) -> logging.Logger:
    log = logging.Logger("a test")
    log.addHandler(Writer(descriptor))
    return log


def test_what_finds_no_room_is_counted_and_the_rest_arrives_whole() -> None:
    ours, theirs = os.pipe()
    log = logger_to(theirs)
    filling = "x" * 1000
    count = 3 * WAITING_CHARACTERS // len(filling)
    for number in range(count):
        log.warning("%d %s", number, filling)
    numbers: list[int] = []
    dropped = 0
    with open(ours) as pipe:
        while len(numbers) + dropped < count:
            first, _, rest = pipe.readline().rstrip("\n").partition(" ")
            if rest == filling:
                numbers.append(int(first))
            else:
                dropped += int(rest.removeprefix("lines dropped: "))
    assert numbers == sorted(numbers)
    assert len(numbers) * len(filling) > WAITING_CHARACTERS * 0.9
    assert dropped > 0
    os.close(theirs)


def test_after_a_full_disk_the_log_goes_on(tmp_path: Path) -> None:
    log_file = tmp_path / "log"
    descriptor = os.open("/dev/full", os.O_WRONLY)
    log = logger_to(descriptor)
    (writer,) = log.handlers
    log.warning("one")
    log.warning("two")
    writer.flush()
    disk = os.open(log_file, os.O_WRONLY | os.O_CREAT)
    os.dup2(disk, descriptor)
    log.warning("three")
    writer.flush()
    assert log_file.read_text() == "three\nlog lines dropped: 2\n"
    os.close(descriptor)
    os.close(disk)
