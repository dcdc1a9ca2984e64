"""File descriptors: each connection takes one, and the system allows a process only so many."""

import logging
import resource
import sys
from contextlib import suppress

# For the database, the log, new connections and those that are refused.
RESERVE = 96

log = logging.getLogger(__name__)


def raise_limit(wanted: int) -> None:
    """Have descriptors for so many connections, as far as the system lets this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + RESERVE
    if soft != resource.RLIM_INFINITY and soft < needed:
        wanted_soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        # Some systems have a limit below the one that they name.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted_soft, hard))
            soft = wanted_soft
    most = most_connections()
    if most < wanted:
        log.warning(
            "PLUGIN_MAX_CONNECTIONS: %d connections are all that %d file descriptors are enough"
            " for: raise the limit (ulimit -n)",
            most,
            soft,
        )


def most_connections() -> int:
    """As many as descriptors are left for."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else max(soft - RESERVE, 1)
