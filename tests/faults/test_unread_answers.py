"""A caller that reads no answer and sends a body without end: what is not wanted is not kept."""

import itertools
import select
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.callers import HEALTH
from tests.running import SERVERS, Server
from tests.server.test_metrics import counted, measured

from . import show
from .slow_callers import RECEIVE_BUFFER, memory

LARGE = HEALTH.replace(b"/healthz", b"/openapi.yaml")
ENDLESS = (
    b"POST /todos/ann HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
CHUNK = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
# No answer that leaves takes so long.
STUCK_SECONDS = 0.5
# What a few connections may cost, with what lies in their buffers.
BYTES = 50_000_000

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory is read in /proc"
)


class Others(NamedTuple):
    """Clients of the server and of its metrics."""

    ask: httpx.Client
    scraper: httpx.Client

    def answered(self) -> float:
        """How many requests with a route were answered."""
        samples = counted(self.scraper, "plugin_requests_total")
        return sum(count for name, count in samples.items() if "unmatched" not in name)


class Deaf:
    """A connection on which nothing is ever read."""

    def __init__(self, server: Server, others: Others) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.socket.connect(("127.0.0.1", server.port))
        self._others = others

    def ask(self, request: bytes, times: int) -> None:
        """Ask so often, one after the other."""
        for _ in range(times):
            self.socket.sendall(request)
            # When what was asked later is answered, the server has seen what was asked before.
            self._others.ask.get("/nope")

    def ask_until_stuck(self, request: bytes) -> int:
        """Ask until an answer does not leave the server; how many did."""
        before = self._others.answered()
        for asked in itertools.count(1):
            self.socket.sendall(request)
            deadline = time.monotonic() + STUCK_SECONDS
            while self._others.answered() < before + asked:
                if time.monotonic() > deadline:
                    return asked - 1
        raise AssertionError


@pytest.mark.parametrize("kind", SERVERS)
def test_a_refused_body_without_end_whose_sender_reads_nothing_is_not_kept(
    kind: str, tmp_path: Path, long: bool
) -> None:
    with ExitStack() as stack:
        ask, scraper, server = stack.enter_context(measured(tmp_path, PLUGIN_SERVER=kind))

        def deaf(large: int = 0, small: int = 0) -> Deaf:
            caller = Deaf(server, Others(ask, scraper))
            stack.enter_context(caller.socket)
            caller.ask(LARGE, large)
            caller.ask(HEALTH, small)
            return caller

        # What the system takes before an answer stays with the server, first roughly, then exactly.
        large = deaf().ask_until_stuck(LARGE)
        small = deaf(large).ask_until_stuck(HEALTH)
        callers = [deaf(large, small - fewer).socket for fewer in range(3)]
        before = memory(server)
        sent, most = send_without_end(server, callers, before + BYTES, 3 if long else 1)
    show(
        f"endless bodies of who reads nothing ({kind})",
        f"{sent / 1e6:.0f} MB sent; memory {before / 1e6:.0f} MB before, {most / 1e6:.0f} at most",
    )
    assert most < before + BYTES


def send_without_end(
    server: Server, callers: list[socket.socket], most: int, seconds: float
) -> tuple[int, int]:
    """Send bodies for a while, or until memory is above `most`; bytes sent, and the most memory."""
    unsent = dict.fromkeys(callers, ENDLESS)
    sent = highest = 0
    deadline = time.monotonic() + seconds
    for caller in callers:
        caller.setblocking(False)
    while unsent and highest < most and time.monotonic() < deadline:
        for caller in select.select([], unsent, [], 0.1)[1]:
            try:
                count = caller.send(unsent[caller])
            except ConnectionError:
                del unsent[caller]
            else:
                sent += count
                unsent[caller] = unsent[caller][count:] or CHUNK
        highest = max(highest, memory(server))
    return sent, highest
