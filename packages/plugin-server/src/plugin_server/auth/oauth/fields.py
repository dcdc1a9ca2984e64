"""The parameters of a request, from a query, a form or JSON, decoded strictly: what is ambiguous is
refused.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from ...http.forms import FORM
from ...http.json import strict_json

JSON = "application/json"

MOST = 100

_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_VISIBLE = re.compile(rb"[!-~]*")


class Fields(NamedTuple):
    """The parameters that have a value: one without counts as left out (RFC 6749 section 3.1). Of
    those that are `repeated`, the first stands in `values`.
    """

    values: dict[str, str]
    repeated: frozenset[str] = frozenset()


class Malformed(ValueError):
    """What was sent is not well-formed; the text says what it must be."""


def form_fields(raw: bytes) -> Fields:
    """Those of a query or a form (https://url.spec.whatwg.org/#application/x-www-form-urlencoded).

    Raises Malformed.
    """
    if not _VISIBLE.fullmatch(raw) or _ESCAPE.search(raw):
        raise Malformed("The parameters must be percent-encoded.")
    pairs = [pair.partition(b"=") for pair in raw.split(b"&", MOST) if pair]
    if len(pairs) > MOST:
        raise Malformed(f"There are more than {MOST} parameters.")
    values: dict[str, str] = {}
    repeated = set()
    for encoded_name, _, encoded_value in pairs:
        name, value = _decoded(encoded_name), _decoded(encoded_value)
        if name in values:
            repeated.add(name)
        values.setdefault(name, value)
    return Fields(_with_a_value(values), frozenset(repeated))


def body_fields(body: bytes, mimetype: str) -> Fields:
    """Those of a body, which is a form or a JSON object of texts. Raises Malformed."""
    if mimetype == FORM:
        return form_fields(body)
    if mimetype != JSON:
        raise Malformed(f"The body must be a form, sent as {FORM}, or JSON, sent as {JSON}.")
    try:
        members = strict_json(body)
    except ValueError:
        raise Malformed("The body must be JSON in UTF-8 in which each name stands once.") from None
    if not isinstance(members, dict) or not all(
        isinstance(value, str) and "\0" not in value for value in members.values()
    ):
        raise Malformed("The body must be a JSON object of texts.")
    return Fields(_with_a_value(members))


def _with_a_value(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _decoded(part: bytes) -> str:
    try:
        text = unquote_to_bytes(part.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("The parameters must be UTF-8.") from None
    if "\0" in text:
        raise Malformed("The parameters must have no null character.")
    return text
