"""What a plugin says of itself, made safe to show: it may have been written to deceive."""

import re

from guarded_fetch import words

from ..report import Place, RuleFinding

# Longer than any sentence of ours. What is longer was made so to fill the screen.
LONGEST = 1000

# A line of a log that begins `::word::`, or holds `##[`, is a command to GitHub's runner.
COMMAND = re.compile(r"(?<!\S)::(?=[A-Za-z].*?::)|##\[")


def printable(text: str) -> str:
    """One line of visible characters and spaces; whatever else there was is written as `\\x1b`.

    Longer than LONGEST, it is cut. Other scripts stay as they are: see `fitting`.
    """
    return COMMAND.sub(_escaped_command, words.printable(text, LONGEST))


def cut(text: str) -> str:
    """The text, or as much of the beginning of it as LONGEST allows."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + words.ELLIPSIS


def fitting(text: str, encoding: str | None) -> str:
    """The text with an escape for each character that a terminal of that encoding lacks."""
    encoding = encoding or "ascii"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def where(place: Place) -> str:
    """`ai-plugin.json:12:3` when the line is known, else `openapi.yaml /paths/~1todos/get`."""
    if place.line is not None:
        column = "" if place.column is None else f":{place.column}"
        return f"{printable(place.document)}:{place.line}{column}"
    return printable(f"{place.document} {place.pointer or ''}".rstrip(" "))


def reasons(finding: RuleFinding) -> list[str]:
    """Why a host takes it as it does, a sentence each, of the hosts that have a reason."""
    return [
        f"{host}: {judgement.level}: {judgement.reason}"
        for host, judgement in finding.judgements.items()
        if judgement.reason
    ]


def _escaped_command(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}\\x{ord(match[0][-1]):02x}"
