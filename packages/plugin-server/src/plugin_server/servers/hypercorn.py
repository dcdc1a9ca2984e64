"""hypercorn by its public interface alone: what every installation has.

It keeps fewer promises than uvicorn behind its guard: docs/reliability.md says which.
"""

import asyncio
import logging
import os
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from hypercorn.asyncio import serve as serve_forever
from hypercorn.config import Config

from ..http.record import ConnectionCounts
from .listeners import BACKLOG
from .signals import Stop
from .tls import Certificate

log = logging.getLogger("hypercorn.error")


def loop_factory() -> Callable[[], Any] | None:
    """asyncio's own."""
    return None


class _Config(Config):
    backlog = BACKLOG
    include_server_header = False
    errorlog = log
    h11_max_incomplete_size = 32_768
    # For the head of a request and the wait before it together; and hypercorn keeps a connection as
    # long that its client has closed.
    keep_alive_timeout = 20.0
    # Longer than any grace: the end is not hypercorn's.
    graceful_timeout = 7200.0

    def __init__(self, certificate: Certificate | None) -> None:
        super().__init__()
        self._certificate = certificate

    @property
    def ssl_enabled(self) -> bool:
        return self._certificate is not None

    def create_ssl_context(self) -> ssl.SSLContext | None:
        """A context that hands every connection over to the newest one."""
        certificate = self._certificate
        if certificate is None:
            return None

        def renew(connection: ssl.SSLObject, *_: object) -> None:
            connection.context = certificate.context

        context = certificate.context
        context.sni_callback = renew
        return context


async def serve(
    app: Any,
    listeners: Sequence[socket.socket],
    *,
    certificate: Certificate | None,
    most: int,  # noqa: ARG001 - it has no limit of connections
    counts: ConnectionCounts,  # noqa: ARG001 - it tells of none
    stop: Stop,
) -> None:
    """Accept connections until the first signal, and serve them until the stop is `drained`."""
    log.setLevel(logging.WARNING)
    config = _Config(certificate)
    loop = asyncio.get_running_loop()
    theirs = [os.dup(listener.fileno()) for listener in listeners]
    config.bind = [f"fd://{descriptor}" for descriptor in theirs]

    async def stop_accepting() -> None:
        await stop.first.wait()
        for descriptor, listener in zip(theirs, listeners, strict=True):
            loop.remove_reader(descriptor)
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RD)
            listener.close()

    async def started(scope: Any, receive: Any, send: Any) -> None:
        """The application, whose start and end are not the server's."""
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        for event in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{event}.complete"})

    accepting = asyncio.create_task(stop_accepting())
    await serve_forever(started, config, shutdown_trigger=stop.drained.wait)
    accepting.cancel()
