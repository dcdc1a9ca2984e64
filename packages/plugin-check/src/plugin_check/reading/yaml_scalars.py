"""What a plain word in YAML means: as PyYAML's safe loader has it, as far as JSON can say it."""

import re
from typing import Any

from yaml.constructor import SafeConstructor
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from guarded_fetch.words import shown

from .numbers import finite, refuse_large, refuse_long
from .text import ParseError

PREFIX = "tag:yaml.org,2002:"
STRING, TIMESTAMP = PREFIX + "str", PREFIX + "timestamp"
INTEGER, FLOAT = PREFIX + "int", PREFIX + "float"
BOOLEAN, NULL = PREFIX + "bool", PREFIX + "null"
MERGE, DEFAULT_VALUE = PREFIX + "merge", PREFIX + "value"
OBJECT, LIST = PREFIX + "map", PREFIX + "seq"

IN_QUOTES = "Put it in double quotes, so that it is text."

# PyYAML's patterns take 50 times the memory of the text that they look at.
LONG = 10_000
LONG_NUMBER = re.compile(r"[-+]?(?:0x[0-9a-fA-F_]+|[.0-9][.0-9_:]*)")

_resolver: Any = Resolver()
_constructor = SafeConstructor()


def kind(tag: str | None, text: str, implicit: tuple[bool, bool]) -> str:
    """The tag of a scalar: the one that is written, or the one that its looks imply."""
    if tag is None or tag == "!":
        if implicit[0] and len(text) > LONG:
            return INTEGER if LONG_NUMBER.fullmatch(text) else STRING
        return str(_resolver.resolve(ScalarNode, text, implicit))
    return tag


def scalar(tag: str, text: str, offset: int) -> str | int | float | bool | None:
    """The value of a scalar. A date is its own text. Raises ParseError."""
    match tag:
        case "tag:yaml.org,2002:str" | "tag:yaml.org,2002:timestamp":
            return _string(text, offset)
        case "tag:yaml.org,2002:null":
            return None
        case "tag:yaml.org,2002:bool":
            return _boolean(text, offset)
        case "tag:yaml.org,2002:int" | "tag:yaml.org,2002:float":
            return _number(tag, text, offset)
        case "tag:yaml.org,2002:merge" | "tag:yaml.org,2002:value":
            raise ParseError(f"{shown(text)} has a special meaning in YAML.", IN_QUOTES, offset)
    raise refused_tag(tag, offset)


def key(tag: str, text: str, offset: int) -> str:
    """A scalar as the key of an object: text, and whole numbers and dates as they are written."""
    if tag in (STRING, TIMESTAMP, INTEGER):
        return _string(text, offset)
    value = scalar(tag, text, offset)
    raise ParseError(
        f"The key {shown(text)} is read as {shown(value)}; keys are text.", IN_QUOTES, offset
    )


def refused_tag(tag: str, offset: int) -> ParseError:
    """What to raise for a type that JSON does not have."""
    name = "!!" + tag.removeprefix(PREFIX) if tag.startswith(PREFIX) else tag
    return ParseError(
        f"The tag {shown(name)} names a type that JSON does not have.",
        "Leave the tag out and write text, a number, a list or an object.",
        offset,
    )


def _string(text: str, offset: int) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ParseError(
            "A string holds half of a surrogate pair, which is no character.",
            "Write the character itself.",
            offset,
        ) from None
    return text


def _boolean(text: str, offset: int) -> bool:
    value = SafeConstructor.bool_values.get(text.lower())
    if value is None:
        raise ParseError(
            f"{shown(text)} is neither true nor false.", "Write true or false.", offset
        )
    return bool(value)


def _number(tag: str, text: str, offset: int) -> int | float:
    refuse_long(text, offset)
    node = ScalarNode(tag, text)
    try:
        if tag == INTEGER:
            whole: int = _constructor.construct_yaml_int(node)
            return refuse_large(whole, offset)
        return finite(float(_constructor.construct_yaml_float(node)), offset)
    except (ValueError, IndexError, OverflowError):
        raise ParseError(f"{shown(text)} is no number.", IN_QUOTES, offset) from None
