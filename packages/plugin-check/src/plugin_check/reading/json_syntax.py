"""Reads JSON (RFC 8259), strictly, and without recursion.

The standard library's reader takes NaN and lone surrogates, is silent about repeated keys,
recurses, knows no positions, and words its errors differently from one Python to the next.
"""

import json
import re

from .building import Builder, Node, Parsed
from .json_mistakes import broken_string, closing_mistake, mistake, unclosed
from .numbers import finite, refuse_long
from .text import BYTE_ORDER_MARK, SAVE_AS_UTF_8, Malformed

SPACE = re.compile(r"[ \t\n\r]*")
NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))((?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![0-9A-Za-z_.])")
NAMED = re.compile(r"(?:true|false|null)(?![0-9A-Za-z_])")
NAMES = {"true": True, "false": False, "null": None}
SURROGATE = re.compile(r"[\ud800-\udfff]")
CLOSING = {True: "}", False: "]"}

decode_string = json.JSONDecoder().raw_decode


def parse_json(text: str) -> Parsed:
    """The document as a tree. Raises ParseError, Malformed where the text is not JSON."""
    if text.startswith(BYTE_ORDER_MARK):
        raise Malformed(
            "It begins with a byte order mark (BOM), which JSON does not allow.", SAVE_AS_UTF_8, 0
        )
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.builder = Builder(text)

    def read(self) -> Parsed:
        value_is_due = self._value()
        while value_is_due or self.builder.frames:
            value_is_due = self._value() if value_is_due else self._next()
        if self._character():
            raise mistake(self.text, self.at, "end")
        parsed = self.builder.finished()
        assert parsed is not None  # noqa: S101 - a value was read
        return parsed

    def _character(self) -> str:
        found = SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def _value(self) -> bool:
        """Read a value, or the start of one that holds others: then say whether one is due."""
        character, start = self._character(), self.at
        if character in ("{", "["):
            self.at += 1
            self.builder.open(start, is_object=character == "{")
            if self._character() == CLOSING[character == "{"]:
                self._close()
                return False
            if character == "{":
                self._key()
            return True
        self.builder.spend(1, start)
        self.builder.add(Node(self._scalar(character)), start)
        return False

    def _scalar(self, character: str) -> str | int | float | bool | None:
        if character == '"':
            return self._string()
        found = NUMBER.match(self.text, self.at)
        if found:
            start, self.at = self.at, found.end()
            refuse_long(found[0], start)
            return finite(float(found[0]), start) if found[2] else int(found[0])
        found = NAMED.match(self.text, self.at)
        if found:
            self.at = found.end()
            return NAMES[found[0]]
        raise self._mistake("value")

    def _string(self) -> str:
        start = self.at
        try:
            value, self.at = decode_string(self.text, start)
        except json.JSONDecodeError as error:
            raise broken_string(self.text, start, error.pos) from None
        if not value.isascii() and SURROGATE.search(value):
            raise Malformed(
                "A string holds half of a surrogate pair, which is no character.",
                "Write both halves (\\ud83d\\ude00) or the character itself.",
                start,
            )
        return str(value)

    def _key(self) -> None:
        if self._character() != '"':
            raise self._mistake("key")
        start = self.at
        self.builder.key(self._string(), start)
        if self._character() != ":":
            raise self._mistake("colon")
        self.at += 1

    def _next(self) -> bool:
        """Read what follows a value in an object or a list; say whether another value is due."""
        is_object = self.builder.frames[-1].is_object
        character = self._character()
        if character == CLOSING[is_object]:
            self._close()
            return False
        if character != ",":
            raise self._mistake("comma")
        self.at += 1
        if is_object:
            self._key()
        return True

    def _close(self) -> None:
        self.at += 1
        offset = self.builder.frames[-1].offset
        self.builder.add(self.builder.close(), offset)

    def _mistake(self, wanted: str) -> Malformed:
        frames = self.builder.frames
        character = self.text[self.at : self.at + 1]
        if not character and frames:
            frame = frames[-1]
            line = self.builder.lines.of(frame.offset)[0]
            return unclosed(self.text, is_object=frame.is_object, line=line)
        if wanted == "comma" and character in ("}", "]", ":"):
            return closing_mistake(character, self.at, is_object=frames[-1].is_object)
        return mistake(self.text, self.at, wanted)
