"""SIGHUP: the files that settings name are read again, while everything goes on."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Mapping

from ..settings.files import UnusableFile

log = logging.getLogger(__name__)


class Rereading:
    """Calls each of `readers` by its name on SIGHUP. One that raises keeps what it had.

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
