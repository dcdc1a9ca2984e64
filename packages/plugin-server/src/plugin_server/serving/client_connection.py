"""One caller's connection, from accept to close.

Differs from hypercorn's own TCPServer (0.18), whose internals this is written against: idle time
is watched by one timer, not two tasks a request, and no answer is left unsent for ever.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, cast

from hypercorn.asyncio.task_group import TaskGroup
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.typing import AppWrapper, ConnectionState, LifespanState

from .connections import Connections, Phase
from .http1 import Http1, HttpConfig
from .stream import READ_BYTES, Stream, TlsStream

IDLE_SECONDS = 75
HEAD_SECONDS = 10
WRITE_SECONDS = 30
# Of one request, with at most READ_BYTES in each.
MESSAGES_KEPT = 16


class ClientConnection:
    """Hashed by identity; `phase` is kept by Connections. `has_begun` tells whether anything of a
    request has come.
    """

    def __init__(
        self, app: AppWrapper, config: HttpConfig, context: WorkerContext, connections: Connections
    ) -> None:
        self.phase = Phase.COMING
        self.has_begun = False
        self._app = app
        self._config = config
        self._context = context
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._stream: Stream | None = None
        self._deadline: float | None = self._loop.time() + HEAD_SECONDS

    async def run(self, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
        """Serve requests until one side closes the connection."""
        self._stream = stream = await opened(connection, tls)
        if self.phase is Phase.GONE:
            stream.abort()
            return
        self._watch = self._loop.call_later(HEAD_SECONDS, self._close_when_late)
        try:
            await stream.open()
        except OSError:
            # Of a port that anybody can reach, a log could not tell the news from the noise.
            stream.close()
        else:
            await self._serve(stream)
        finally:
            self._watch.cancel()
            stream.close()
            if stream.is_unsent:
                await self._part(stream)

    def close(self) -> None:
        """End the connection after what was written has left."""
        if self._stream is not None:
            self._stream.close()

    def abort(self) -> None:
        """End the connection now. A view under way still runs to its end; nobody hears of it."""
        if self._stream is not None:
            self._stream.abort()

    async def _serve(self, stream: Stream) -> None:
        async with Requests(self._loop, self._run) as requests:
            self._protocol = Http1(
                self._app,
                self._config,
                self._context,
                requests,
                ConnectionState(LifespanState({})),
                stream.is_encrypted,
                stream.address("peername"),
                stream.address("sockname"),
                partial(self._send, stream),
            )
            while data := await stream.read():
                if not self.has_begun:
                    self.has_begun = True
                    self._enter(Phase.ARRIVING)
                    self._deadline = self._loop.time() + HEAD_SECONDS
                await self._protocol.handle(RawData(data=data))
                if len(data) == READ_BYTES:
                    # A read of what is there already would let nobody else in between.
                    await asyncio.sleep(0)
            await self._protocol.handle(Closed())

    def _run(self) -> None:
        self._enter(Phase.RUNNING)

    def _enter(self, phase: Phase) -> None:
        self._connections.enter(self, phase)

    async def _send(self, stream: Stream, event: Event) -> None:
        if isinstance(event, RawData):
            stream.write(event.data)
            if stream.is_unsent:
                await self._wait_for_reader(stream)
        elif isinstance(event, Closed):
            stream.close()
            self._enter(Phase.LEAVING)
        elif isinstance(event, Updated):
            self.has_begun = not event.idle
            self._enter(Phase.IDLE if event.idle else Phase.ARRIVING)
            self._deadline = self._loop.time() + IDLE_SECONDS if event.idle else None

    async def _wait_for_reader(self, stream: Stream) -> None:
        before = self.phase
        self._enter(Phase.LEAVING)
        try:
            async with asyncio.timeout(WRITE_SECONDS):
                await stream.drain()
        except (OSError, RuntimeError):
            stream.abort()
            await self._protocol.handle(Closed())
        self._enter(before)

    async def _part(self, stream: Stream) -> None:
        self._enter(Phase.LEAVING)
        with suppress(OSError):
            async with asyncio.timeout(WRITE_SECONDS):
                await stream.closed()
        stream.abort()

    def _close_when_late(self) -> None:
        now = self._loop.time()
        if self._deadline is not None and self._deadline <= now:
            self.abort()
            return
        again = min(self._deadline or now + HEAD_SECONDS, now + HEAD_SECONDS)
        self._watch = self._loop.call_at(again, self._close_when_late)


class Requests(TaskGroup):
    """hypercorn's task group, which also tells when a request has come whole, and in which the
    reader of the connection waits for an application that does not take what came.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, is_whole: Callable[[], None]) -> None:
        super().__init__(loop)
        self._is_whole = is_whole

    async def spawn_app(
        self, app: AppWrapper, config: Any, scope: Any, send: Any
    ) -> Callable[[Any], Awaitable[None]]:
        room = asyncio.Semaphore(MESSAGES_KEPT)
        has_ended = False

        async def bounded(scope: Any, receive: Any, *others: Any) -> None:
            async def receive_next() -> Any:
                room.release()
                return await receive()

            nonlocal has_ended
            try:
                await app(scope, receive_next, *others)
            finally:
                has_ended = True
                room.release()

        put = await super().spawn_app(cast(AppWrapper, bounded), config, scope, send)

        async def put_and_tell(message: Any) -> None:
            if message["type"] == "http.request":
                if not message["more_body"]:
                    self._is_whole()
                await room.acquire()
                if has_ended:
                    room.release()
                    return
            await put(message)

        return put_and_tell


async def opened(connection: socket.socket, tls: ssl.SSLContext | None) -> Stream:
    """The stream of an accepted connection. Raises OSError."""
    if tls is None:
        return await Stream.accepted(connection)
    return (await TlsStream.accepted(connection)).encrypt(tls)
