"""A part of a list: what was asked for, and no more than a model can be shown."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from ..errors import json_bytes
from .request import is_tool_call

# Common clients refuse or cut a tool's result of more than 25,000 tokens. The items count twice, as
# text and as structured content. In bytes, because one character of Chinese is a token or more.
TOOL_BYTES = 20_000

T = TypeVar("T")


class Page(NamedTuple, Generic[T]):
    """Some of the items, in their order; `total` is how many there are, and `next_offset` where
    the next ones begin, or None.
    """

    items: list[T]
    total: int
    next_offset: int | None

    @property
    def is_whole(self) -> bool:
        """Whether these are all of them."""
        return len(self.items) == self.total

    @property
    def counts(self) -> dict[str, int]:
        """Members for the answer: `total`, and `next_offset` where more follow."""
        more = {} if self.next_offset is None else {"next_offset": self.next_offset}
        return {"total": self.total, **more}


def page(items: Sequence[T], limit: int | None = None, offset: int | None = None) -> Page[T]:
    """At most `limit` of the items, from the one at `offset` on, which are from 0.

    For a tool call, at most as many as have TOOL_BYTES in JSON, but one in any case.
    """
    start = min(offset or 0, len(items))
    end = len(items) if limit is None else min(start + limit, len(items))
    if is_tool_call():
        end = start + _fitting(items[start:end])
    return Page(list(items[start:end]), len(items), end if end < len(items) else None)


def paged(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a failure that shows a list, which is cut for a tool call as others are."""
    parts = {name: page(value) for name, value in members.items() if isinstance(value, list)}
    cut = {name: part for name, part in parts.items() if not part.is_whole}
    shown = {name: part.items for name, part in cut.items()}
    counts = next((part.counts for part in cut.values()), {})
    return {**members, **shown, **counts}


def _fitting(items: Sequence[Any]) -> int:
    """How many of the items, from the first on, a tool's result has room for."""
    size = 0
    for count, item in enumerate(items):
        size += len(json_bytes(item)) + 1
        if size > TOOL_BYTES and count:
            return count
    return len(items)
