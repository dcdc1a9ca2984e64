"""The HTTP server: uvicorn behind a guard, or hypercorn, in this process; one process a unit.

Several processes under one parent are not offered: with hypercorn the parent drops running requests
when it stops, and ends when one child dies. Scale is replicas.

SIGTERM and SIGINT: a request that has not begun gets 503, and every answer is the last of its
connection; what runs has `grace` seconds to be answered; then the server is stopped. A second
signal ends the grace. The process exits 0, whatever hangs.
SIGHUP: certificate and lists of networks are read again.

listeners    the sockets
descriptors  how many connections the system lets us have
tls          the certificate
signals      what they mean
hypercorn    what every installation has
uvicorn      twice as fast, with the extra of that name
guard        what uvicorn lacks: deadlines, a cap, problems for what is no HTTP
connections  the deadlines, and which connection is closed to make room
"""

import asyncio
import gc
import logging
import os
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from ..http.draining import Draining
from ..http.networks import AllowedNetworks
from ..http.record import ConnectionCounts
from ..settings import Settings
from .descriptors import raise_limit
from .listeners import listen, split_address, url
from .signals import Rereading, Stop
from .tls import Certificate

if TYPE_CHECKING:
    from ..observability.metrics import Metrics

# A client that sends a request on an idle connection while the signal arrives gets 503, no reset.
LINGER_SECONDS = 0.3

# A request leaves some hundred objects in cycles; Python's own 700 means a look after each request.
COLLECTION_THRESHOLDS = (20_000, 20, 50)

log = logging.getLogger(__name__)


class Application(Protocol):
    """An ASGI application that can be served, and is started and stopped by us."""

    @property
    def metrics(self) -> "Metrics | None": ...

    connections: ConnectionCounts
    draining: Draining
    networks: AllowedNetworks

    async def startup(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


class UnusableServer(Exception):
    """PLUGIN_SERVER names a server that is not installed."""


def run(app: Application, settings: Settings) -> None:
    """Serve until a signal.

    Raises UnusableServer; UnusableFile for a certificate or key; OSError, whose `filename` is the
    address, when one cannot be had; and what the app raises when it starts.
    """
    name, server = _server(settings.server)
    raise_limit(settings.max_connections)
    certificate = None
    if settings.tls_cert is not None and settings.tls_key is not None:
        certificate = Certificate(settings.tls_cert, settings.tls_key)
    listeners = listen(settings.addresses)
    scheme = "http" if certificate is None else "https"
    where = " and ".join(url(scheme, listener) for listener in listeners)
    with asyncio.Runner(loop_factory=server.loop_factory()) as runner:
        stop = Stop(runner.get_loop(), settings.grace)
        Rereading(runner.get_loop(), _readers(app, certificate), stop.signalled)
        serve = partial(
            server.serve,
            app,
            listeners,
            certificate=certificate,
            most=settings.max_connections,
            counts=app.connections,
            stop=stop,
        )
        runner.run(_serve(app, settings, stop, serve, f"{where} with {name}"))


def _server(name: str | None) -> tuple[str, Any]:
    """Name and module of a server; without a name, of the faster one that is installed."""
    for each in (name,) if name else ("uvicorn", "hypercorn"):
        with suppress(ModuleNotFoundError):
            return each, import_module(f".{each}", __name__)
    raise UnusableServer(
        f"PLUGIN_SERVER: {name} is not installed: pip install 'plugin-server[{name}]'"
    )


async def _serve(
    app: Application,
    settings: Settings,
    stop: Stop,
    serve: Callable[[], Coroutine[None, None, None]],
    where: str,
) -> None:
    _open_metrics(app, settings.metrics_bind)
    await app.startup()
    try:
        # What exists by now stays, and need not be looked at again and again.
        gc.freeze()
        gc.set_threshold(*COLLECTION_THRESHOLDS)
        gc.enable()
        log.info("serving %s", where)
        serving = asyncio.create_task(serve())
        signalled = asyncio.create_task(stop.first.wait())
        await asyncio.wait((serving, signalled), return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        await _drain(app.draining, settings.grace, stop, serving)
    finally:
        await app.shutdown()
    log.info("stopped")
    if not serving.done():
        # Whoever still waits for an answer, or for the rest of one, finds the connection closed.
        logging.shutdown()
        os._exit(0)


async def _drain(draining: Draining, grace: float, stop: Stop, serving: asyncio.Task[None]) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + grace
    draining.begin()
    log.info("stopping")
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.second.wait(), min(LINGER_SECONDS, grace))
    if not await draining.finish(deadline - loop.time(), stop.second):
        log.warning("not every request was answered in time")
        return
    stop.drained.set()
    await asyncio.wait((serving,), timeout=deadline - loop.time())


def _open_metrics(app: Application, address: str | None) -> None:
    if app.metrics is None or address is None:
        return
    host, port = split_address(address)
    try:
        log.info("metrics: http://%s:%d/metrics", host, app.metrics.listen(host, port))
    except OSError as error:
        error.filename = address
        raise


def _readers(app: Application, certificate: Certificate | None) -> dict[str, Callable[[], None]]:
    """What reads files, by the name that the log has for them."""
    readers: dict[str, Callable[[], None]] = {}
    if certificate is not None:
        readers["the certificate"] = certificate.reload
    if app.networks.has_files:
        readers["the allowed networks"] = app.networks.reload
    return readers
