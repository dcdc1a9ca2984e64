"""Reads untrusted JSON and YAML: strictly, within limits, and with the place of a mistake."""

from collections.abc import Callable

from ..plugin import SourceDocument
from .building import Parsed, Positions
from .json_syntax import parse_json
from .text import BYTES, Malformed, ParseError, decode
from .yaml_syntax import parse_yaml

__all__ = ["BYTES", "read_document", "read_json", "read_yaml"]

Parse = Callable[[str], Parsed]


def read_json(name: str, content: bytes, size: int = 0) -> SourceDocument:
    """A JSON document (RFC 8259). Never raises: a failure is the document's `unreadable`.

    Of one with more than BYTES the content may be cut off; then `size` is that of the whole.
    """
    return _read(name, content, size, parse_json)


def read_yaml(name: str, content: bytes, size: int = 0) -> SourceDocument:
    """A YAML document, as far as JSON can say the same. Never raises, as read_json."""
    return _read(name, content, size, parse_yaml)


def read_document(name: str, content: bytes, size: int = 0) -> SourceDocument:
    """JSON or YAML, by the file name or address and the first character. Never raises.

    What looks like JSON but is only YAML is read as YAML.
    """
    if _is_named_json(name):
        return _read(name, content, size, _parse_json_or_yaml)
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return _read(name, content, size, _parse_flow if start in (b"{", b"[") else parse_yaml)


def _read(name: str, content: bytes, size: int, parse: Parse) -> SourceDocument:
    try:
        parsed = parse(decode(content, max(size, len(content))))
    except ParseError as refused:
        return SourceDocument(name, unreadable=refused.of(content))
    positions = Positions(parsed.root, parsed.lines)
    return SourceDocument(
        name, parsed.root.node.value, positions=positions, repeated=parsed.repeated
    )


def _is_named_json(name: str) -> bool:
    return name.partition("#")[0].partition("?")[0].lower().endswith(".json")


def _parse_json_or_yaml(text: str) -> Parsed:
    try:
        return parse_json(text)
    except Malformed as not_json:
        try:
            parsed = parse_yaml(text)
        except ParseError:
            raise not_json from None
        # Nearly any text is a string in YAML.
        if parsed.root.node.members is None:
            raise
        return parsed


def _parse_flow(text: str) -> Parsed:
    try:
        return parse_json(text)
    except Malformed as not_json:
        try:
            return parse_yaml(text)
        except Malformed:
            raise not_json from None
