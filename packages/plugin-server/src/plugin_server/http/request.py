"""The request in hand, as views and hooks see it."""

from functools import cached_property
from typing import Any, cast

import quart

from .origin import not_one_host


class Request(quart.Request):
    """Quart's request, whose body has been read already."""

    scope: Any  # RequestHandler adds to ASGI's

    @cached_property
    def blueprints(self) -> list[str]:
        # Asked for several times in a request.
        return super().blueprints

    @cached_property
    def content_length(self) -> int | None:
        """The length of the body in bytes, whatever the headers say."""
        return cast(int, self.scope["body_length"])


def current_scope() -> Any:
    """The ASGI scope of the request in hand, with what RequestHandler adds to it."""
    return quart.request.scope


def is_tool_call() -> bool:
    """Whether the request in hand is one that a tool call became (see mcp/calls.py)."""
    return bool(current_scope()["is_inner"])


def header_lines(name: bytes) -> list[bytes]:
    """Every line of a header of the request in hand; `name` is in lower case."""
    lines: dict[bytes, list[bytes]] = current_scope()["lines"]
    return lines.get(name, [])


def request_origin() -> str:
    """The origin under which the request in hand reached us. Raises BadRequest where it names no
    host, as HTTP/1.0 may.
    """
    origin: str | None = current_scope()["origin"]
    if origin is None:
        raise not_one_host()
    return origin
