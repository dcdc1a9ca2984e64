"""What the signals mean: SIGTERM and SIGINT stop the server, SIGHUP reads files again."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable, Mapping

from ..settings.files import UnusableFile

# What is left after the grace, until the process ends whatever hangs.
EXIT_SECONDS = 1.5

log = logging.getLogger(__name__)


class Stop:
    """The first signal begins the drain, the second ends it; `drained` is set when nothing is left
    to wait for. Each signal starts a clock that ends the process with exit code 0.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, grace: float) -> None:
        self.first = asyncio.Event()
        self.second = asyncio.Event()
        self.drained = asyncio.Event()
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


class Rereading:
    """Calls each of `readers` by its name on SIGHUP; one that raises keeps what it had.

    A terminal that is closed sends the same signal, and then `stop` is called instead.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        readers: Mapping[str, Callable[[], None]],
        stop: Callable[[], None],
    ) -> None:
        self._readers = readers
        self._stop = stop
        # nohup has the signal ignored, and means it.
        self._had_terminal = signal.getsignal(signal.SIGHUP) != signal.SIG_IGN and _has_terminal()
        loop.add_signal_handler(signal.SIGHUP, self._signalled)

    def _signalled(self) -> None:
        if self._had_terminal and not _has_terminal():
            self._stop()
            return
        done = [name for name, read in self._readers.items() if _read(read)]
        if done or not self._readers:
            log.info(
                "SIGHUP: read again: %s", ", ".join(done) or "nothing, no setting names a file"
            )


def _has_terminal() -> bool:
    """Whether the process belongs to a terminal, wherever its log goes."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def _read(read: Callable[[], None]) -> bool:
    try:
        read()
    except UnusableFile as error:
        log.warning("SIGHUP: what was read before stays in force: %s", error)
        return False
    return True
