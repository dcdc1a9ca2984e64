"""Other people's text never leaves a sentence unreadable, and never reaches a terminal as it is."""

from typing import Any

import pytest

from guarded_fetch.words import printable, shown


class Unsayable:
    def __str__(self) -> str:
        raise RuntimeError


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plants", '"plants"'),
        ("", '""'),
        ('say "hi" \\', '"say \\"hi\\" \\\\"'),
        ("пчела 食", '"пчела 食"'),
        ("\x1b[31m\r\n\t\x00\x9b", '"\\x1b[31m\\r\\n\\t\\x00\\x9b"'),
        ("a\u202eb\u200bc\u2066d\ufeff", '"a\\u202eb\\u200bc\\u2066d\\ufeff"'),
        ("\u2028\u00a0\ufe0f\u3164", '"\\u2028\\xa0\\ufe0f\\u3164"'),
        ("\ud800", '"\\ud800"'),
        ("\U000e0041", '"\\U000e0041"'),
        (None, "null"),
        (True, "true"),
        (7, "7"),
        (-1.5, "-1.5"),
        ({}, "an object"),
        (b"\x00\xff", '"\\x00ÿ"'),
        (Unsayable(), "a Unsayable"),
    ],
)
def test_a_value_is_shown_quoted_and_printable(value: object, text: str) -> None:
    assert shown(value) == text


def test_what_is_too_large_to_show_is_told_of() -> None:
    assert shown(10**5000) == "a number too large to show"
    assert shown(nested(100_000)) == "a list"


@pytest.mark.parametrize("text", ["p", "\x1b", '"', "\ud800", "\U000e0041"])
def test_a_shown_value_keeps_to_its_limit(text: str) -> None:
    assert all(len(shown(text * times)) <= 62 for times in (1, 30, 60, 61, 1_000_000))
    assert len(printable(text * 100, 20)) <= 20


def test_a_shortened_value_says_so() -> None:
    assert shown("p" * 60) == f'"{"p" * 60}"'
    assert shown("p" * 61) == f'"{"p" * 59}…"'
