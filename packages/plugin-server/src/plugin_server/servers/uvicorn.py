"""uvicorn, with httptools and uvloop: fast, and guarded against slow and greedy clients."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

import uvicorn

from ..http.record import ConnectionCounts
from .connections import SECONDS, Connections, State
from .guard import Guard
from .signals import Stop
from .tls import Certificate


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, where it is installed."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return cast(Callable[[], asyncio.AbstractEventLoop], new_event_loop)


class _Server(uvicorn.Server):
    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """None: they are `Stop`'s."""
        return nullcontext()


async def serve(
    app: Any,
    listeners: Sequence[socket.socket],
    *,
    certificate: Certificate | None,
    most: int,
    counts: ConnectionCounts,
    stop: Stop,
) -> None:
    """Accept connections until the first signal, and serve them until the stop is `drained`."""
    counts.are_kept = True
    connections = Connections(most, counts)
    guard = Guard(app, connections, certificate)
    config = uvicorn.Config(
        guard,
        http=guard.protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        # It tells of every request that it cannot read; what else it tells, the guard does.
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        # Longer than the guard's, so that only one of them closes an idle connection.
        timeout_keep_alive=int(SECONDS[State.IDLE] + 15),
    )
    server = _Server(config)

    async def end() -> None:
        await stop.first.wait()
        for listener in server.servers:
            listener.close()
        await stop.drained.wait()
        server.should_exit = True

    ending = asyncio.create_task(end())
    await server.serve(list(listeners))
    ending.cancel()
