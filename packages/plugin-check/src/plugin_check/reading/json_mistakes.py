"""What people write into JSON that is not JSON: what to call it, and where to mend it."""

import re

from guarded_fetch.words import shown

from .text import Malformed

NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$.-]{0,100}")
NUMBER_LIKE = re.compile(r"[+.0-9-][0-9A-Za-z_.+-]{0,100}")
SINGLE_QUOTES = "'`\u2018\u2019\u201a\u2032"
CURLY_QUOTES = "\u201c\u201d\u201e\u00ab\u00bb\u2033"
# What other languages call a value, and what JSON calls it.
FOREIGN_NAMES = {
    "True": "true",
    "TRUE": "true",
    "False": "false",
    "FALSE": "false",
    "None": "null",
    "NULL": "null",
    "Null": "null",
    "nil": "null",
    "undefined": "null",
    "NaN": "null",
    "Infinity": "null",
}
WANTED = {
    "value": "a value",
    "key": "a key in double quotes",
    "colon": "a colon",
    "comma": "a comma or the end",
    "end": "the end of the document",
}


def mistake(text: str, at: int, wanted: str) -> Malformed:
    """What is wrong at this place, where one of WANTED ought to stand."""
    found = (
        _comma(text, at, wanted)
        or _foreign_sign(text, at)
        or _missing(text, at, wanted)
        or _foreign_name(text, at, wanted)
        or _number(text, at, wanted)
    )
    if found:
        return found
    if at >= len(text):
        return Malformed("It ends where a value should begin.", "Write the value.", at)
    return Malformed(
        f"There is {shown(text[at])} where {WANTED[wanted]} should be.",
        "Delete it, or put the text that it belongs to in double quotes.",
        at,
    )


def unclosed(text: str, *, is_object: bool, line: int) -> Malformed:
    """The document ends too early."""
    kind, sign = ("object", "}") if is_object else ("list", "]")
    return Malformed(
        f"It ends before the {kind} that begins on line {line} is closed.",
        f"Write the missing `{sign}`, or find where the document was cut off.",
        len(text.rstrip()),
    )


def closing_mistake(character: str, at: int, *, is_object: bool) -> Malformed:
    """A sign that belongs to the other kind of collection."""
    kind, sign = ("an object", "}") if is_object else ("a list", "]")
    if character == ":" and not is_object:
        return Malformed(
            "There is a colon in a list; only objects have keys.",
            "Write the list with `{` and `}` instead of `[` and `]`, or put a comma here.",
            at,
        )
    return Malformed(
        f"There is `{character}` where {kind} should go on or be closed.",
        f"Write `{sign}` to close it, or a comma and what follows.",
        at,
    )


def broken_string(text: str, start: int, at: int) -> Malformed:
    """A string that cannot be read, from its opening quote to the place of the mistake."""
    character = text[at : at + 1]
    if at > start and character in ("\n", "\r"):
        return Malformed(
            "A string is not closed on its line.",
            'Write the closing `"`; a line break inside of a string is written `\\n`.',
            start,
        )
    if at > start and character and character < " ":
        return Malformed(
            f"A string holds the control character U+{ord(character):04X}.",
            "Delete it, or write it as `\\t`."
            if character == "\t"
            else f"Delete it, or write it as `\\u{ord(character):04x}`.",
            at,
        )
    if at > start and _is_escape(text, at):
        return Malformed(
            "A string holds a backslash that begins no escape of JSON.",
            'Write a backslash as `\\\\`; JSON knows `\\n`, `\\t`, `\\"`, `\\u00e9` and few more.',
            text.rfind("\\", start, at + 1),
        )
    return Malformed(
        "A string is not closed: the document ends inside of it.",
        'Write the closing `"`.',
        start,
    )


def _is_escape(text: str, at: int) -> bool:
    return "\\" in text[max(at - 2, 0) : at + 1] and at < len(text)


def _comma(text: str, at: int, wanted: str) -> Malformed | None:
    character = text[at : at + 1]
    before = len(text[:at].rstrip()) - 1
    after_comma = before >= 0 and text[before] == ","
    if wanted in ("value", "key") and after_comma and character in ("}", "]"):
        return Malformed(
            f"There is a trailing comma: a comma before `{character}`.",
            "Delete this comma.",
            before,
        )
    if wanted in ("value", "key") and character == ",":
        return Malformed("There is a comma that follows no value.", "Delete this comma.", at)
    if wanted == "value" and character in ("}", "]") and before >= 0 and text[before] == ":":
        return Malformed("There is no value after the colon.", "Write the value here.", at)
    return None


def _foreign_sign(text: str, at: int) -> Malformed | None:
    character = text[at : at + 1]
    if character == "#" or text.startswith(("//", "/*"), at):
        return Malformed("There is a comment; JSON has none.", "Delete the comment.", at)
    if character and character in SINGLE_QUOTES:
        return Malformed(
            "There is text in single quotes; JSON strings are in double quotes.",
            'Write it in double quotes: "text".',
            at,
        )
    if character and character in CURLY_QUOTES:
        return Malformed(
            "There is text in typographic quotes; JSON strings are in straight double quotes.",
            'Write it in straight double quotes: "text".',
            at,
        )
    if character and not character.isascii() and not character.isprintable():
        return Malformed(
            f"There is the character U+{ord(character):04X}, which JSON does not take for a space.",
            "Delete it, or write an ordinary space.",
            at,
        )
    return None


def _missing(text: str, at: int, wanted: str) -> Malformed | None:
    before = len(text[:at].rstrip())
    character = text[at : at + 1]
    if wanted == "colon" and character:
        return Malformed("There is no colon after a key.", "Write `:` here.", before)
    if wanted == "comma" and character.isalnum() and text[at - 1] == '"':
        return Malformed(
            "A string is closed before its text ends.",
            'Write a double quote inside of a string as `\\"`.',
            before - 1,
        )
    if wanted == "comma" and character and (character in '"{[-' or character.isalnum()):
        return Malformed("There is no comma between two values.", "Write `,` here.", before)
    if wanted == "end" and character:
        return Malformed(
            f"There is {shown(character)} after the end of the document.",
            "Delete what follows the first value, or remove the bracket that closes it too early.",
            at,
        )
    return None


def _foreign_name(text: str, at: int, wanted: str) -> Malformed | None:
    name = NAME.match(text, at)
    signed = text.startswith("-Infinity", at)
    if wanted == "key" and name:
        return Malformed(
            f"The key {shown(name[0])} has no quotes.", "Write the key in double quotes.", at
        )
    if wanted == "value" and (name or signed):
        word = "-Infinity" if signed or name is None else name[0]
        known = "null" if signed else FOREIGN_NAMES.get(word)
        return Malformed(
            f"There is {shown(word)}, which is no value in JSON.",
            f"Write `{known}`." if known else "Write text in double quotes.",
            at,
        )
    return None


def _number(text: str, at: int, wanted: str) -> Malformed | None:
    number = NUMBER_LIKE.match(text, at)
    if not number or wanted != "value":
        return None
    return Malformed(
        f"{shown(number[0])} is not how JSON writes a number.",
        "Write digits with at most one point between them: no sign `+`, no leading zero, "
        "nothing hexadecimal.",
        at,
    )
