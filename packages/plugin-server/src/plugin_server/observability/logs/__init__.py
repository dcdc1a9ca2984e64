"""What the server writes about itself: a line a request, and everything else in the same form.

access   the line a request
forms    a record as JSON, or as text for people
writing  from a thread of its own, so that a reader who is slow holds up nobody
"""

import logging
import sys

from ...settings import Settings
from .access import AccessLog, RequestIds
from .forms import Json, Text
from .writing import Writer

__all__ = ["AccessLog", "RequestIds", "configure"]


def configure(settings: Settings) -> None:
    """Write every record of this process to standard error, in one form.

    Where the settings name none it is text on a terminal and JSON elsewhere. `off` is about the
    lines of requests, which the application does not log then; the rest is text.
    """
    if sys.stderr is None:  # Closed before the start: its number may be a caller's socket by now.
        logging.basicConfig(handlers=[logging.NullHandler()], force=True)
        return
    form = settings.log_format or ("text" if sys.stderr.isatty() else "json")
    request_ids = RequestIds(settings.trusted_proxies)
    writer = Writer(sys.stderr.fileno())
    writer.setFormatter(Json(request_ids) if form == "json" else Text(request_ids))
    logging.basicConfig(level=logging.INFO, handlers=[writer], force=True)
    logging.captureWarnings(True)
