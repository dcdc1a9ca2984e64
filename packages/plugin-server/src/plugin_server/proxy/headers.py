"""Which headers pass: of a request and of an answer those that an API's contract is about.

What belongs to one connection never does (RFC 9110 section 7.6.1), nor what this proxy says itself:
Host, CORS. Cookies do not, because a browser has one jar for every port of this machine.
"""

import re
from collections.abc import Iterable
from typing import Any

from werkzeug.http import parse_accept_header

from ..errors import BadRequest

Headers = Iterable[tuple[bytes, bytes]]

OF_REQUESTS = frozenset(
    b"accept accept-language authorization cache-control content-encoding content-language"
    b" content-length content-type idempotency-key if-match if-modified-since if-none-match"
    b" if-range if-unmodified-since openai-conversation-id openai-ephemeral-user-id openai-gpt-id"
    b" prefer range traceparent tracestate user-agent x-request-id".split()
)
OF_ANSWERS = frozenset(
    b"accept-ranges age allow cache-control content-disposition content-encoding content-language"
    b" content-length content-range content-type deprecation etag expires last-modified link"
    b" location preference-applied ratelimit ratelimit-policy retry-after sunset vary"
    b" www-authenticate x-content-type-options x-ratelimit-limit x-ratelimit-remaining"
    b" x-ratelimit-reset x-request-id".split()
)
# Whatever a contract says of them.
NEVER = re.compile(
    rb"access-control-.*|connection|content-length|cookie|expect|forwarded|host|keep-alive|proxy-.*"
    rb"|set-cookie|te|trailer|transfer-encoding|upgrade|via|x-forwarded-.*"
)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[!-~](?:[ \t!-~]*[!-~])?")


def passing(headers: Headers, allowed: frozenset[bytes]) -> list[tuple[bytes, bytes]]:
    """The allowed headers, with their names in lower case, but for those that Connection names."""
    found = [(name.lower(), value) for name, value in headers]
    named = {
        word.strip().lower()
        for name, value in found
        if name == b"connection"
        for word in value.split(b",")
    }
    return [each for each in found if each[0] in allowed and each[0] not in named]


def as_text(headers: Headers) -> dict[str, str]:
    """The headers as texts; lines of one name are joined. Raises BadRequest."""
    texts: dict[str, str] = {}
    try:
        for name, value in headers:
            key, text = name.decode("ascii"), value.decode("utf-8")
            texts[key] = f"{texts[key]}, {text}" if key in texts else text
    except UnicodeDecodeError:
        raise BadRequest("A header is not UTF-8.", code="invalid_header") from None
    return texts


def accepted_encoding(headers: Headers) -> str:
    """What the API may compress with: gzip alone, because its answer is read on its way."""
    codings = b",".join(value for name, value in headers if name.lower() == b"accept-encoding")
    accepted = parse_accept_header(codings.decode("latin-1")) if codings else None
    return "gzip" if accepted and accepted.quality("gzip") > 0 else "identity"


def added_header(text: str) -> tuple[str, str]:
    """Name and value of an option `Name: value`. Raises ValueError, without the value."""
    name, colon, value = text.partition(":")
    if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value.strip(" \t")):
        raise ValueError("must be 'Name: value', in visible ASCII")
    if NEVER.fullmatch(name.lower().encode()):
        raise ValueError(f"{name} is not to be set: it belongs to the connection, or to the proxy")
    return name.lower(), value.strip(" \t")


def named_in(contract: dict[str, Any]) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """The headers that the contract names, in requests and in answers."""
    requests, answers = set(), set()
    for value in _objects(contract):
        if value.get("in") == "header" and isinstance(value.get("name"), str):
            requests.add(value["name"])
        if isinstance(value.get("headers"), dict):
            answers |= value["headers"].keys()
    return _usable(requests), _usable(answers)


def _usable(names: set[str]) -> frozenset[bytes]:
    lower = {name.lower().encode() for name in names if _NAME.fullmatch(str(name))}
    return frozenset(name for name in lower if not NEVER.fullmatch(name))


def _objects(value: Any) -> Iterable[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    children = value.values() if isinstance(value, dict) else value
    for each in children if isinstance(value, dict | list) else ():
        yield from _objects(each)
