"""What was fetched is remembered for a while, and fetched once however many ask for it."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from math import inf
from time import monotonic
from typing import Generic, NamedTuple, TypeVar

from .fetching import NoDocument

T = TypeVar("T")
R = TypeVar("R")

# Fetches at the same time; who has to wait longer than this for a turn and an answer is refused.
AT_ONCE = 16
WAIT_SECONDS = 10
FAILURE_SECONDS = 60
BUSY = "Many documents are being fetched. Try again in a moment."


class _Entry(NamedTuple, Generic[T]):
    found: T
    since: float
    until: float


class Remembered(Generic[T]):
    """Values by the URL that they were made from, at most `most`, and as many failures.

    `fetch` gives a value and the seconds for which it is good, or raises NoDocument. Those that
    were asked for last are kept. One that cannot be fetched again is good for `stale` seconds more.
    """

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[tuple[T, float]]],
        *,
        most: int = 1_000,
        stale: float = 0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._fetch = fetch
        self._most = most
        self._stale = stale
        self._clock = clock
        # Apart, so that a flood of URLs that lead to nothing displaces nothing.
        self._values: OrderedDict[str, _Entry[T]] = OrderedDict()
        self._failures: OrderedDict[str, _Entry[NoDocument]] = OrderedDict()
        self._running: dict[str, asyncio.Task[T]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def get(self, url: str, *, oldest: float = inf) -> T:
        """The value, at most `oldest` seconds old. Raises NoDocument; for a while with the same
        sentence and without a fetch.
        """
        entry = self._known(self._values, url, self._stale)
        now = self._clock()
        if entry is not None and now < entry.until and now - entry.since < oldest:
            return entry.found
        try:
            return await self._fetched(url)
        except NoDocument:
            if entry is None or oldest < inf:
                raise
            return entry.found

    async def _fetched(self, url: str) -> T:
        failure = self.failure(url)
        if failure is not None:
            raise NoDocument(*failure.args)
        task = self._running.get(url)
        if task is None:
            task = asyncio.create_task(self._get(url))
            # Perhaps nobody waits for it any longer when it fails.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._running[url] = task
        # It goes on for the others, and for next time, when one of them no longer waits.
        return await asyncio.shield(task)

    def failure(self, url: str) -> NoDocument | None:
        """Why there is no value, if that was found out a moment ago."""
        entry = self._known(self._failures, url)
        return entry.found if entry else None

    async def _get(self, url: str) -> T:
        try:
            async with asyncio.timeout(WAIT_SECONDS), self._slots:
                value, seconds = await self._fetch(url)
        except TimeoutError:
            # It says nothing of the document, so it is not remembered.
            raise NoDocument(BUSY) from None
        except NoDocument as failure:
            self._keep(self._failures, url, failure, FAILURE_SECONDS)
            raise
        finally:
            del self._running[url]
        self._failures.pop(url, None)
        self._keep(self._values, url, value, seconds)
        return value

    def _known(
        self, entries: OrderedDict[str, _Entry[R]], url: str, stale: float = 0
    ) -> _Entry[R] | None:
        entry = entries.get(url)
        if entry is None:
            return None
        if self._clock() >= entry.until + stale:
            del entries[url]
            return None
        entries.move_to_end(url)
        return entry

    def _keep(
        self, entries: OrderedDict[str, _Entry[R]], url: str, found: R, seconds: float
    ) -> None:
        now = self._clock()
        entries[url] = _Entry(found, now, now + seconds)
        if len(entries) > self._most:
            entries.popitem(last=False)
