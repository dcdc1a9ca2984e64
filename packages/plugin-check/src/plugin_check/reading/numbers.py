"""Whole numbers and fractions that every reader takes."""

import math

from .text import ParseError

# Python reads no longer ones, as turning digits into a number takes quadratic time.
DIGITS = 4_300
TOO_LARGE = 10**DIGITS


def refuse_long(number: str, offset: int) -> None:
    """Refuse a number that is written with more than DIGITS digits."""
    if len(number) > DIGITS and sum(map(str.isalnum, number)) > DIGITS:
        raise _too_long(offset)


def refuse_large(number: int, offset: int) -> int:
    """The number, unless it has more than DIGITS digits, however short it was written."""
    if abs(number) >= TOO_LARGE:
        raise _too_long(offset)
    return number


def finite(number: float, offset: int) -> float:
    """The number, unless it is infinite or no number: JSON has neither."""
    if math.isfinite(number):
        return number
    raise ParseError(
        "A number is infinite, too large, or not a number at all; JSON has no such number.",
        "Write a smaller number, null, or a string in double quotes.",
        offset,
    )


def _too_long(offset: int) -> ParseError:
    return ParseError(
        f"A number has more than {DIGITS:,} digits.",
        "Write a smaller number, or put it in double quotes.",
        offset,
    )
