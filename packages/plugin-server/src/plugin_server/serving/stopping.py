"""The end of a server: what the signals mean, and what becomes of who is still connected."""

import asyncio
import logging
import os
import signal
import threading

from .connections import Connections

# A caller who is sending a request while the signal arrives gets 503 instead of a reset.
LINGER_SECONDS = 0.3
# What is left after the grace: telling the rest, closing the database.
EXIT_SECONDS = 1.5

log = logging.getLogger(__name__)


class Stop:
    """The first and the second signal. Each starts a clock that ends the process, come what may."""

    def __init__(self, loop: asyncio.AbstractEventLoop, grace: float) -> None:
        self.first = asyncio.Event()
        self.second = asyncio.Event()
        self._grace = grace
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.signalled)

    def signalled(self) -> None:
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


async def drain(connections: Connections, stop: Stop, grace: float) -> None:
    """Let what runs be answered, within `grace` seconds or until the second signal."""
    tasks = connections.tasks
    deadline = asyncio.get_running_loop().time() + grace
    await _until_closed(connections, stop, min(LINGER_SECONDS, grace))
    for client in connections.without_request():
        client.close()
    await _until_closed(connections, stop, deadline - asyncio.get_running_loop().time())
    rest = list(tasks.values())
    for client in list(tasks):
        # No answer says "not known", which is the truth: what was written may still be committed.
        client.abort()
    for task in rest:
        task.cancel()
    if rest:
        log.warning("%d connections did not finish in time", len(rest))
        await asyncio.wait(rest, timeout=EXIT_SECONDS / 3)


async def _until_closed(connections: Connections, stop: Stop, seconds: float) -> None:
    tasks = list(connections.tasks.values())
    if not tasks or stop.second.is_set():
        return
    second = asyncio.ensure_future(stop.second.wait())
    everything = asyncio.ensure_future(asyncio.wait(tasks))
    await asyncio.wait(
        [second, everything], timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED
    )
    second.cancel()
    everything.cancel()
