"""The HTTP server: hypercorn's protocol in this process, one process a unit.

Several processes under one parent are not offered: hypercorn's parent drops running requests when
it stops and ends when one child dies. Scale is replicas.

SIGTERM and SIGINT: stop accepting; a request that has not begun gets 503; one that does not come
whole is let go; what runs has `grace` seconds to answer. A second signal ends the grace. Then the
process exits 0, whatever hangs.
SIGHUP: certificate and lists of networks are read again.

listener     accepts connections, and refuses them when all are busy
connections  open connections, and which one is closed at the cap
descriptors  how many connections the system lets us have
client_connection  one connection, from accept to close
stream       its bytes, with TLS or without
tls          the certificate
http1        HTTP/1.1
stopping     the end
rereading    SIGHUP
"""

import asyncio
import gc
import logging
import socket
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, cast

from hypercorn.typing import ASGIFramework

from ..http.record import ConnectionCounts
from ..settings import Settings
from .connections import Connections
from .descriptors import connections_within_limit
from .listener import Listener
from .rereading import Rereading
from .stopping import Stop, drain
from .tls import Certificate

if TYPE_CHECKING:
    from ..plugin import Plugin

BACKLOG = 1024
BESIDE_CONNECTIONS = 16

# A request leaves some hundred objects in cycles; Python's own 700 means a look after each request.
COLLECTION_THRESHOLDS = (20_000, 20, 50)

log = logging.getLogger(__name__)


def run(
    app: "Plugin", settings: Settings, beside: Mapping[str, ASGIFramework] | None = None
) -> None:
    """Serve until a signal. `beside` are other applications, each at its HOST:PORT, without TLS.

    Raises UnusableFile for a certificate or key; OSError, whose `filename` is the address, when
    one cannot be had; and what the app raises when it starts.
    """
    certificate = None
    if settings.tls_cert is not None and settings.tls_key is not None:
        certificate = Certificate(settings.tls_cert, settings.tls_key)
    listener = _listen(settings.address)
    others = [(other, _listen(address)) for address, other in (beside or {}).items()]
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(app, settings, certificate, listener, others))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return cast(Callable[[], asyncio.AbstractEventLoop], new_event_loop)


def _listen(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, int(port)), family=family, backlog=BACKLOG)
    except OSError as error:
        error.filename = address
        raise


async def _serve(
    app: "Plugin",
    settings: Settings,
    certificate: Certificate | None,
    listener: socket.socket,
    others: list[tuple[ASGIFramework, socket.socket]],
) -> None:
    loop = asyncio.get_running_loop()
    stop = Stop(loop, settings.grace)
    Rereading(loop, _readers(app, certificate), stop.signalled)
    most = connections_within_limit(settings.max_connections)
    await app.startup()
    try:
        # What exists by now stays, and need not be looked at again and again.
        gc.freeze()
        gc.set_threshold(*COLLECTION_THRESHOLDS)
        gc.enable()
        async with AsyncExitStack() as stack:
            for other, its_listener in others:
                room = Connections(BESIDE_CONNECTIONS, ConnectionCounts())
                aside = Listener(other, its_listener, room)
                aside.open()
                log.info("beside it: %s", aside.url)
                stack.push_async_callback(drain, room, stop, 0)
                stack.push_async_callback(aside.close)
            connections = Connections(most, app.connections)
            accepting = Listener(app, listener, connections, certificate)
            accepting.open()
            log.info("serving %s", accepting.url)
            await stop.first.wait()
            app.draining = True
            await accepting.close()
            log.info("stopping: %d connections are open", app.connections.open)
            await drain(connections, stop, settings.grace)
    finally:
        await app.shutdown()
    log.info("stopped")


def _readers(app: "Plugin", certificate: Certificate | None) -> dict[str, Callable[[], None]]:
    """What reads files, by the name that the log has for them."""
    readers: dict[str, Callable[[], None]] = {}
    if certificate is not None:
        readers["the certificate"] = certificate.reload
    if app.networks.has_files:
        readers["the allowed networks"] = app.networks.reload
    return readers
