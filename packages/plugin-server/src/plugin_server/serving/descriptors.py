"""File descriptors: each connection takes one, and the system allows a process only so many."""

import logging
import resource
from contextlib import suppress

# For the database, the log, those who are told that everything is busy, and those being closed.
RESERVE = 96

log = logging.getLogger(__name__)


def connections_within_limit(wanted: int) -> int:
    """How many connections there may be: `wanted`, or as many as descriptors are left for.

    Raises the process's own limit as far as that takes and the system lets it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + RESERVE
    if soft != resource.RLIM_INFINITY and soft < needed:
        wanted_soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        # Some systems have a limit below the one that they name.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted_soft, hard))
            soft = wanted_soft
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted
    most = max(soft - RESERVE, 1)
    log.warning(
        "PLUGIN_MAX_CONNECTIONS: %d connections are all that %d file descriptors are enough for:"
        " raise the limit (ulimit -n)",
        most,
        soft,
    )
    return most
