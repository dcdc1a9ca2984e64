"""The HTTP server: hypercorn's protocol in this process, one process a unit.

Several processes under one parent are not offered: hypercorn's parent drops running requests when
it stops and ends when one child dies. Scale is replicas.

SIGTERM and SIGINT: stop accepting; a request that has not begun gets 503; what runs has `grace`
seconds to answer. A second signal ends the grace. Then the process exits 0, whatever hangs.
"""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from hypercorn.asyncio.worker_context import WorkerContext

from .wire import Peer, Wire

if TYPE_CHECKING:
    from ..main import Plugin

BACKLOG = 1024
# A caller who sends on an idle connection while the signal arrives gets 503 instead of a reset.
LINGER_SECONDS = 0.3
# What is left after the grace: telling the rest, closing the database.
EXIT_SECONDS = 1.5

# A request leaves some hundred objects in cycles; Python's own 700 means a look after each request.
COLLECTION_THRESHOLDS = (20_000, 20, 50)

log = logging.getLogger(__name__)


def run(app: "Plugin", address: str, grace: float) -> None:
    """Serve until a signal. `address` is HOST:PORT, port 0 for any; `grace` is in seconds.

    Raises OSError when the address cannot be had, and what the app raises when it starts.
    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(app, _listen(address), grace))


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
    return socket.create_server((host, int(port)), family=family, backlog=BACKLOG)


async def _serve(app: "Plugin", listener: socket.socket, grace: float) -> None:
    loop = asyncio.get_running_loop()
    if sys.version_info >= (3, 12) and isinstance(loop, asyncio.BaseEventLoop):
        # One turn of the loop less for each request. uvloop's tasks know no eager start.
        loop.set_task_factory(asyncio.eager_task_factory)
    stop = _Stop(loop, grace)
    await app.startup()
    try:
        context = WorkerContext(None)
        config = Wire()
        peers: dict[Peer, asyncio.Task[None] | None] = {}

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            peer = Peer(app, config, context, reader, writer)
            peers[peer] = asyncio.current_task()
            try:
                with suppress(asyncio.CancelledError):
                    await peer.run()
            finally:
                del peers[peer]

        # What exists by now stays, and need not be looked at again and again.
        gc.freeze()
        gc.set_threshold(*COLLECTION_THRESHOLDS)
        gc.enable()
        server = await asyncio.start_server(accept, sock=listener, backlog=BACKLOG)
        host, port = listener.getsockname()[:2]
        log.info("serving http://%s:%s", f"[{host}]" if ":" in host else host, port)
        await stop.first.wait()
        app.draining = True
        await context.terminated.set()
        server.close()
        await _drain(peers, stop, grace)
    finally:
        await app.shutdown()
    log.info("stopped")


async def _drain(peers: dict[Peer, asyncio.Task[None] | None], stop: "_Stop", grace: float) -> None:
    log.info("stopping: %d connections are open", len(peers))
    deadline = asyncio.get_running_loop().time() + grace
    await _until_closed(peers, stop, min(LINGER_SECONDS, grace))
    for peer in list(peers):
        if peer.is_idle:
            peer.close()
    await _until_closed(peers, stop, deadline - asyncio.get_running_loop().time())
    rest = [task for task in peers.values() if task is not None]
    for peer in list(peers):
        # No answer says "not known", which is the truth: what was written may still be committed.
        peer.abort()
    for task in rest:
        task.cancel()
    if rest:
        log.warning("%d connections did not finish in time", len(rest))
        await asyncio.wait(rest, timeout=EXIT_SECONDS / 3)


async def _until_closed(
    peers: dict[Peer, asyncio.Task[None] | None], stop: "_Stop", seconds: float
) -> None:
    tasks = [task for task in peers.values() if task is not None]
    if not tasks or stop.second.is_set():
        return
    second = asyncio.ensure_future(stop.second.wait())
    everything = asyncio.ensure_future(asyncio.wait(tasks))
    await asyncio.wait(
        [second, everything], timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED
    )
    second.cancel()
    everything.cancel()


class _Stop:
    """The first and the second signal. Each starts a clock that ends the process, come what may."""

    def __init__(self, loop: asyncio.AbstractEventLoop, grace: float) -> None:
        self.first = asyncio.Event()
        self.second = asyncio.Event()
        self._grace = grace
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled)

    def _signalled(self) -> None:
        if not self.first.is_set():
            self.first.set()
            self._exit_after(self._grace + EXIT_SECONDS)
        elif not self.second.is_set():
            self.second.set()
            self._exit_after(EXIT_SECONDS)

    def _exit_after(self, seconds: float) -> None:
        clock = threading.Timer(seconds, os._exit, [0])
        clock.daemon = True
        clock.start()
