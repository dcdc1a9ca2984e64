"""Keeps SQLite's write-ahead log small while others read.

The log begins anew only when all of it is in the database and nobody reads it. With readers that
never pause no such moment comes by itself: the log grows as long as they go on, and its file stays
as large as it was. So above a size the writer waits for those who read the log; who begins to read
meanwhile is not waited for, as soon as all is in the database.
"""

import os
import sqlite3
import time

# The usual checkpoints, at 1,000 pages of 4 KiB, keep a log of half of this.
LOG_BYTES = 8 * 2**20
# Two batches of reads take less. A backup may take longer: then changes go on, and the log grows.
READERS_SECONDS = 0.5
RETRY_SECONDS = 0.005


class LogSize:
    """The log of the database at `path`, for the one connection that may checkpoint it."""

    def __init__(self, path: str) -> None:
        # SQLite follows links too.
        self._log = os.path.realpath(path) + "-wal"
        self._bound = LOG_BYTES

    def limit(self, connection: sqlite3.Connection) -> None:
        """Empty a log above the bound. If that fails, the bound is twice its size from then on."""
        try:
            size = os.stat(self._log).st_size
        except OSError:
            return
        if size <= LOG_BYTES:
            self._bound = LOG_BYTES
        elif size > self._bound and not _emptied(connection):
            self._bound = 2 * size


def _emptied(connection: sqlite3.Connection) -> bool:
    deadline = time.monotonic() + READERS_SECONDS
    while True:
        try:
            (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            return False
        if not busy or time.monotonic() > deadline:
            return not busy
        # SQLite's own wait is for one place in the table of readers, which the next reader takes
        # again. Each try looks at all of them anew.
        time.sleep(RETRY_SECONDS)
