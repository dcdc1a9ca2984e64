"""What a host tells of the conversation that a call comes from.

By HTTP in headers, which OpenAI's hosts send since 2023; by MCP in `_meta` too. Whoever calls may
write anything there, so it is bounded, and nobody is known by it.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .request import current_scope, header_lines

CONVERSATION_ID = b"openai-conversation-id"
USER_ID = b"openai-ephemeral-user-id"
SUBDIVISION = b"openai-subdivision-1-iso-code"
# What a tool's own route is told of the caller's request.
HEADERS = (CONVERSATION_ID, USER_ID, SUBDIVISION)
# Where in the scope the `_meta` of a tool call stands.
META = "mcp_meta"

_ID = re.compile(r"[!-~]{1,128}")
# ISO 3166-2.
_SUBDIVISION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
# BCP 47, as far as anybody goes.
_LOCALE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,4}")
_PLACE = ("city", "region", "country", "timezone", "latitude", "longitude")
_PLACE_CHARACTERS = 100


class Conversation(NamedTuple):
    """None is what was not told, or is not what it should be.

    `id` is the same in all calls of a conversation, `user` for about a day in those of a person.
    `subdivision` is a country and its state, such as US-CA; `locale` such as de-DE. `location` is
    about where the person is: city, region, country, timezone, latitude and longitude, as far as
    they are told; the last two as numbers or as texts.
    """

    id: str | None
    user: str | None
    subdivision: str | None
    locale: str | None
    location: Mapping[str, str | float] | None


def conversation() -> Conversation:
    """What is told of the conversation that the request in hand comes from. Never take it for an
    identity: nothing proves it.
    """
    meta: Mapping[str, Any] = current_scope().get(META) or {}
    return Conversation(
        id=_header(CONVERSATION_ID, _ID),
        user=_header(USER_ID, _ID),
        subdivision=_header(SUBDIVISION, _SUBDIVISION),
        locale=_matching(meta.get("openai/locale"), _LOCALE),
        location=_location(meta.get("openai/userLocation")),
    )


def _header(name: bytes, grammar: re.Pattern[str]) -> str | None:
    """The value of a header that stands once."""
    lines = header_lines(name)
    return _matching(lines[0].decode("latin-1"), grammar) if len(lines) == 1 else None


def _matching(value: object, grammar: re.Pattern[str]) -> str | None:
    return value if isinstance(value, str) and grammar.fullmatch(value) else None


def _location(value: object) -> dict[str, str | float] | None:
    told = value if isinstance(value, dict) else {}
    return {name: told[name] for name in _PLACE if _is_of_a_place(told.get(name))} or None


def _is_of_a_place(value: object) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= _PLACE_CHARACTERS and value.isprintable()
    # Of degrees there are no more; infinity is none either.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 180
