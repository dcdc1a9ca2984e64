"""Callers that are rude, slow, or gone: connections on which a test says every byte itself."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from .load import Answer, Change, read_answer, request
from .running import Server

PATIENCE = 20.0


class Caller:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def say(self, words: bytes) -> None:
        self._writer.write(words)

    def hang_up(self) -> None:
        """Close in good order: the server finds the end after what was said."""
        self._writer.close()

    def reset(self) -> None:
        """Close as a process that crashes does: the server gets an error."""
        raw = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def fall_silent(self) -> None:
        """Say that nothing more comes, and go on listening."""
        self._writer.write_eof()

    @property
    def is_cut_off(self) -> bool:
        """Whether the server has ended the connection; shows only to one who goes on saying."""
        return self._writer.is_closing()

    async def answer(self) -> Answer:
        """The next answer. Raises OSError or EOFError when the connection ends before it."""
        async with asyncio.timeout(PATIENCE):
            return await read_answer(self._reader)

    async def rest(self, patience: float = PATIENCE) -> bytes:
        """All that still comes before the connection ends. Raises TimeoutError if it does not."""
        async with asyncio.timeout(patience):
            try:
                return await self._reader.read()
            except ConnectionError:
                return b""


@asynccontextmanager
async def calling(server: Server) -> AsyncIterator[Caller]:
    """A connection to the server, which ends with the block."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield Caller(reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def until(condition: Callable[[], bool], otherwise: str) -> None:
    """Wait, within bounds, for something that announces itself to nobody."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, otherwise
        await asyncio.sleep(0.005)


async def until_draining(server: Server) -> None:
    """Wait until the server has heard the signal: it accepts nobody, or refuses every request."""

    def is_refused() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as probe:
                probe.sendall(HEALTH)
                return not probe.recv(12).endswith(b"200")
        except OSError:
            return True

    await until(is_refused, "the server still answers")


def open_files(server: Server) -> int:
    """How many descriptors the server holds."""
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


def words(change: Change, *headers: str) -> bytes:
    """The whole request, and these header lines."""
    head, body = request(change.verb, change.username, todo=change.todo)
    lines = "".join(f"{header}\r\n" for header in headers).encode()
    return head.removesuffix(b"\r\n") + lines + b"\r\n" + body


HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
