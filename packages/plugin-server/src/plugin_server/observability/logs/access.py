"""The line that a request leaves: what was asked for and what came of it, nothing that was in it.

Everything in a line is of our own making, a number, or an id of a narrow grammar; so no caller can
write what they like into the log.
"""

import asyncio
import logging
import random
import re

from ...http.conversation import CONVERSATION_ID
from ...http.record import RequestRecord
from ...http.target import HEALTH
from ...settings.values import Hops

DIGITS_OF_CALLER = 16
# A limit bounds what a caller may cost, but not how often one is refused. At 200 bytes a line, so
# many a minute are 29 MB a day; a line for each refusal would be tens of gigabytes.
REFUSALS_A_MINUTE = 100

# So that a token that was put there by mistake is left out.
_UUID = re.compile(rb"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# What proxies make.
_REQUEST_ID = re.compile(rb"[0-9A-Fa-f]{16,32}|" + _UUID.pattern)

log = logging.getLogger("plugin_server.access")


class RequestIds:
    """Names requests: as a proxy in front did, when there is one to trust, or else at random."""

    def __init__(self, hops: Hops) -> None:
        self._trusted = hops.for_ > 0

    def of(self, record: RequestRecord) -> str:
        """The request's id: the same one each time it is asked for."""
        if record.request_id is None:
            given = _one(record, b"x-request-id", _REQUEST_ID) if self._trusted else None
            # Nothing depends on its being hard to guess.
            record.request_id = given or f"{random.getrandbits(64):016x}"
        return record.request_id


class Entry(dict[str, object]):
    """The members of a line. Those up to `request_id` are always there."""

    def __str__(self) -> str:
        rest = [f" {name}={self[name]}" for name in list(self)[5:]]
        return (
            f"{self['method']} {self['route'] or '-'} {self['status']}"
            f" {self['milliseconds']:.1f} ms {self['bytes']} B{''.join(rest)}"
        )


class AccessLog:
    """An observer that logs each request, but for health checks that found everything well, and
    for refusals beyond REFUSALS_A_MINUTE, which are told in one line when the minute is over.
    """

    def __init__(self, request_ids: RequestIds) -> None:
        self._request_ids = request_ids
        self._refusals = 0

    def __call__(self, record: RequestRecord) -> None:
        if not log.isEnabledFor(logging.INFO):
            return
        if record.route == HEALTH and record.status < 400:
            return
        if record.refusal is not None and not self._has_room():
            return
        entry = Entry(
            method=record.known_method,
            route=record.route,
            status=record.status,
            milliseconds=round(record.seconds * 1000, 3),
            bytes=record.size,
            request_id=self._request_ids.of(record),
        )
        optional = {
            "caller": record.caller and record.caller[:DIGITS_OF_CALLER],
            "conversation": _one(record, CONVERSATION_ID, _UUID),
            "tool": record.tool,
            "tool_status": record.tool_status,
            "refusal": record.refusal,
            "contract": record.contract,
        }
        entry.update({name: value for name, value in optional.items() if value is not None})
        log.info(entry)

    def _has_room(self) -> bool:
        """Whether one more refusal leaves a line of its own in this minute."""
        if not self._refusals:
            asyncio.get_running_loop().call_later(60, self._end_minute)
        self._refusals += 1
        return self._refusals <= REFUSALS_A_MINUTE

    def _end_minute(self) -> None:
        untold = self._refusals - REFUSALS_A_MINUTE
        self._refusals = 0
        if untold > 0:
            log.warning("refused in the last minute without a line of their own: %d", untold)


def _one(record: RequestRecord, header: bytes, grammar: re.Pattern[bytes]) -> str | None:
    """The value of a header that stands once and is what it should be."""
    values = record.headers.get(header, ())
    if len(values) != 1 or grammar.fullmatch(values[0]) is None:
        return None
    return values[0].decode("ascii")
