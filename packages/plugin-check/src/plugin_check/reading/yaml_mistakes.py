"""What people write into YAML that is not YAML: what to call it, and where to mend it."""

from collections.abc import Callable

import yaml
from yaml.error import MarkedYAMLError

from guarded_fetch.words import printable, shown

from .text import Malformed

# What the parsers say, libyaml first, and our words for it.
UNCLOSED_QUOTE = ("found unexpected end of stream", "found unexpected document separator")
MAPPING_VALUE = ("mapping values are not allowed",)
NO_COLON = ("could not find expected ':'",)
NO_TOKEN = ("that cannot start any token",)
NO_BRACKET = ("did not find expected ',' or", "expected ',' or")
NO_ITEM = ("did not find expected '-' indicator", "expected <block end>")
NO_KEY = ("did not find expected key",)
ESCAPE = ("found unknown escape character",)
NO_HANDLE = ("found undefined tag handle",)


def mistake(text: str, error: yaml.YAMLError) -> Malformed:
    """What a YAML parser stumbled over, in words for the person who wrote it."""
    if not isinstance(error, MarkedYAMLError):
        return Malformed("It is not YAML.", "Look for characters that are no text.")
    at = error.problem_mark.index if error.problem_mark else 0
    start = error.context_mark.index if error.context_mark else at
    problem, context = error.problem or "", error.context or ""
    tab = _tab(text, at)
    if tab is not None:
        return Malformed(
            "A line is indented with a tab; YAML takes spaces only.",
            "Write spaces instead of the tab.",
            tab,
        )
    for phrases, explain in EXPLANATIONS:
        if any(phrase in problem for phrase in phrases):
            return explain(text, at, start)
    words = f"{context}: {problem}" if context else problem
    return Malformed(
        f"It is not YAML: {printable(words, 120)}.",
        "Look at this line and the one before it: indentation, colons, brackets and quotes.",
        at,
    )


def _tab(text: str, at: int) -> int | None:
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    line = text[start : at + 1]
    indentation = line[: len(line) - len(line.lstrip(" \t"))]
    return start + indentation.index("\t") if "\t" in indentation else None


def _unclosed_quote(_text: str, _at: int, start: int) -> Malformed:
    return Malformed(
        "Text in quotes is not closed.",
        "Write the closing quote; in single quotes an apostrophe is written twice.",
        start,
    )


def _mapping_value(_text: str, at: int, _start: int) -> Malformed:
    return Malformed(
        "There is a colon where no key can end.",
        "Put text that holds `: ` in quotes; if this is a key, give it the indentation of the "
        "other keys.",
        at,
    )


def _no_colon(_text: str, _at: int, start: int) -> Malformed:
    return Malformed(
        "There is a line without a colon among the keys of an object.",
        "Write `key: value`, or indent the line if it goes on with the text before it.",
        start,
    )


def _no_token(text: str, at: int, _start: int) -> Malformed:
    return Malformed(
        f"Text cannot begin with {shown(text[at : at + 1])} in YAML.",
        "Put the whole text in quotes.",
        at,
    )


def _no_bracket(text: str, at: int, start: int) -> Malformed:
    opening = text[start : start + 1]
    closing = "}" if opening == "{" else "]"
    return Malformed(
        f"`{closing}` or a comma is missing: what `{opening or '['}` opens is not closed.",
        f"Write the comma or `{closing}` before this place, or put the text in quotes.",
        at,
    )


def _no_item(_text: str, at: int, _start: int) -> Malformed:
    return Malformed(
        "There is a line that does not fit the list or the object around it.",
        "Give it the indentation of the lines that it belongs to.",
        at,
    )


def _no_key(_text: str, at: int, _start: int) -> Malformed:
    return Malformed(
        "There is something that is no key of the object around it.",
        "Give the line the indentation of the other keys; text after a closing quote belongs "
        "inside of the quotes.",
        at,
    )


def _escape(_text: str, at: int, _start: int) -> Malformed:
    return Malformed(
        "Text in double quotes holds a backslash that begins no escape of YAML.",
        "Write the backslash twice, or put the text in single quotes.",
        at,
    )


def _no_handle(_text: str, _at: int, start: int) -> Malformed:
    return Malformed(
        "There is a tag of an unknown kind.",
        "Leave the tag out, or put text that begins with `!` in quotes.",
        start,
    )


EXPLANATIONS: tuple[tuple[tuple[str, ...], Callable[[str, int, int], Malformed]], ...] = (
    (UNCLOSED_QUOTE, _unclosed_quote),
    (MAPPING_VALUE, _mapping_value),
    (NO_COLON, _no_colon),
    (NO_TOKEN, _no_token),
    (NO_BRACKET, _no_bracket),
    (NO_ITEM, _no_item),
    (NO_KEY, _no_key),
    (ESCAPE, _escape),
    (NO_HANDLE, _no_handle),
)
