"""HTTP/1.1 on one connection: hypercorn's protocol without what a plugin must not offer.

Differs from hypercorn's own TCPServer (0.18), whose internals this module is written against:
- cleartext HTTP/2 and WebSocket upgrades are ignored, as RFC 9110 section 7.8 allows
- what cannot be parsed is answered with problem+json too
- head and body leave in one send
"""

import logging
import time
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, cast

import h11
from hypercorn.config import Config
from hypercorn.events import RawData
from hypercorn.protocol.h11 import H11Protocol

from ..errors import CONTENT_TYPE, UnreadableRequest
from ..http.record import ConnectionCounts


class HttpConfig(Config):
    """hypercorn's settings that matter here, and a Date header that is formatted once a second."""

    include_server_header = False
    # Hypercorn would give it a handler of its own, with another form of line.
    errorlog = logging.getLogger("hypercorn.error")
    h11_max_incomplete_size = 32_768
    # Hypercorn waits for room in the queue of a view that takes no more, and so for ever; client.py
    # waits no longer than the view runs.
    max_app_queue_size = 0
    _second = 0
    _headers: list[tuple[bytes, bytes]] = []  # noqa: RUF012 - replaced, never changed

    def __init__(self, counts: ConnectionCounts) -> None:
        super().__init__()
        self.counts = counts

    def response_headers(self, protocol: str) -> list[tuple[bytes, bytes]]:  # noqa: ARG002 - hypercorn's signature
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._headers = [(b"date", formatdate(second, usegmt=True).encode())]
        return self._headers


class _Requests(h11.Connection):
    """h11's reading of what a caller says, up to the request that is the last by its own word.

    RFC 9112 section 9.6: what comes behind it is no request. To h11 it is an error, which would be
    answered in the place of the last request, though that has been run.
    """

    def receive_data(self, data: bytes) -> None:
        if self.their_state is not h11.MUST_CLOSE:
            super().receive_data(data)

    def next_event(self) -> Any:
        if self.their_state is h11.MUST_CLOSE:
            return h11.NEED_DATA
        event = super().next_event()
        if isinstance(event, h11.Request):
            if event.method != event.method.upper():
                # RFC 9110 section 9.1: these are other methods. Hypercorn would run them.
                raise h11.RemoteProtocolError("unknown method", error_status_hint=501)
            lengths = (int(value) for name, value in event.headers if name == b"content-length")
            if next(lengths, 0) > 65_536:
                # RFC 9110 section 10.1.1: the final answer comes at once. Hypercorn would send 100.
                self.client_is_waiting_for_100_continue = False
        return event


class Http1(H11Protocol):
    """HTTP/1.1 and nothing else."""

    _head = b""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.connection = _Requests(h11.SERVER, self.config.h11_max_incomplete_size)

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
        cast(HttpConfig, self.config).counts.unreadable += 1
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
