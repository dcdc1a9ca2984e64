r"""What engines of regular expressions refuse in a JSON Schema's pattern.

Whoever reads a schema compiles its patterns with the engine at hand, and a tool with one that is
refused often takes all other tools of the request with it. A pattern that all engines take uses
none of what is listed here.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .contract import Part, escape

RE2, RUST = "RE2 and Go", "Rust's regex"
ECMASCRIPT, PYTHON = "ECMAScript with the flag u", "Python's re"

# What comes after these of a pattern is not looked at.
CHARACTERS = 2_000
REPETITIONS = 1_000


class Construct(NamedTuple):
    """Something in patterns, how it is written, and the engines that refuse it."""

    name: str
    written: str
    engines: tuple[str, ...]


LOOKAROUND = "a lookaround"
BACKREFERENCE = "a backreference"
UNICODE_ESCAPE = "a character by four digits"
CLASS_OF_UNICODE = "a class of Unicode"
NUL = "a character by octal digits"
OTHER_ESCAPE = "an escape of another language"
OTHER_GROUP = "a group of another language"
NAMED_GROUP = "a named group"
BRACKET = "an unescaped bracket in a class"
MANY = f"a repetition of more than {REPETITIONS:,} times"

REFUSED_BY: Mapping[str, tuple[str, ...]] = {
    LOOKAROUND: (RE2, RUST),
    BACKREFERENCE: (RE2, RUST),
    UNICODE_ESCAPE: (RE2,),
    CLASS_OF_UNICODE: (PYTHON,),
    NUL: (RUST,),
    OTHER_ESCAPE: (ECMASCRIPT,),
    OTHER_GROUP: (ECMASCRIPT,),
    NAMED_GROUP: (PYTHON,),
    BRACKET: (RUST,),
    MANY: (RE2,),
}

TOKEN = re.compile(
    r"""\\(?P<escape>[0-9]{1,3}|k<|.)
      | (?P<opening>\[\^?\]?)
      | (?P<closing>\])
      | \((?P<group>\?<?.)
      | \{(?P<least>[0-9]{1,9})(?:,(?P<most>[0-9]{0,9}))?\}""",
    re.VERBOSE | re.DOTALL,
)

# What may follow a backslash under the flag u (ECMA-262, 22.2.1, with its CharacterClassEscape).
ESCAPES = frozenset("^$\\.*+?()[]{}|/dDsSwWbBfnrtvcxupPk") | {"k<"}


def refused(pattern: str) -> list[Construct]:
    """What an engine refuses in the pattern, each construct once, in the order of the pattern."""
    found: dict[str, Construct] = {}
    in_class = False
    for match in TOKEN.finditer(pattern[:CHARACTERS]):
        name = _construct(match, in_class)
        if name is not None and name not in found:
            found[name] = Construct(name, match[0], REFUSED_BY[name])
        if match["opening"] or match["closing"]:
            in_class = bool(match["opening"])
    return list(found.values())


def _construct(match: re.Match[str], in_class: bool) -> str | None:
    if match["escape"]:
        return _escape(match["escape"], in_class)
    if match["opening"]:
        return BRACKET if in_class else None
    if in_class:
        return None
    if match["group"]:
        return _group(match["group"])
    most = match["most"] or match["least"] or "0"
    return MANY if int(most) > REPETITIONS else None


def _escape(escape: str, in_class: bool) -> str | None:
    if escape == "u":
        return UNICODE_ESCAPE
    if escape in ("p", "P"):
        return CLASS_OF_UNICODE
    if escape.isdigit():
        return NUL if escape.startswith("0") else BACKREFERENCE
    if escape == "k<":
        return BACKREFERENCE
    return None if escape in ESCAPES or (in_class and escape == "-") else OTHER_ESCAPE


def _group(group: str) -> str | None:
    """By the question mark that follows the bracket, and what follows that."""
    if group == "?:":
        return None
    if group[-1] in "=!":
        return LOOKAROUND
    return NAMED_GROUP if group.startswith("?<") else OTHER_GROUP


def patterns(schema: Part) -> Iterator[tuple[str, str]]:
    """Pointer and text of the patterns of a schema itself."""
    pattern: Any = schema.value.get("pattern")
    if isinstance(pattern, str):
        yield f"{schema.pointer}/pattern", pattern
    keyed = schema.value.get("patternProperties")
    for key in keyed if isinstance(keyed, dict) else ():
        yield f"{schema.pointer}/patternProperties/{escape(str(key))}", str(key)
