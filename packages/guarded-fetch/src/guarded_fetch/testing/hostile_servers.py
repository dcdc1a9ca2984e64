"""Servers that misbehave, on loopback; and a network that puts them at made-up addresses."""

import asyncio
import gzip
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from guarded_fetch import Client, Limits, NetworkAccess
from guarded_fetch.answers import Fetch

PUBLIC = "93.184.216.34"
START = "http://plants.test/a/manifest"
NAMES = {
    "plants.test": [[PUBLIC]],
    "www.plants.test": [["8.8.8.8"]],
    "inside.test": [["10.0.0.1"]],
    "both.test": [[PUBLIC, "10.0.0.1"]],
    "localhost": [["127.0.0.1"]],
}

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

MEBIBYTE = 1 << 20


class MadeUpNetwork(NetworkAccess):
    """Names and addresses that lead to servers on loopback.

    `names` gives the addresses of a host, one list for each time that it is looked up and the last
    one ever after; other names do not exist. `ports` says where on loopback an address leads to,
    to nowhere when it is not among them. `reached` keeps every address that was connected to.
    `authority` is a certificate in PEM that is trusted instead of the system's.
    """

    def __init__(
        self,
        names: dict[str, list[list[str]]],
        ports: dict[str, int],
        authority: str | None = None,
    ) -> None:
        self.names = names
        self.ports = ports
        self.authority = authority
        self.reached: list[str] = []

    async def resolve(self, host: str, port: int) -> list[str]:
        if host in self.names:
            answers = self.names[host]
            return answers.pop(0) if len(answers) > 1 else answers[0]
        if ":" in host or host[0].isdigit():  # an address in some notation
            return await super().resolve(host, port)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def reach(self, address: str, port: int) -> tuple[str, int]:  # noqa: ARG002
        self.reached.append(address)
        return "127.0.0.1", self.ports.get(address, 1)

    def context(self) -> ssl.SSLContext:
        if self.authority is None:
            return super().context()
        return ssl.create_default_context(cadata=self.authority)


async def settled() -> None:
    """Let the loop hand over the connections that it took a moment ago: that needs some turns."""
    for _ in range(10):
        await asyncio.sleep(0)


@asynccontextmanager
async def serving(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Run a server on a free port of loopback; every connection ends with the block."""
    running: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        # The caller leaves when it has seen enough, and at the end of the test this is cancelled.
        with suppress(OSError, EOFError, asyncio.CancelledError):
            await handler(reader, writer)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        writer.transport.abort()
        with suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()
        running.discard(task)

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await settled()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def request(reader: asyncio.StreamReader) -> str:
    """Read a request up to the end of its headers."""
    return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")


def answering(answer: bytes) -> Handler:
    """Sends this, whatever is asked, and closes."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(answer)

    return handler


def ok(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A complete answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    """A redirect, with the location as it is."""
    return ok(b"", f"Location: {location}", status=f"{status} Elsewhere")


def repeating(start: bytes, piece: bytes, seconds: float = 0) -> Handler:
    """Sends the start and then the piece for ever, with a pause after each."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(seconds)

    return handler


async def silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Reads and never answers."""
    while await reader.read(1024):
        pass


async def parting(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Closes at once."""
    writer.transport.abort()


def bomb(mebibytes: int = 1024) -> bytes:
    """Zeros in gzip, about a thousandth of their size. The check sum at the end is missing."""
    packer = zlib.compressobj(9, wbits=31)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(bytes(MEBIBYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(MEBIBYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + piece + again * (mebibytes - 1)


@asynccontextmanager
async def plants(*answers: bytes) -> AsyncIterator[tuple[Client, MadeUpNetwork, list[str]]]:
    """A public plugin that gives one answer after the other, the last one ever after.

    Yields a client that starts there, its network, and the requests that the plugin gets.
    """
    seen: list[str] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await request(reader))
        writer.write(answers[min(len(seen), len(answers)) - 1])

    async with serving(handler) as port:
        names = {name: list(answers) for name, answers in NAMES.items()}
        network = MadeUpNetwork(names, {PUBLIC: port, "8.8.8.8": port})
        async with Client(START, network=network) as client:
            yield client, network, seen


HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def failure_of(fetch: Fetch) -> tuple[str | None, str | None]:
    """Its failure, without the server's port."""
    host = fetch.url.removeprefix("http://").rstrip("/")
    return fetch.failure_kind, (fetch.failure or "").replace(f"http://{host}/", "IT")


def hostile() -> dict[str, Handler]:
    """Twelve of them, by what they do."""
    packed = bomb()
    return {
        "an endless body": repeating(CHUNKED, b"10000\r\n" + b"x" * 65536 + b"\r\n"),
        "a gzip bomb": answering(ok(packed, "Content-Encoding: gzip")),
        "a gzip bomb in gzip": answering(ok(gzip.compress(packed), "Content-Encoding: gzip, gzip")),
        "headers in drops": repeating(HEAD, b"x", 0.01),
        "a body in drops": repeating(HEAD + b"Content-Length: 100000\r\n\r\n", b"x", 0.01),
        "silence": silence,
        "an immediate end": parting,
        "garbage": answering(bytes(range(256)) * 256),
        "10 MB of headers": repeating(HEAD, b"X-Name: " + b"x" * 1000 + b"\r\n"),
        "one header without end": repeating(HEAD + b"X-Name: ", b"x" * 65536),
        "early hints for ever": repeating(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100),
        "empty gzip for ever": repeating(
            HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 1000
        ),
    }


async def visit_all() -> list[str]:
    """Ask each hostile server once; the kind of failure of each."""
    kinds = []
    for name, handler in hostile().items():
        async with AsyncExitStack() as stack:
            url = f"http://127.0.0.1:{await stack.enter_async_context(serving(handler))}/"
            client = await stack.enter_async_context(
                Client(url, limits=Limits(seconds_a_request=1))
            )
            fetch = await client.fetch("manifest", "GET", url)
            kinds.append(f"{name}: {fetch.failure_kind}")
    return kinds


def peak_memory() -> int:
    """The most memory that this process ever had, in bytes."""
    import resource

    status = Path("/proc/self/status")
    if status.exists():
        # getrusage counts what the parent had before exec.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    print(*asyncio.run(visit_all()), sep="\n")  # noqa: T201
    print(peak_memory())  # noqa: T201
