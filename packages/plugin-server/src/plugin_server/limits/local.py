"""The counts of this process: bounded, and blind to changes of the clock."""

from collections import OrderedDict
from time import monotonic
from typing import NamedTuple

from limits.aio.storage import MemoryStorage

KEYS = 100_000


class Window(NamedTuple):
    """What was counted since `start` (monotonic, in seconds), and in the window before."""

    start: float
    previous: int
    current: int


class LocalStorage(MemoryStorage):
    """The library's storage in memory, with sliding windows of our own.

    The library's are found by the time of day, and forgotten by a look at all of them. Here the key
    that was not counted for longest makes room for a new one, so that no flood of callers costs
    more than `KEYS` entries, and each count costs the same.
    """

    def __init__(self) -> None:
        super().__init__()
        self._windows: OrderedDict[str, Window] = OrderedDict()

    async def acquire_sliding_window_entry(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> bool:
        """Count `amount` under the key, if that leaves it within the limit."""
        # There is nothing to wait for in here, so that no other request comes in between.
        now = monotonic()
        window = self._window(key, expiry, now)
        left = window.start + expiry - now
        if int(window.previous * left / expiry) + window.current + amount > limit:
            return False
        self._windows[key] = window._replace(current=window.current + amount)
        self._windows.move_to_end(key)
        if len(self._windows) > KEYS:
            self._windows.popitem(last=False)
        return True

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """The previous count, the seconds until it is forgotten, and the same of the current."""
        now = monotonic()
        window = self._window(key, expiry, now)
        left = window.start + expiry - now
        return window.previous, left, window.current, left + expiry

    async def clear_sliding_window(self, key: str, expiry: int) -> None:  # noqa: ARG002 - one key
        """Forget what was counted under the key."""
        self._windows.pop(key, None)

    def _window(self, key: str, expiry: int, now: float) -> Window:
        """The window of this moment; it begins with the first count."""
        window = self._windows.get(key)
        if window is None or now >= window.start + 2 * expiry:
            return Window(now, 0, 0)
        if now >= window.start + expiry:
            return Window(window.start + expiry, window.current, 0)
        return window
