"""Draining: the server stops, what runs is finished, and what has not begun is refused."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from ..errors import Unavailable

# A client that is still sending what is refused sees the answer only if it can go on for a while.
LINGER_SECONDS = 0.3

T = TypeVar("T")


class Draining:
    """The requests that an application has in hand.

    One runs from when its whole body has been read to when its answer was given to the server. One
    that is still arriving when the drain begins is refused at once.
    """

    def __init__(self) -> None:
        self.has_begun = False
        self.is_over = False
        self._running = 0
        self._arriving: set[asyncio.Timeout] = set()
        self._none_runs = asyncio.Event()

    def begin(self) -> None:
        """Refuse what has not begun to run."""
        self.has_begun = True
        for deadline in self._arriving:
            if not deadline.expired():
                deadline.reschedule(asyncio.get_running_loop().time())

    async def finish(self, seconds: float, cut: asyncio.Event | None = None) -> bool:
        """Whether all that runs was answered, in so many seconds, or before `cut` was set.

        If not, what still runs is never answered: it may be done after all, or not.
        """
        if self._running:
            self._none_runs.clear()
            waits = [
                asyncio.ensure_future(event.wait()) for event in (self._none_runs, cut) if event
            ]
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        self.is_over = self._running > 0
        return not self.is_over

    def refuse(self) -> None:
        """Raises Unavailable when the drain has begun."""
        if self.has_begun:
            raise Unavailable("The server is shutting down; nothing was done.", code="draining")

    async def arriving(self, body: Coroutine[Any, Any, T], deadline: float) -> T:
        """What is read of a body until the deadline, a time of the loop, or until the drain begins.

        Raises TimeoutError.
        """
        if self.has_begun:
            deadline = min(deadline, asyncio.get_running_loop().time() + LINGER_SECONDS)
        async with asyncio.timeout_at(deadline) as timeout:
            self._arriving.add(timeout)
            try:
                return await body
            finally:
                self._arriving.discard(timeout)

    def started(self) -> None:
        """A request runs."""
        self._running += 1

    def ended(self) -> None:
        self._running -= 1
        if self.has_begun and not self._running:
            self._none_runs.set()
