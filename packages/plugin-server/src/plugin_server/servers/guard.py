"""What faces strangers under uvicorn: deadlines, a cap, limits of what is read ahead, TLS, and
problems for what is no HTTP.

A connection is watched by the callbacks of asyncio.Protocol and of httptools' parser, each of which
calls uvicorn's own; that a request has ended is told by the application, which knows the connection
by the two addresses in its scope.
"""

import asyncio
import logging
import os
import re
import socket
from collections import deque
from contextlib import suppress
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ..errors import CONTENT_TYPE, HeadersTooLarge, Problem, UnreadableRequest
from .connections import SECONDS, Connections, State
from .tls import Certificate

UNPARSED_BYTES = 32_768  # since the end of a head or the last part of a body
UNSENT_BYTES = 65_536
PIPELINED_REQUESTS = 100
TLS_SHUTDOWN_SECONDS = 0.5

# httptools loses the body of a request that offers an upgrade (Kludex/uvicorn#2722). A server may
# ignore the offer (RFC 9110 section 7.8), so the header is renamed before it is parsed.
UPGRADE = re.compile(rb"(?im)^upgrade(?=[ \t]*:)")

Endpoints = tuple[tuple[str, int], tuple[str, int]]

log = logging.getLogger(__name__)


class GuardedProtocol(HttpToolsProtocol):
    """A connection whose waits are bounded. A subclass sets `guard`."""

    guard: ClassVar["Guard"]
    state = State.HEAD
    since = 0.0
    endpoints: Endpoints | None = None
    handshake: "asyncio.Task[None] | None" = None
    is_open = False
    unanswered = 0  # heads that were parsed, and have no answer yet
    is_in_head = True  # the parser
    received = 0  # bytes since the parser told anything of a head or a body
    is_unread = False
    target = b""
    is_ending = False  # nothing more is parsed, and the refusal follows the answers
    refusal: Problem | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if self.endpoints is None:
            peer = transport.get_extra_info("peername")
            if peer is not None:  # Else it has left already.
                self.endpoints = (peer[:2], transport.get_extra_info("sockname")[:2])
            if self.endpoints is None or not self.guard.connections.admit(self):
                transport.abort()
                return
            if self.guard.certificate is not None:
                # The handshake is ours, on the same socket, so that it can be bounded and ended.
                accepted = socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno()))
                transport.abort()
                self.handshake = asyncio.create_task(
                    self._start_tls(accepted, self.guard.certificate)
                )
                return
        self.is_open = True
        self.targets = deque[bytes]()
        self.guard.by_endpoints[self.endpoints] = self
        transport.set_write_buffer_limits(UNSENT_BYTES)
        super().connection_made(transport)

    async def _start_tls(self, accepted: socket.socket, certificate: Certificate) -> None:
        try:
            with suppress(OSError):
                await asyncio.get_running_loop().connect_accepted_socket(
                    lambda: self,
                    accepted,
                    ssl=certificate.context,
                    ssl_handshake_timeout=SECONDS[State.HEAD],
                    ssl_shutdown_timeout=TLS_SHUTDOWN_SECONDS,
                )
        finally:
            if not self.is_open:
                self._remove()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.is_open:
            self._remove()
            super().connection_lost(exc)
        elif self.handshake is None:
            self._remove()

    def _remove(self) -> None:
        self.guard.connections.remove(self)
        if self.endpoints is not None and self.guard.by_endpoints.get(self.endpoints) is self:
            del self.guard.by_endpoints[self.endpoints]

    def data_received(self, data: bytes) -> None:
        if self.is_ending:
            return
        if self.is_in_head and b"pgrade" in data.lower():
            head, end, rest = data.partition(b"\r\n\r\n")
            data = UPGRADE.sub(b"ignored", head) + end + rest
        self.received += len(data)
        super().data_received(data)
        if self.received > UNPARSED_BYTES:
            self._end_reading(HeadersTooLarge("The headers are longer than the server takes."))
        self.update()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        # RFC 9110 section 6.5.1: what stands in a trailer is no header.
        if self.is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self.unanswered >= PIPELINED_REQUESTS:
            self._end_reading()
            raise ValueError("too many pipelined requests")
        super().on_headers_complete()
        self.targets.append(self.target)
        self.target = b""
        self.is_in_head = False
        self.unanswered += 1
        self.received = 0

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self.received = 0

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.is_in_head = True
        self.received = 0

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words
        unreadable = "The server cannot read this as an HTTP/1.1 request."
        self._end_reading(UnreadableRequest(unreadable))

    def eof_received(self) -> bool:  # type: ignore[override]
        """A client that has said all may still read its answers; but not with TLS."""
        self._end_reading()
        return self.state >= State.UNREAD and self.guard.certificate is None

    def pause_writing(self) -> None:
        super().pause_writing()
        self.is_unread = True
        self.update()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.is_unread = False
        self.update()

    def request_ended(self) -> None:
        """A request was answered, as far as the application is concerned."""
        self.unanswered -= 1
        if not self.transport.is_closing():
            # uvicorn reads on after each answer, whatever waits for its own already.
            if self.unanswered > 1:
                self.transport.pause_reading()
            else:
                self.transport.resume_reading()
            self.update()

    def update(self) -> None:
        if self.is_unread or (self.state is State.UNREAD and self.has_unsent()):
            state = State.UNREAD
        elif self.unanswered > 1 or (self.unanswered and self.is_in_head):
            state = State.RUNNING
        elif self.unanswered:
            state = State.BODY
        else:
            state = State.HEAD if self.received else State.IDLE
        self.guard.connections.enter(self, state)
        if self.is_ending and state < State.UNREAD and not self.transport.is_closing():
            if self.refusal is not None:
                self.transport.write(_answer(self.refusal))
            self.transport.close()

    def has_unsent(self) -> bool:
        return self.is_open and self.transport.get_write_buffer_size() > 0

    def abort(self) -> None:
        """A request that runs still runs to its end; nobody hears of it."""
        if self.handshake is not None and not self.is_open:
            self.handshake.cancel()
        else:
            self.transport.abort()

    def _end_reading(self, refusal: Problem | None = None) -> None:
        if not self.is_ending:
            self.is_ending = True
            self.refusal = refusal
            self.guard.connections.counts.unreadable += isinstance(refusal, UnreadableRequest)
            self.update()


class Guard:
    """The application, which tells the connection of each request that it has ended."""

    def __init__(self, app: Any, connections: Connections, certificate: Certificate | None) -> None:
        self.connections = connections
        self.certificate = certificate
        self.by_endpoints: dict[Endpoints, GuardedProtocol] = {}
        self.protocol = type("BoundProtocol", (GuardedProtocol,), {"guard": self})
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        connection = self.by_endpoints.get((scope["client"], scope["server"]))
        if connection is not None:
            target = connection.targets.popleft()
            if not target.startswith(b"/"):
                # uvicorn drops what stands before the path, and with it the host that counts.
                scope["raw_path"] = target.partition(b"?")[0]
        scope["is_busy"] = not self.connections.may_run()
        try:
            await self._app(scope, receive, send)
        except Exception:
            # uvicorn may fail to answer a client that has left, and its log is not kept.
            if connection is not None and not connection.transport.is_closing():
                log.exception("unexpected error")
            raise
        finally:
            if connection is not None:
                connection.request_ended()


def _answer(problem: Problem) -> bytes:
    body = problem.body()
    head = (
        f"HTTP/1.1 {problem.status} {problem.title}\r\nContent-Type: {CONTENT_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
