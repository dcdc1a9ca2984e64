"""JSON that means one thing: everything ambiguous is refused."""

import json
import re
from typing import Any, NoReturn

# A limit of our own (RFC 8259 section 9 allows one): Python's differs between its releases, and
# depends on how deep the stack is already.
DEEPEST = 64
# One without an end is a text to the end: else a search would start anew at each of its quotation
# marks.
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def strict_json(body: bytes) -> Any:
    """The value of well-formed JSON in UTF-8.

    Raises ValueError for what is not, for repeated names, NaN, Infinity and lone surrogates, and
    for more than DEEPEST nested levels.
    """
    if _is_too_deep(body):
        raise ValueError("nested too deeply")
    value = _STRICT.decode(body.decode("utf-8"))
    if b"\\u" in body:
        # A lone surrogate is no character, and neither database can keep it.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _is_too_deep(body: bytes) -> bool:
    """Whether more than DEEPEST levels are nested; for what is not well-formed, anything."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return False
    brackets = _TEXT.sub(b"", body).translate(_BRACKETS, _NO_BRACKETS)
    # Each round takes the innermost level away, all of it at once: a loop over the brackets in
    # Python would hold up everybody else for 30 ms.
    for _ in range(DEEPEST):
        brackets = brackets.replace(b"[]", b"")
        if not brackets:
            return False
    return True


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name is repeated")
    return fields


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
