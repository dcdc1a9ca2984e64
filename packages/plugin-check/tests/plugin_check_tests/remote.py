"""A plugin on a real server, at made-up public names or on localhost, which samples can spoil."""

import asyncio
import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Coroutine, Iterator
from typing import Any

from guarded_fetch import NetworkAccess
from guarded_fetch.testing.certificates import certificates
from guarded_fetch.testing.hostile_servers import settled

from .answering import Behaviour, Request, reply_to
from .parts import Parts

# Made up, and not in a private network; nothing is ever sent there.
PUBLIC_ADDRESS = "93.184.216.34"
DOMAIN = "plants.test"


class MadeUp(NetworkAccess):
    """A network on which the names of DOMAIN lead to this machine, and no other name exists."""

    def __init__(self, secure: int, plain: int) -> None:
        self.secure = secure
        self.plain = plain

    async def resolve(self, host: str, port: int) -> list[str]:  # noqa: ARG002
        if host == DOMAIN or host.endswith(f".{DOMAIN}"):
            return [PUBLIC_ADDRESS]
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def reach(self, address: str, port: int) -> tuple[str, int]:
        assert address == PUBLIC_ADDRESS, f"nothing may be asked of {address}"
        return "127.0.0.1", self.plain if port == 80 else self.secure

    def context(self) -> ssl.SSLContext:
        return certificates().client()


@contextlib.contextmanager
def remote(parts: Parts, behaviour: Behaviour) -> Iterator[NetworkAccess]:
    """Serve the plugin at its public names; the network leads there."""
    tls = certificates().servers[behaviour.certificate]
    with _served(parts, behaviour, tls, None) as (secure, plain):
        yield MadeUp(secure, plain)


@contextlib.contextmanager
def local(parts: Parts, behaviour: Behaviour) -> Iterator[str]:
    """Serve the plugin on this machine; yields its origin, which its documents name too."""
    with _served(parts, behaviour, None) as (port,):
        origin = f"http://127.0.0.1:{port}"
        for name in ("manifest", "contract"):
            text = json.dumps(getattr(parts, name))
            for public in (parts.origin, f"https://www.{DOMAIN}"):
                text = text.replace(public, origin)
            setattr(parts, name, json.loads(text))
        parts.origin = origin
        yield origin


@contextlib.contextmanager
def _served(
    parts: Parts, behaviour: Behaviour, *doors: ssl.SSLContext | None
) -> Iterator[list[int]]:
    """Serve from a thread with a loop of its own, since a check waits in this one."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    conversations: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(_converse(parts, behaviour, reader, writer))
        conversations[task] = writer

    async def start() -> list[asyncio.Server]:
        return [
            await asyncio.start_server(converse, "127.0.0.1", 0, ssl=context) for context in doors
        ]

    async def stop(servers: list[asyncio.Server]) -> None:
        for server in servers:
            server.close()
        await settled()
        for task, writer in conversations.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*conversations, return_exceptions=True)
        closed = (writer.wait_closed() for writer in conversations.values())
        await asyncio.gather(*closed, return_exceptions=True)
        for server in servers:
            await server.wait_closed()

    def do(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(10)

    try:
        servers = do(start())
        try:
            yield [server.sockets[0].getsockname()[1] for server in servers]
        finally:
            do(stop(servers))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _converse(
    parts: Parts,
    behaviour: Behaviour,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    """One request, one answer."""
    try:
        request = await _request(reader)
        behaviour.requests.append(request)
        reply = reply_to(request, parts, behaviour)
        behaviour.spoil(request, reply)
        if reply.silent:
            await asyncio.Event().wait()
        headers = {"Content-Length": str(len(reply.body)), "Connection": "close", **reply.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {reply.status} Told\r\n{head}\r\n".encode() + reply.body)
        await writer.drain()
    except (OSError, EOFError):
        pass  # the client had seen enough
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _request(reader: asyncio.StreamReader) -> Request:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    pairs = (line.partition(":") for line in lines[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    path, _, query = target.partition("?")
    return Request(method, headers["host"].partition(":")[0], path, query, headers, body)
