"""Crowds of callers who take their time, each in one of five ways."""

import asyncio
import socket
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.callers import HEALTH, until, words
from tests.load import Change, read_answer
from tests.running import Server

DRIP_SECONDS = 0.5
# So little that what the server sends stays with the server.
RECEIVE_BUFFER = 4096
POST = words(Change("add", "slow", "a" * 1000))
LARGE = b"GET /todos/large HTTP/1.1\r\nHost: localhost\r\n\r\n"
# What the server's kernel takes for a connection of this machine, several times over.
LARGE_ANSWERS = 100
LAST = "Connection: close"
LAST_HEALTH = HEALTH.replace(b"localhost", b"localhost\r\nConnection: close")
READ = LAST_HEALTH.replace(b"/healthz", b"/todos/hurry")


@dataclass
class Manner:
    """A way to be slow: what is said at once, then a byte of `drip` now and then."""

    name: str
    said: bytes
    drip: bytes = b""
    listens: bool = True
    there: int = 0
    let_go: list[float] = field(default_factory=list)


def manners() -> list[Manner]:
    return [
        Manner("silent", b""),
        Manner("slow head", POST[:36], drip=b"a"),
        Manner("slow body", POST[:-900], drip=b"a"),
        Manner("idle", HEALTH),
        Manner("not reading", LARGE * LARGE_ANSWERS, listens=False),
    ]


async def be_slow(server: Server, manner: Manner) -> None:
    """Be slow until the server ends it; `let_go` keeps after how many seconds it did."""
    with socket.socket() as plain:
        plain.setblocking(False)
        if not manner.listens:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(plain, ("127.0.0.1", server.port))
        began = time.monotonic()
        with suppress(ConnectionError):
            await loop.sock_sendall(plain, manner.said)
            manner.there += 1
            if manner.listens:
                await _listen(plain, manner.drip)
            else:
                await _endure(plain)
        manner.let_go.append(time.monotonic() - began)


async def _listen(plain: socket.socket, drip: bytes) -> None:
    """Return when the server has closed the connection."""
    loop = asyncio.get_running_loop()
    dripping = asyncio.create_task(_keep_dripping(plain, drip))
    try:
        while await loop.sock_recv(plain, 65_536):
            pass
    finally:
        dripping.cancel()


async def _keep_dripping(plain: socket.socket, drip: bytes) -> None:
    with suppress(ConnectionError):
        while drip:
            await asyncio.get_running_loop().sock_sendall(plain, drip)
            await asyncio.sleep(DRIP_SECONDS)


async def _endure(plain: socket.socket) -> None:
    """Read nothing; raises ConnectionError when the server has ended the connection.

    That shows only to one who goes on saying: the server's farewell lies behind what is not read.
    """
    while True:
        await asyncio.get_running_loop().sock_sendall(plain, b"a")
        await asyncio.sleep(DRIP_SECONDS)


@asynccontextmanager
async def crowd(server: Server, count: int, deaf: int) -> AsyncIterator[list[Manner]]:
    """So many slow callers at once, all there; they leave with the block.

    `deaf` of them do not read, who cost the server megabytes of answers at first; of the rest, as
    many are slow in each other way.
    """
    kinds = manners()
    *others, not_reading = kinds
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(
                be_slow(server, not_reading if number < deaf else others[number % len(others)])
            )
            for number in range(count)
        ]
        # To connect them keeps this process too busy to tell how long somebody waits.
        await until(lambda: sum(each.there for each in kinds) == count, "not all are there")
        yield kinds
        for task in tasks:
            task.cancel()


async def fill(server: Server) -> None:
    """Make the large list: 90 kB, nearly all that a list may have."""
    for number in range(95):
        await ask(server, words(Change("add", "large", str(number).ljust(1000, "a")), LAST))


async def ask(server: Server, request: bytes) -> None:
    """One request on a connection of its own, which must be answered with 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(request)
        answer = await read_answer(reader)
        assert answer.status == 200, answer
    finally:
        writer.close()


class Probe:
    """Somebody in a hurry, who asks for three things in turn, each on a fresh connection."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._count = 0
        self.seconds: list[float] = []
        self.most = 0

    async def while_(self, condition: Callable[[], bool]) -> None:
        while condition():
            self._count += 1
            change = words(Change("add", f"hurry{self._count}", "milk"), LAST)
            for request in (LAST_HEALTH, change, READ):
                began = time.monotonic()
                await ask(self._server, request)
                self.seconds.append(time.monotonic() - began)
            self.most = max(self.most, memory(self._server))
            await asyncio.sleep(0.02)

    def __str__(self) -> str:
        median, slowest = statistics.median(self.seconds), max(self.seconds)
        return (
            f"{len(self.seconds)} probes answered, median {median * 1000:.1f} ms,"
            f" slowest {slowest * 1000:.0f} ms"
        )


def memory(server: Server) -> int:
    """What the server's process holds, in bytes."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024
