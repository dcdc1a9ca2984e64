"""Warnings of what happens again and again: one a minute is enough, and none fills the log."""

import logging
from time import monotonic

QUIET_SECONDS = 60


class ThrottledWarning:
    """Warns at most once a minute."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._quiet_until = 0.0

    def warn(self, message: str, *values: object) -> bool:
        """Whether the warning was given."""
        if monotonic() < self._quiet_until:
            return False
        self._quiet_until = monotonic() + QUIET_SECONDS
        self._log.warning(message, *values)
        return True
