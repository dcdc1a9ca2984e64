"""The statements of a script, one by one."""

import re
from collections.abc import Iterator

# Texts, names, comments and texts between dollar signs, in which nothing means anything here. One
# that does not end goes to the end: its statement fails, and is named.
OPAQUE = r"""
    '(?:[^']|'')*+(?:'|\Z) | "(?:[^"]|"")*+(?:"|\Z) | --[^\n]* | /\*.*?(?:\*/|\Z)
  | \$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)
"""
_TOKEN = re.compile(rf"(?P<opaque>{OPAQUE}) | [^\W\d][\w$]* | ; | \S", re.VERBOSE | re.DOTALL)
_HOLDERS = ("trigger", "function", "procedure")


def statements(script: str) -> Iterator[str]:
    """Each statement of the script, without the semicolon that ends it and comments before it.

    The body of a trigger, a function or a procedure (BEGIN … END), and what stands between dollar
    signs, stay whole.
    """
    begin: int | None = None
    end = depth = 0
    words: list[str] = []
    for token in _TOKEN.finditer(script):
        text = token[0].lower()
        if text.startswith(("--", "/*")):
            continue
        if text == ";" and not depth:
            if begin is not None:
                yield script[begin:end]
            begin, words = None, []
            continue
        begin = token.start() if begin is None else begin
        end = token.end()
        if token["opaque"] is None:
            words.append(text)
            depth += _deeper(text, words, depth)
    if begin is not None:
        yield script[begin:end]


def _deeper(word: str, words: list[str], depth: int) -> int:
    """What a word changes about how many BEGIN and CASE wait for their END."""
    if word == "begin":
        return words[0] == "create" and any(holder in words[:5] for holder in _HOLDERS)
    if depth and word in ("case", "end"):
        return 1 if word == "case" else -1
    return 0
