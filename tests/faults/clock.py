"""A clock that a test sets: libfaketime, loaded into the server's process alone."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

DAY = 86_400
FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib")
LIBRARY = next(
    (
        path
        for folder in FOLDERS
        for pattern in ("faketime/libfaketimeMT.so.1", "*/faketime/libfaketimeMT.so.1")
        for path in Path(folder).glob(pattern)
    ),
    None,
)

needs_faketime = pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed")


class Clock:
    """The time of one server. With `monotonic`, that which only counts on jumps too."""

    def __init__(self, folder: Path, *, monotonic: bool = False) -> None:
        self._file = folder / "clock"
        self._ahead = 0
        self.set(0)
        self.variables: dict[str, Any] = {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "0" if monotonic else "1",
            # By itself it takes one clock for the other where a thread waits for a lock.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        }

    def set(self, ahead: int) -> None:
        """Put the clock so many seconds ahead of ours; below 0, behind it."""
        self._ahead = ahead
        new = self._file.with_suffix(".new")
        new.write_text(f"{ahead:+}")
        os.replace(new, self._file)

    def now(self) -> float:
        """What the server should take for the time, in seconds since 1970."""
        return time.time() + self._ahead
