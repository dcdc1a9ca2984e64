"""Values as they grow out of a document, under a budget that no alias or merge can multiply."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..contract import escape
from ..plugin import RepeatedKey
from .text import LimitExceeded, Lines

DEPTH = 100
VALUES = 100_000
# What all JSON pointers into a document take together: rules write them down.
POINTERS = 20_000_000

SHORTEN = "Write it shorter and flatter."

# A document that repeats ten keys repeats the eleventh for the same reason.
REPETITIONS = 10


class Node(NamedTuple):
    """A value, and what is known about it.

    `members` are what an object or a list holds, None for other values. `values` counts the
    value and all beneath it, `pointers` the characters of the JSON pointers from here to each of
    them, `height` the levels of objects and lists, all as a walk over the value would meet them.
    """

    value: Any
    members: "dict[str, Member] | list[Member] | None" = None
    values: int = 1
    pointers: int = 0
    height: int = 0


class Member(NamedTuple):
    """A node in an object or a list; `offset` is where its key, or in a list its value, starts."""

    offset: int
    node: Node


class Parsed(NamedTuple):
    """A document that was read to its end."""

    root: Member
    lines: Lines
    repeated: tuple[RepeatedKey, ...]


class Frame:
    """An object or a list that is not closed yet."""

    def __init__(self, offset: int, *, is_object: bool) -> None:
        self.offset = offset
        self.is_object = is_object
        self.members: dict[str, Member] = {}
        self.items: list[Member] = []
        self.key: str | None = None
        self.key_offset = offset


class Builder:
    """Puts a document together, as it is read from its beginning to its end. Raises ParseError."""

    def __init__(self, text: str) -> None:
        self.lines = Lines(text)
        self.frames: list[Frame] = []
        self.root: Member | None = None
        self._values = 0
        self._repeated: list[RepeatedKey] = []

    def finished(self) -> Parsed | None:
        """The whole document, None when there was no value."""
        if self.root is None:
            return None
        return Parsed(self.root, self.lines, tuple(self._repeated))

    def open(self, offset: int, *, is_object: bool) -> None:
        """Begin an object or a list."""
        if len(self.frames) == DEPTH:
            raise too_deep(offset)
        self.spend(1, offset)
        self.frames.append(Frame(offset, is_object=is_object))

    def key(self, key: str, offset: int) -> None:
        """The key of the next value in an object."""
        frame = self.frames[-1]
        if key in frame.members and len(self._repeated) < REPETITIONS:
            first_line = self.lines.of(frame.members[key].offset)[0]
            self._repeated.append(RepeatedKey(key, *self.lines.of(offset), first_line))
        frame.key, frame.key_offset = key, offset

    def add(self, node: Node, offset: int) -> None:
        """A whole value, which was paid for."""
        if not self.frames:
            self.root = Member(offset, node)
            return
        frame = self.frames[-1]
        if not frame.is_object:
            frame.items.append(Member(offset, node))
        elif frame.key is not None:
            frame.members[frame.key] = Member(frame.key_offset, node)
            frame.key = None

    def close(self) -> Node:
        """End the innermost object or list, whose node still is to be added."""
        frame = self.frames.pop()
        return _object(frame) if frame.is_object else _list(frame)

    def spend(self, values: int, offset: int) -> None:
        """Count values before they are made."""
        self._values += values
        if self._values > VALUES:
            raise LimitExceeded(f"It holds more than {VALUES:,} values.", SHORTEN, offset)


def too_deep(offset: int) -> LimitExceeded:
    """What to raise where objects and lists lie in each other more than DEPTH levels deep."""
    return LimitExceeded(f"It is nested more than {DEPTH} levels deep.", SHORTEN, offset)


def _object(frame: Frame) -> Node:
    value, values, pointers, height = {}, 1, 0, 0
    for key, (_, node) in frame.members.items():
        value[key] = node.value
        values += node.values
        pointers += node.pointers + node.values * (len(key) + 1)
        height = max(height, node.height)
    _check_pointers(pointers, frame)
    return Node(value, frame.members, values, pointers, height + 1)


def _list(frame: Frame) -> Node:
    values, pointers, height = 1, 0, 0
    digits = len(str(len(frame.items)))
    for _, node in frame.items:
        values += node.values
        pointers += node.pointers + node.values * (digits + 1)
        height = max(height, node.height)
    _check_pointers(pointers, frame)
    value = [member.node.value for member in frame.items]
    return Node(value, frame.items, values, pointers, height + 1)


def _check_pointers(pointers: int, frame: Frame) -> None:
    if pointers > POINTERS:
        raise LimitExceeded(
            "Its keys are too long for all that lies under them.", SHORTEN, frame.offset
        )


class Positions(Mapping[str, tuple[int, int]]):
    """Line and column of every JSON pointer into a document, worked out when it is asked for."""

    def __init__(self, root: Member, lines: Lines) -> None:
        self._root = root
        self._lines = lines

    def __getitem__(self, pointer: str) -> tuple[int, int]:
        member = self._root
        tokens = pointer.split("/")
        if tokens[0]:
            raise KeyError(pointer)
        for token in tokens[1:]:
            found = _member(member.node, token)
            if found is None:
                raise KeyError(pointer)
            member = found
        return self._lines.of(member.offset)

    def __len__(self) -> int:
        return self._root.node.values

    def __iter__(self) -> Iterator[str]:
        waiting = [("", self._root.node)]
        while waiting:
            pointer, node = waiting.pop()
            yield pointer
            beneath = [(f"{pointer}/{token}", member.node) for token, member in _members(node)]
            waiting.extend(reversed(beneath))


def _members(node: Node) -> Iterator[tuple[str, Member]]:
    if isinstance(node.members, dict):
        for key, member in node.members.items():
            yield escape(key), member
    elif node.members is not None:
        for index, member in enumerate(node.members):
            yield str(index), member


def _member(node: Node, token: str) -> Member | None:
    if isinstance(node.members, dict):
        return node.members.get(token.replace("~1", "/").replace("~0", "~"))
    if node.members and token.isascii() and token.isdigit() and len(token) < 10:
        index = int(token)
        if str(index) == token and index < len(node.members):
            return node.members[index]
    return None
