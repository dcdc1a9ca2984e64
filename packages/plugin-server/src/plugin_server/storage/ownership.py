"""One server a SQLite file: the kernel keeps the lock, and frees it however the process ends.

Two processes that checkpoint the same file can corrupt it, on SQLite before 3.51.3:
https://sqlite.org/wal.html#walresetbug
"""

import logging
import os
import time
from contextlib import suppress
from pathlib import Path

from . import DatabaseUnavailable

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]

# A server that is told to stop finishes what runs; the one that follows waits so long for it.
OWNER_SECONDS = 3
PAUSE_SECONDS = 0.02

log = logging.getLogger(__name__)


class Ownership:
    """This process serves the file, until `release`. Raises DatabaseUnavailable when another does.

    The lock is on a file of its own: closing any descriptor of the database's file would drop the
    locks of SQLite itself. Where a file system knows no locks, a warning is logged instead.
    """

    def __init__(self, path: str) -> None:
        self._descriptor: int | None = None
        if fcntl is None:
            return
        # SQLite follows links too: two names of one file have one owner.
        place = os.path.realpath(path) + "-lock"
        try:
            self._descriptor = _opened(place)
            taken = _locked(self._descriptor)
        except OSError as error:
            self.release()
            log.warning(
                "%s cannot be locked against a second server: %s", path, _reason(place, error)
            )
            return
        if not taken:
            self.release()
            raise DatabaseUnavailable(
                f"another server has {Path(path).name}. SQLite is for one server;"
                " PostgreSQL is for several."
            )

    def release(self) -> None:
        """Let another server have it. The lock's file stays: it is no lock without its owner."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _opened(place: str) -> int:
    how = os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        # Who can open it can hold the lock, and so keep the server from starting.
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT | how, 0o600)
    except PermissionError:
        # Another user's, from an earlier version: a lock needs no right to write.
        return os.open(place, os.O_RDONLY | how)
    if os.fstat(descriptor).st_uid == os.geteuid():
        # Earlier versions made it readable to all. Some file systems have no modes.
        with suppress(OSError):
            os.fchmod(descriptor, 0o600)
    return descriptor


def _reason(place: str, error: OSError) -> str | None:
    if isinstance(error, PermissionError) and os.path.lexists(place):
        return f"{place} belongs to another user; delete it while no server runs"
    return error.strerror


def _locked(descriptor: int) -> bool:
    deadline = time.monotonic() + OWNER_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE_SECONDS)
        else:
            return True
