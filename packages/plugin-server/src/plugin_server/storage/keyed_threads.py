"""Threads for the calls of a database whose sessions can wait for each other's locks.

A session that waits holds a thread and a connection, and there are few. So calls about the same
thing, which would wait for each other there, wait here, all but a few; and a call that finds locked
what it needs goes back to the end of the queue, until its patience ends.
"""

from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Condition, Thread
from time import monotonic
from typing import Any

from . import DatabaseBusy, DatabaseUnavailable, Meter, R

# From the first run of a call until its caller is told that what it needs is locked.
PATIENCE_SECONDS = 2
# So many calls about the same thing run at the same time: one commits while the next begins.
AT_ONCE = 3
# While no session comes back, what was asked piles up, though its callers have been told.
MOST_UNFINISHED = 10_000


class _Call:
    def __init__(self, work: Callable[[], Any], about: Hashable) -> None:
        self.work = work
        self.about = about
        self.began: float | None = None
        self.future: Future[Any] = Future()
        # From now on nobody can cancel it: what was asked is done.
        self.future.set_running_or_notify_cancel()


class _Line:
    """The calls about one thing: how many are ready or run, and those that wait behind them."""

    def __init__(self) -> None:
        self.running = 0
        self.behind: deque[_Call] = deque()


class KeyedThreads:
    """So many threads. The meter hears of what waits for one."""

    def __init__(self, threads: int, meter: Meter) -> None:
        self._meter = meter
        self._ready: SimpleQueue[_Call | None] = SimpleQueue()
        self._changed = Condition()
        self._unfinished = 0
        self._closed = False
        self._lines: dict[Hashable, _Line] = {}
        # Daemons, so that a session that hangs cannot keep the process alive.
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[], R], about: str | None = None) -> "Future[R]":
        """Run `work`; of what is about the same text, AT_ONCE at a time.

        Work that raises DatabaseBusy has changed nothing and is run again, for PATIENCE_SECONDS.
        Then what waits behind it is told the same. Raises DatabaseUnavailable when too many wait,
        and when it is closed.
        """
        call = _Call(work, object() if about is None else about)
        with self._changed:
            if self._closed:
                raise DatabaseUnavailable("the database is closed")
            if self._unfinished >= MOST_UNFINISHED:
                raise DatabaseUnavailable(f"{MOST_UNFINISHED} operations wait for it already")
            self._meter.queued()
            self._unfinished += 1
            line = self._lines.setdefault(call.about, _Line())
            if line.running < AT_ONCE:
                line.running += 1
                self._ready.put(call)
            else:
                line.behind.append(call)
        return call.future

    def close(self) -> None:
        """Return when all that was submitted is done. No effect on one that is closed."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._unfinished)
        for _ in self._threads:
            self._ready.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (call := self._ready.get()) is not None:
            self._run(call)

    def _run(self, call: _Call) -> None:
        if call.began is None:
            call.began = monotonic()
            self._meter.begun(1)
        try:
            value = call.work()
        except DatabaseBusy as busy:
            if monotonic() < call.began + PATIENCE_SECONDS:
                self._ready.put(call)
                return
            self._refuse_behind(call, busy)
            call.future.set_exception(busy)
        except BaseException as error:  # noqa: BLE001 - whatever it is, its caller must hear of it
            call.future.set_exception(error)
        else:
            call.future.set_result(value)
        self._finish(call)

    def _refuse_behind(self, call: _Call, busy: DatabaseBusy) -> None:
        with self._changed:
            behind = self._lines[call.about].behind
            refused = list(behind)
            behind.clear()
            self._unfinished -= len(refused)
        self._meter.begun(len(refused))
        for other in refused:
            told = DatabaseBusy(str(busy))
            told.__cause__ = busy.__cause__
            other.future.set_exception(told)

    def _finish(self, call: _Call) -> None:
        with self._changed:
            line = self._lines[call.about]
            if line.behind:
                self._ready.put(line.behind.popleft())
            else:
                line.running -= 1
                if not line.running:
                    del self._lines[call.about]
            self._unfinished -= 1
            if not self._unfinished:
                self._changed.notify_all()
