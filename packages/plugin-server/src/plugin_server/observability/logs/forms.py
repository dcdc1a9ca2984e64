"""A record as a line of JSON for machines, or as text for people."""

import json
import logging
import time
from functools import lru_cache
from typing import cast

from quart import has_request_context, request

from ...http.record import RequestRecord
from .access import Entry, RequestIds

# ASCII, so that no character of a message means something to a terminal or to a reader of lines.
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


@lru_cache(maxsize=2)
def _second(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


class _Form(logging.Formatter):
    def __init__(self, request_ids: RequestIds, line: str, clock: str) -> None:
        super().__init__(line, clock)
        self._request_ids = request_ids

    def _request_id(self) -> str | None:
        """That of the request in hand, if the record was made for one."""
        if not has_request_context():
            return None
        # A scope of a test's own making has none.
        record = cast(RequestRecord | None, request.scope.get("record"))
        return None if record is None else self._request_ids.of(record)


class Json(_Form):
    """An object a line."""

    def __init__(self, request_ids: RequestIds) -> None:
        super().__init__(request_ids, "%(message)s", "")

    def format(self, record: logging.LogRecord) -> str:
        second, fraction = divmod(record.created, 1)
        members: dict[str, object] = {
            "time": f"{_second(second)}.{int(fraction * 1000):03}Z",
            "level": record.levelname,
        }
        if isinstance(record.msg, Entry):
            return _ENCODE(members | record.msg)
        members |= {"logger": record.name, "message": record.getMessage()}
        request_id = self._request_id()
        if request_id is not None:
            members["request_id"] = request_id
        if record.exc_info:
            members["exception"] = self.formatException(record.exc_info)
        return _ENCODE(members)


class Text(_Form):
    """A line a record; what a message has in further lines is indented."""

    def __init__(self, request_ids: RequestIds) -> None:
        super().__init__(
            request_ids,
            "%(asctime)s.%(msecs)03d %(levelname)s %(name)s: %(message)s",
            "%H:%M:%S",
        )

    def format(self, record: logging.LogRecord) -> str:
        return "\n  ".join(map(_printable, super().format(record).split("\n")))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        if isinstance(record.msg, Entry):
            return f"{record.asctime}.{int(record.msecs):03} {record.message}"
        request_id = self._request_id()
        line = super().formatMessage(record)
        return line if request_id is None else f"{line} request_id={request_id}"


def _printable(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in line
    )
