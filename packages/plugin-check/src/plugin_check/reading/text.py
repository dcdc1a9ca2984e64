"""From bytes to text, and from a place in the text to a line and a column."""

import re
from array import array
from bisect import bisect_right
from functools import cached_property

from ..plugin import Unreadable

BYTES = 1_048_576
SAVE_AS_UTF_8 = "Save it as UTF-8 without a byte order mark."
BYTE_ORDER_MARK = "\ufeff"


class ParseError(Exception):
    """Why a text is not read. `offset` counts its characters from 0; None is no place in it."""

    def __init__(self, message: str, repair: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.repair = repair
        self.offset = offset

    def of(self, content: bytes) -> Unreadable:
        """The same, said of the content that the text came from."""
        by_limit = isinstance(self, LimitExceeded)
        if self.offset is None:
            return Unreadable(self.message, self.repair, by_limit=by_limit)
        text = content.decode("utf-8", "replace").removeprefix(BYTE_ORDER_MARK)
        line, column = Lines(text).of(self.offset)
        return Unreadable(self.message, self.repair, line, column, by_limit)


class Malformed(ParseError):
    """The text breaks the syntax of the language that it was read as; it may be another one."""


class LimitExceeded(ParseError):
    """The document is larger than this check reads; a host may well read it."""


class Lines:
    """Where the lines of a text begin. They end as editors see it: LF, CR, or both."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _starts(self) -> "array[int]":
        starts = array("I", [0])
        starts.extend(found.end() for found in re.finditer(r"\r\n|\r|\n", self._text))
        return starts

    def of(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def decode(content: bytes, size: int) -> str:
    """The text of a document, with its byte order mark when there is one. Raises ParseError.

    `size` is that of the whole, of which `content` may be the beginning.
    """
    if size > BYTES:
        raise LimitExceeded(
            f"It has {size:,} bytes; more than {BYTES:,} are not read.",
            "Shorten it: leave out examples and what no host uses.",
        )
    wide = _wide_encoding(content)
    if wide:
        raise ParseError(f"It is written in {wide}; only UTF-8 is read.", SAVE_AS_UTF_8, 0)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix(BYTE_ORDER_MARK)
        raise ParseError(
            f"Byte {error.start + 1:,} (0x{content[error.start]:02X}) is not UTF-8.",
            "Save it as UTF-8, or write this character again.",
            len(before),
        ) from None
    _refuse_what_is_no_document(text)
    return text


def _wide_encoding(content: bytes) -> str | None:
    start = content[:4]
    if start in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return "UTF-32"
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    empty = tuple(byte == 0 for byte in start)
    if empty in ((False, True, True, True), (True, True, True, False)):
        return "UTF-32"
    if empty in ((False, True, False, True), (True, False, True, False)):
        return "UTF-16"
    return None


def _refuse_what_is_no_document(text: str) -> None:
    bare = text.removeprefix(BYTE_ORDER_MARK).lstrip()
    if not bare:
        raise ParseError("It is empty.", "Write the document into it.", 0)
    if bare[:15].lower().startswith(("<!doctype", "<html", "<?xml", "<head", "<body")):
        raise ParseError(
            "It is a web page (HTML or XML), not a JSON or YAML document.",
            "Serve the document itself at this address, not a page, a login or an error.",
            0,
        )
