"""Makes values out of YAML's events: anchors, aliases and merge keys, each within the budget."""

from dataclasses import dataclass, field
from typing import NoReturn

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
)

from guarded_fetch.words import shown

from .building import DEPTH, Builder, Member, Node, too_deep
from .text import LimitExceeded, ParseError
from .yaml_scalars import LIST, MERGE, OBJECT, key, kind, refused_tag, scalar

ALIASES = 1_000


@dataclass
class _Open:
    """What YAML adds to an object or a list that is not closed yet.

    `merged` is None until there is a merge key, and `merge_is_due` while its value is read.
    """

    offset: int
    anchor: str | None
    merged: dict[str, Member] | None = None
    merge_is_due: bool = field(default=False)


class Composer:
    """Takes the events of a document one by one. Raises ParseError."""

    def __init__(self, text: str) -> None:
        self.builder = Builder(text)
        # None stands for what is not closed yet.
        self._anchors: dict[str, Node | None] = {}
        self._open: list[_Open] = []
        self._aliases = 0
        self._documents = 0

    def take(self, event: Event) -> None:
        """Go on with the next event."""
        offset = event.start_mark.index if event.start_mark else 0
        match event:
            case ScalarEvent():
                self._take_scalar(event, offset)
            case CollectionStartEvent():
                self._begin(event, offset)
            case CollectionEndEvent():
                self._end()
            case AliasEvent():
                self._take_alias(event, offset)
            case DocumentStartEvent():
                self._count_document(offset)

    def _count_document(self, offset: int) -> None:
        self._documents += 1
        if self._documents > 1:
            raise ParseError(
                "A second document begins here; only one is read.",
                "Delete this `---` and what follows it.",
                offset,
            )

    def _key_is_due(self) -> bool:
        if not self._open or self._open[-1].merge_is_due:
            return False
        frame = self.builder.frames[-1]
        return frame.is_object and frame.key is None

    def _take_scalar(self, event: ScalarEvent, offset: int) -> None:
        tag = kind(event.tag, event.value, event.implicit)
        if self._key_is_due():
            if tag == MERGE:
                self._remember(event.anchor, Node(event.value), offset)
                self._expect_merge(offset)
                return
            name = key(tag, event.value, offset)
            self._remember(event.anchor, Node(name), offset)
            self.builder.key(name, offset)
            return
        self.builder.spend(1, offset)
        node = Node(scalar(tag, event.value, offset))
        self._remember(event.anchor, node, offset)
        self._add(node, offset)

    def _begin(self, event: CollectionStartEvent, offset: int) -> None:
        if self._key_is_due():
            raise ParseError(
                "The key is an object or a list; keys are text.",
                "Write text before the colon; put text with brackets or braces in quotes.",
                offset,
            )
        is_object = isinstance(event, MappingStartEvent)
        if event.tag not in (None, "!", OBJECT if is_object else LIST):
            raise refused_tag(str(event.tag), offset)
        self.builder.open(offset, is_object=is_object)
        self._remember(event.anchor, None, offset)
        self._open.append(_Open(offset, event.anchor))

    def _end(self) -> None:
        ended = self._open.pop()
        if ended.merged is not None:
            frame = self.builder.frames[-1]
            frame.members = {**ended.merged, **frame.members}
        node = self.builder.close()
        if ended.anchor is not None:
            self._anchors[ended.anchor] = node
        self._add(node, ended.offset)

    def _take_alias(self, event: AliasEvent, offset: int) -> None:
        self._aliases += 1
        if self._aliases > ALIASES:
            raise LimitExceeded(
                f"It has more than {ALIASES:,} aliases.", "Write the values themselves.", offset
            )
        node = self._anchored(event.anchor or "", offset)
        if self._key_is_due():
            if not isinstance(node.value, str):
                raise ParseError(
                    "The key is an alias of what is no text.", "Write the key.", offset
                )
            self.builder.key(node.value, offset)
            return
        if not (self._open and self._open[-1].merge_is_due):
            self._spend_again(node, offset, levels=len(self._open))
        self._add(node, offset)

    def _anchored(self, anchor: str, offset: int) -> Node:
        if anchor not in self._anchors:
            raise ParseError(
                f"The alias {shown('*' + anchor)} names no anchor before it.",
                "Put text that begins with `*` in quotes, or define the anchor first.",
                offset,
            )
        node = self._anchors[anchor]
        if node is None:
            raise ParseError(
                f"The alias {shown('*' + anchor)} lies in what it stands for: it has no end.",
                "Write the values themselves.",
                offset,
            )
        return node

    def _remember(self, anchor: str | None, node: Node | None, offset: int) -> None:
        if anchor is None:
            return
        if anchor in self._anchors:
            raise ParseError(
                f"The anchor {shown('&' + anchor)} is defined twice.",
                "Give one of them another name.",
                offset,
            )
        self._anchors[anchor] = node

    def _add(self, node: Node, offset: int) -> None:
        if self._open and self._open[-1].merge_is_due:
            self._merge(node, offset)
        else:
            self.builder.add(node, offset)

    def _expect_merge(self, offset: int) -> None:
        opened = self._open[-1]
        if opened.merged is not None:
            raise ParseError(
                "The merge key `<<` is there twice in an object.",
                "Write one, with a list: `<<: [*first, *second]`.",
                offset,
            )
        opened.merge_is_due = True

    def _merge(self, node: Node, offset: int) -> None:
        opened = self._open[-1]
        opened.merge_is_due = False
        opened.merged = {}
        sources = [node]
        if isinstance(node.members, list):
            sources = [member.node for member in node.members]
        for source in sources:
            if not isinstance(source.members, dict):
                _refuse_merge(offset)
            self._spend_again(source, offset, levels=len(self._open) - 1)
            # The first object that has a key wins.
            opened.merged = {**source.members, **opened.merged}

    def _spend_again(self, node: Node, offset: int, levels: int) -> None:
        self.builder.spend(node.values, offset)
        if levels + node.height > DEPTH:
            raise too_deep(offset)


def _refuse_merge(offset: int) -> NoReturn:
    raise ParseError(
        "The merge key `<<` has a value that is no object.",
        'Write an alias of an object after it, or put "<<" in quotes if it is text.',
        offset,
    )
