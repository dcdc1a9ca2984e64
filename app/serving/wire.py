"""HTTP/1.1 on one connection: hypercorn's protocol without what a plugin must not offer.

Differs from hypercorn's own TCPServer (0.18), whose internals this module is written against:
- cleartext HTTP/2 and WebSocket upgrades are ignored, as RFC 9110 section 7.8 allows
- what cannot be parsed is answered with problem+json too
- head and body leave in one send, and idle time is watched by one timer, not two tasks a request
"""

import asyncio
import time
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import h11
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.task_group import TaskGroup
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.typing import ConnectionState, LifespanState

from ..errors import CONTENT_TYPE, UnreadableRequest

if TYPE_CHECKING:
    from ..main import Plugin

IDLE_SECONDS = 75
HEAD_SECONDS = 10
WRITE_SECONDS = 30
READ_BYTES = 65_536


class Wire(Config):
    """hypercorn's settings that matter here, and a Date header that is formatted once a second."""

    include_server_header = False
    h11_max_incomplete_size = 32_768
    # Hypercorn waits for room in the queue of a view that takes no more, and so for ever.
    max_app_queue_size = 0
    _second = 0
    _headers: list[tuple[bytes, bytes]] = []  # noqa: RUF012 - replaced, never changed

    def response_headers(self, protocol: str) -> list[tuple[bytes, bytes]]:  # noqa: ARG002 - hypercorn's signature
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._headers = [(b"date", formatdate(second, usegmt=True).encode())]
        return self._headers


class Http1(H11Protocol):
    """HTTP/1.1 and nothing else."""

    _head = b""

    async def _check_protocol(self, event: h11.Request) -> None:
        """Hypercorn would switch to HTTP/2 here."""

    async def _create_stream(self, request: h11.Request) -> None:
        if any(name == b"upgrade" for name, _ in request.headers):
            request = h11.Request(
                method=request.method,
                target=request.target,
                headers=[pair for pair in request.headers if pair[0] != b"upgrade"],
                http_version=request.http_version,
            )
        await super()._create_stream(request)

    async def _send_h11_event(self, event: Any) -> None:
        if isinstance(event, h11.Response) and self.context.terminated.is_set():
            # RFC 9112 section 9.6: the caller learns that it must connect elsewhere.
            headers = [*event.headers, (b"connection", b"close")]
            event = h11.Response(status_code=event.status_code, headers=headers)
        try:
            data = self.connection.send(event)
        except h11.LocalProtocolError:
            if self.connection.their_state != h11.ERROR:
                raise
            return
        if isinstance(event, h11.Response):
            self._head = data or b""
            return
        data = self._head + (data or b"")
        self._head = b""
        if data:
            await self.send(RawData(data=data))

    async def _send_error_response(self, status_code: int) -> None:
        problem = UnreadableRequest("The server cannot read this as an HTTP/1.1 request.")
        problem.status = status_code
        problem.title = HTTPStatus(status_code).phrase
        body = problem.body()
        headers = [
            (b"content-type", CONTENT_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
            *self.config.response_headers("h11"),
        ]
        await self._send_h11_event(h11.Response(status_code=status_code, headers=headers))
        await self._send_h11_event(h11.Data(data=body))
        await self._send_h11_event(h11.EndOfMessage())


class Peer:
    """One caller's connection, from accept to close."""

    def __init__(
        self,
        app: "Plugin",
        config: Wire,
        context: WorkerContext,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._app = ASGIWrapper(app)
        self._config = config
        self._context = context
        self._reader = reader
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._deadline: float | None = self._loop.time() + HEAD_SECONDS
        self._head_begun = False

    async def run(self) -> None:
        """Serve requests until one side closes the connection."""
        self._watch = self._loop.call_later(HEAD_SECONDS, self._close_when_late)
        try:
            async with TaskGroup(self._loop) as task_group:
                self._protocol = Http1(
                    self._app,
                    self._config,
                    self._context,
                    task_group,
                    ConnectionState(LifespanState({})),
                    self._writer.get_extra_info("ssl_object") is not None,
                    self._address("peername"),
                    self._address("sockname"),
                    self._send,
                )
                await self._read()
        finally:
            self._watch.cancel()
            self._writer.close()

    @property
    def is_idle(self) -> bool:
        """Whether no request is under way, not even the head of one."""
        return self._deadline is not None and not self._head_begun

    def close(self) -> None:
        """End the connection after what was written has left."""
        self._writer.close()

    def abort(self) -> None:
        """End the connection now. A view under way still runs to its end; nobody hears of it."""
        self._writer.transport.abort()

    def _address(self, end: str) -> tuple[str, int]:
        # uvloop knows none when the caller has left already.
        host, port = (self._writer.get_extra_info(end) or ("", 0))[:2]
        return host, port

    async def _read(self) -> None:
        while data := await self._read_some():
            if self.is_idle:
                self._head_begun = True
                self._deadline = self._loop.time() + HEAD_SECONDS
            await self._protocol.handle(RawData(data=data))
        await self._protocol.handle(Closed())

    async def _read_some(self) -> bytes:
        try:
            return await self._reader.read(READ_BYTES)
        except OSError:
            return b""

    async def _send(self, event: Event) -> None:
        if isinstance(event, RawData):
            if self._writer.transport.is_closing():
                return
            self._writer.write(event.data)
            if not self._writer.transport.get_write_buffer_size():
                return
            try:
                async with asyncio.timeout(WRITE_SECONDS):
                    await self._writer.drain()
            except (OSError, RuntimeError):
                self.abort()
                await self._protocol.handle(Closed())
        elif isinstance(event, Closed):
            self._writer.close()
        elif isinstance(event, Updated):
            self._head_begun = False
            self._deadline = self._loop.time() + IDLE_SECONDS if event.idle else None

    def _close_when_late(self) -> None:
        now = self._loop.time()
        if self._deadline is not None and self._deadline <= now:
            self.abort()
            return
        again = min(self._deadline or now + HEAD_SECONDS, now + HEAD_SECONDS)
        self._watch = self._loop.call_at(again, self._close_when_late)
