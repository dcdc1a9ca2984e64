"""Texts as the directory takes them: tidy, and cut at a word where they are too long."""

import re

# Where a text can end early, best first. A dash counts only between spaces: not in "to-do".
CLAUSE_ENDS = (
    re.compile(r"[.:;!?](?=\s|$)"),
    re.compile(r",(?=\s|$)|\s[\u2013\u2014-]\s|\s\("),
)
LAST_SPACE = re.compile(r"(.*\S)\s", re.DOTALL)
DANGLING = " ,;:(\u2013\u2014-"


def one_line(text: str) -> str:
    """The text without line breaks, and with single spaces."""
    return " ".join(text.split())


def lines(text: str) -> str:
    """The text with line feeds as its only control characters."""
    return "\n".join(line.rstrip() for line in text.expandtabs(4).splitlines()).strip()


def cut(text: str, limit: int) -> str:
    """As many of the first words as fit; of a word that does not fit alone, its beginning."""
    if len(text) <= limit:
        return text
    words = LAST_SPACE.match(text[: limit + 1])
    return (words[1] if words else text[:limit]).rstrip(DANGLING)


def clauses(text: str, limit: int) -> str:
    """As many of the first clauses as fit; the whole text where not even one does."""
    if len(text) <= limit:
        return text
    for end in CLAUSE_ENDS:
        found = [match.start() for match in end.finditer(text) if 0 < match.start() <= limit]
        if found:
            return text[: found[-1]]
    return text
