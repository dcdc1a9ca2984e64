"""The statements of a script, one by one."""

import re
import sqlite3
from collections.abc import Iterator

# PostgreSQL's texts between dollar signs, such as the body of a function: $$ … $$, $tag$ … $tag$.
_DOLLAR = re.compile(r"\$(?:[A-Za-z_]\w*)?\$")


def statements(script: str) -> Iterator[str]:
    """Each statement of the script, which ends with a semicolon at the end of a line.

    The body of a trigger (BEGIN … END) and what stands between dollar signs stay whole. Comments
    after the last statement are none.
    """
    begun: list[str] = []
    for line in script.splitlines(keepends=True):
        begun.append(line)
        text = "".join(begun)
        if not _is_open(text) and sqlite3.complete_statement(text):
            yield text.strip()
            begun = []
    rest = "".join(begun).strip()
    if _says_something(rest):
        yield rest


def _is_open(text: str) -> bool:
    """Whether a text between dollar signs has begun and not ended."""
    opened: str | None = None
    for mark in _DOLLAR.findall(text):
        if opened is None:
            opened = mark
        elif mark == opened:
            opened = None
    return opened is not None


def _says_something(rest: str) -> bool:
    return bool(re.sub(r"--[^\n]*|/\*.*?\*/", "", rest, flags=re.DOTALL).strip())
