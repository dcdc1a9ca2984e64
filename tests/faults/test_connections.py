"""More idle connections than there are file descriptors: who asks is answered all the same."""

import socket
import ssl
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.authority import Authority
from tests.running import Server, only_uvicorn, running_server

from . import show

pytestmark = only_uvicorn("a limit of connections")

AT_ONCE = 1.0
LINES = 10
PROBE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def secured(folder: Path) -> tuple[dict[str, str], ssl.SSLContext]:
    authority = Authority(folder)
    return authority.variables, authority.client()


def flooded(server: Server, client: ssl.SSLContext | None, connections: int) -> float:
    """Hold so many connections, opened in waves; the longest that a probe waited, in seconds."""
    slowest = probed(server, client)
    with ExitStack() as stack:
        for _ in range(10):
            for _ in range(connections // 10):
                stack.enter_context(connected(server))
            slowest = max(slowest, probed(server, client))
    return max(slowest, probed(server, client))


def probed(server: Server, client: ssl.SSLContext | None) -> float:
    """How long it takes to connect and be answered."""
    began = time.monotonic()
    with connected(server) as plain, ExitStack() as stack:
        probe = plain
        if client is not None:
            probe = stack.enter_context(client.wrap_socket(plain, server_hostname="localhost"))
        probe.sendall(PROBE)
        answer = b"".join(iter(lambda: probe.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    return time.monotonic() - began


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def complaints(folder: Path) -> int:
    """The lines of the log, none of which is a traceback."""
    log = (folder / "server.log").read_text()
    assert "Traceback" not in log, log
    return log.count("\n")


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_idle_connections_against_a_low_limit_keep_nobody_waiting(
    tls: bool, long: bool, tmp_path: Path
) -> None:
    connections, limit = (10_000, 256) if long else (1_000, 128)
    variables, client = secured(tmp_path) if tls else ({}, None)
    with running_server(tmp_path, "prlimit", f"--nofile={limit}:{limit}", **variables) as server:
        slowest = flooded(server, client, connections)
        assert server.stop() == 0
    lines = complaints(tmp_path)
    assert slowest < AT_ONCE
    assert lines < LINES
    show(
        f"{connections:,} idle connections over {'https' if tls else 'http'}, {limit} descriptors",
        f"a probe waited {slowest * 1000:.0f} ms at most; {lines} lines of log",
    )


def test_descriptors_that_run_out_all_the_same_keep_nobody_waiting(
    long: bool, tmp_path: Path
) -> None:
    connections = 5_000 if long else 500
    with running_server(tmp_path) as server:
        subprocess.run(["prlimit", f"--pid={server.process.pid}", "--nofile=60:60"], check=True)
        slowest = flooded(server, None, connections)
        assert server.stop() == 0
    lines = complaints(tmp_path)
    assert "too many connections, " in (tmp_path / "server.log").read_text()
    assert slowest < AT_ONCE
    assert lines < LINES
    show(
        f"{connections:,} idle connections, the limit lowered to 60 while it ran",
        f"a probe waited {slowest * 1000:.0f} ms at most; {lines} lines of log",
    )
