"""The counts of all replicas, or those of this process while they cannot be had."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.strategies import RateLimiter, SlidingWindowCounterRateLimiter

from ..observability.throttled import ThrottledWarning
from .local import LocalStorage
from .policies import Policy

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool

# What a request may lose to a shared storage that does not answer, in beats, and for how long the
# others then do not ask it.
BEATS = 10
BEAT_SECONDS = 0.025
AWAY_SECONDS = 2
# More would not be faster, and a burst would wait for its own connections.
CONNECTIONS = 16

R = TypeVar("R")
Question = Callable[[RateLimiter], Awaitable[R]]

log = logging.getLogger("plugin_server.limits")


class Windows:
    """Sliding windows by policy and key."""

    def __init__(self, redis_url: str | None, program: str) -> None:
        self._local = SlidingWindowCounterRateLimiter(LocalStorage())
        self._shared: RateLimiter | None = None
        self._pool: ConnectionPool | None = None
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._is_away = False
        self._is_told = False
        self._next_try = 0.0
        self._news = ThrottledWarning(log)
        if redis_url is not None:
            from .shared import connection_pool, redis_storage

            self._pool = connection_pool(redis_url)
            self._shared = SlidingWindowCounterRateLimiter(redis_storage(self._pool, program))

    async def hit(self, policy: Policy, key: str) -> bool:
        """Count one more, if there is room."""
        return await self._ask(lambda limiter: limiter.hit(_item(policy), key))

    async def has_room(self, policy: Policy, key: str) -> bool:
        """Whether one more would be counted."""
        return await self._ask(lambda limiter: limiter.test(_item(policy), key))

    async def wait(self, policy: Policy, key: str) -> float:
        """Seconds after which there is room for one more."""
        stats = await self._ask(lambda limiter: limiter.get_window_stats(_item(policy), key))
        return stats.reset_time - time.time()

    async def close(self) -> None:
        """End the connections."""
        if self._pool is not None:
            await self._pool.disconnect()

    async def _ask(self, question: Question[R]) -> R:
        shared = self._shared
        if shared is None or not self._may_ask():
            return await question(self._local)
        is_trial = self._is_away
        try:
            async with self._slots:
                if self._is_away and not is_trial:
                    return await question(self._local)
                async with _patience():
                    answer = await question(shared)
        except Exception as error:  # noqa: BLE001 - no fault of the storage may reach a caller
            self._leave(error)
            return await question(self._local)
        self._is_away = False
        if self._is_told:
            self._is_told = False
            log.warning("the storage of the rate limit is back")
        return answer

    def _may_ask(self) -> bool:
        """While the storage is away, one request tries it now and then, and no other waits."""
        if not self._is_away:
            return True
        now = time.monotonic()
        if now < self._next_try:
            return False
        self._next_try = now + AWAY_SECONDS
        return True

    def _leave(self, error: Exception) -> None:
        now = time.monotonic()
        self._is_away = True
        self._next_try = now + AWAY_SECONDS
        # Its text may hold what is in the URL.
        name = type(error).__name__
        if self._news.warn("the storage of the rate limit is away (%s): this process counts", name):
            self._is_told = True


@asynccontextmanager
async def _patience() -> AsyncIterator[None]:
    """Raises TimeoutError after so many beats.

    A busy loop beats slower, and hears the storage as much later: that is not the storage's fault.
    """
    loop = asyncio.get_running_loop()
    timer: asyncio.TimerHandle

    def beat(left: int) -> None:
        nonlocal timer
        if left:
            timer = loop.call_later(BEAT_SECONDS, beat, left - 1)
        else:
            waiting.reschedule(loop.time())

    timer = loop.call_later(BEAT_SECONDS, beat, BEATS - 1)
    async with asyncio.timeout(None) as waiting:
        try:
            yield
        finally:
            timer.cancel()


@lru_cache(maxsize=8)
def _item(policy: Policy) -> RateLimitItem:
    return RateLimitItemPerSecond(policy.quota, policy.window, namespace=policy.name)
