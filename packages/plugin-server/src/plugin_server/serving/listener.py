"""Accepts the connections of a listening socket, and refuses them when all are busy."""

import asyncio
import errno
import logging
import socket
import ssl
from contextlib import suppress
from functools import partial

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.typing import ASGIFramework

from ..errors import CONTENT_TYPE, Unavailable
from ..observability.throttled import ThrottledWarning
from .client_connection import ClientConnection, opened
from .connections import Connections
from .http1 import HttpConfig
from .tls import Certificate

# In one turn of the loop, so that those who are connected already get theirs.
ACCEPTED_AT_ONCE = 16
# Who is told that everything is busy holds a descriptor while it listens.
TOLD_AT_ONCE = 48
TOLD_SECONDS = 2
# Without a descriptor to accept with: until some are closed, or somebody is done.
CLOSING_SECONDS = 0.005
# All have come just now: until it shows who of them says something.
LOOK_SECONDS = 0.01
PAUSE_SECONDS = 0.1

_NOTHING_TO_ACCEPT_WITH = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

log = logging.getLogger(__name__)


class Listener:
    """Lets callers of one listener in to an application."""

    def __init__(
        self,
        app: ASGIFramework,
        listener: socket.socket,
        connections: Connections,
        certificate: Certificate | None = None,
    ) -> None:
        self.connections = connections
        self._listener = listener
        self._certificate = certificate
        self._config = HttpConfig(connections.counts)
        self._context = WorkerContext(None)
        self._new_connection = partial(
            ClientConnection, ASGIWrapper(app), self._config, self._context, self.connections
        )
        self._loop = asyncio.get_running_loop()
        self._told: set[asyncio.Task[None]] = set()
        self._accept_warning = ThrottledWarning(log)
        self._is_open = False

    @property
    def _tls(self) -> ssl.SSLContext | None:
        return None if self._certificate is None else self._certificate.context

    @property
    def url(self) -> str:
        """The origin of the listener's own address."""
        host, port = self._listener.getsockname()[:2]
        scheme = "http" if self._certificate is None else "https"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    def open(self) -> None:
        """Begin to accept connections."""
        self._is_open = True
        self._listener.setblocking(False)
        self._resume()

    async def close(self) -> None:
        """Accept nobody any more. The answer to a request under way says that it is the last."""
        self._is_open = False
        self._loop.remove_reader(self._listener)
        self._listener.close()
        await self._context.terminated.set()
        for task in self._told:
            task.cancel()

    def _resume(self) -> None:
        if self._is_open:
            self._loop.add_reader(self._listener, self._accept)

    def _pause(self, seconds: float) -> None:
        # Whoever waits stays in the system's queue, and would be announced again and again.
        self._loop.remove_reader(self._listener)
        self._loop.call_later(seconds, self._resume)

    def _accept(self) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            if self.connections.must_look_first:
                # Closed now, they would not know whether what they asked for is done.
                self._pause(LOOK_SECONDS)
                return
            try:
                connection, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _NOTHING_TO_ACCEPT_WITH:
                    raise
                closed = [self.connections.close_one() for _ in range(ACCEPTED_AT_ONCE)]
                soon = LOOK_SECONDS if self.connections.all_just_came else PAUSE_SECONDS
                pause = CLOSING_SECONDS if any(closed) else soon
                self._pause(pause)
                self._accept_warning.warn("cannot accept connections for now: %s", error.strerror)
                return
            connection.setblocking(False)
            if self.connections.make_room():
                self._let_in(connection)
            else:
                self._turn_away(connection)

    def _let_in(self, connection: socket.socket) -> None:
        client = self._new_connection()
        task = self._loop.create_task(_served(client, connection, self._tls))
        self.connections.add(client, task)

    def _turn_away(self, connection: socket.socket) -> None:
        if len(self._told) >= TOLD_AT_ONCE:
            connection.close()
            return
        task = self._loop.create_task(self._tell(connection))
        self._told.add(task)
        task.add_done_callback(self._told.discard)

    async def _tell(self, connection: socket.socket) -> None:
        """Answer before anything is asked, and let go when it was heard."""
        with suppress(OSError):
            stream = await opened(connection, self._tls)
            try:
                async with asyncio.timeout(TOLD_SECONDS):
                    await stream.open()
                    stream.write(self._busy())
                    stream.end()
                    # Closed with something unread, it would be reset, and the answer lost.
                    while await stream.read():
                        pass
            finally:
                stream.abort()

    def _busy(self) -> bytes:
        problem = Unavailable("All connections are busy. Try again in a moment.", code="busy")
        body = problem.body()
        headers = [
            (b"content-type", CONTENT_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
            *((name.lower().encode(), value.encode()) for name, value in problem.headers.items()),
            *self._config.response_headers("h11"),
        ]
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        return b"HTTP/1.1 503 \r\n" + lines + b"\r\n" + body


async def _served(
    client: ClientConnection, connection: socket.socket, tls: ssl.SSLContext | None
) -> None:
    with suppress(asyncio.CancelledError, OSError):
        await client.run(connection, tls)
