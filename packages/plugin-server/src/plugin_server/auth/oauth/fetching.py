"""JSON documents of other servers: documents of clients, public keys, metadata of issuers."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from guarded_fetch import Client, Fetch, Limits, NetworkAccess

from ...http.json import strict_json

LIMITS = Limits(seconds_a_request=5, seconds_in_all=5, bytes_a_document=65_536)
AGENT = "plugin-server"
# How long a document is kept that says nothing of it, and the bounds for one that does.
SECONDS_KEPT = 300
LEAST_SECONDS = 60
MOST_SECONDS = 86_400

_JSON = re.compile(r"application/(?:[a-z0-9.-]+\+)?json")
_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?([0-9]{1,9})"?(?:[,\s]|$)')
_NOT_KEPT = re.compile(r"(?:^|[,\s])no-(?:store|cache)(?:[,\s=]|$)")


class NoDocument(Exception):
    """A document cannot be had, or is none of the kind; the text is a sentence for people."""


class Fetched(NamedTuple):
    """What a document holds, and for how many seconds that is to be remembered."""

    value: Any
    seconds: float


async def fetch_json(
    url: str, what: str, network: NetworkAccess | None, start: str | None = None
) -> Fetched:
    """The JSON document at a URL; `what` names it in the sentence of NoDocument, which is raised
    for anything but an answer 200 with JSON of at most 64 KiB within 5 seconds.

    No redirect is followed, and nothing private is asked unless `start`, the URL that the operator
    gave, is private itself.
    """
    async with Client(
        start, limits=LIMITS, network=network, agent=AGENT, needs_trust=True
    ) as client:
        fetch = await client.fetch(
            what, "GET", url, headers={"Accept": "application/json"}, may_follow=_follow_none
        )
    if fetch.failure is not None:
        raise NoDocument(f"{what} cannot be fetched: {fetch.failure}")
    if fetch.status != 200:
        raise NoDocument(f"{what} cannot be fetched: the answer is {fetch.status} and not 200.")
    if not _JSON.fullmatch(fetch.content_type):
        raise NoDocument(f"{what} is not served as application/json.")
    try:
        return Fetched(strict_json(fetch.body), seconds_kept(fetch))
    except ValueError:
        raise NoDocument(f"{what} is not well-formed JSON.") from None


def seconds_kept(fetch: Fetch) -> float:
    """How long the answer may be kept by its headers (RFC 9111 section 4.2), within our bounds."""
    headers = fetch.headers
    control = headers.get("cache-control", "").lower()
    if _NOT_KEPT.search(control):
        return LEAST_SECONDS
    told = _MAX_AGE.search(control)
    if told is not None:
        seconds = float(told[1]) - _age(headers)
    elif "expires" in headers:
        seconds = _until(headers)
    else:
        seconds = SECONDS_KEPT
    return min(max(seconds, LEAST_SECONDS), MOST_SECONDS)


def _age(headers: Mapping[str, str]) -> float:
    age = headers.get("age", "")
    return float(age) if age.isdecimal() and age.isascii() and len(age) < 10 else 0.0


def _until(headers: Mapping[str, str]) -> float:
    """Seconds from Date to Expires, both by the clock of the server that sent them."""
    try:
        expires = parsedate_to_datetime(headers["expires"])
        return (expires - parsedate_to_datetime(headers.get("date", ""))).total_seconds()
    except (TypeError, ValueError, OverflowError):
        # RFC 9111 section 5.3: what is no date means the past.
        return 0.0


def _follow_none(_source: str, _target: str) -> str:
    return "No redirect is followed."
