"""The body of a request as it arrives: read whole, or refused and thrown away."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar, cast

from ..errors import RequestTimeout, TooLarge
from .draining import Draining

BODY_SECONDS = 10
# A caller who is still sending sees a reset instead of the answer, so this much is thrown away.
DISCARDED_BYTES = 1_048_576

Receive = Callable[[], Awaitable[Any]]
V = TypeVar("V", bound=Callable[..., Any])


def body_limit(size: int) -> Callable[[V], V]:
    """Let the body of a view have `size` bytes, instead of PLUGIN_MAX_BODY:

    @documents.post("/documents")
    @body_limit(5_000_000)
    async def add_document() -> Response:
    """

    def limited(view: V) -> V:
        view.body_limit = size  # type: ignore[attr-defined] # Plugin.add looks for it
        return view

    return limited


class CallerGone(Exception):
    """The connection ended before the request did."""


class IncomingBody:
    """One request's body, which has BODY_SECONDS from now to arrive. `is_whole` once it has."""

    def __init__(
        self, headers: Mapping[bytes, list[bytes]], receive: Receive, draining: Draining
    ) -> None:
        self.is_whole = False
        self._draining = draining
        self._receive = receive
        self._is_announced = b"content-length" in headers or b"transfer-encoding" in headers
        self._length = _number(headers.get(b"content-length", [b""])[0])
        self._deadline = asyncio.get_running_loop().time() + BODY_SECONDS

    async def read(self, limit: int) -> bytes:
        """The whole body, of at most `limit` bytes. Raises TooLarge as soon as its length is known
        to be, RequestTimeout, Unavailable when the drain begins, and CallerGone.
        """
        if self._length > limit:
            raise _too_large(limit)
        if not self._is_announced:
            return await self._read(limit)
        try:
            return await self._draining.arriving(self._read(limit), self._deadline)
        except TimeoutError:
            self._draining.refuse()
            raise RequestTimeout(
                f"The body did not arrive within {BODY_SECONDS} seconds."
            ) from None

    async def part(self) -> bytes:
        """What comes next of it. Raises CallerGone."""
        message = await self._receive()
        if message["type"] != "http.request":
            raise CallerGone
        self.is_whole = not message.get("more_body", False)
        return cast(bytes, message.get("body", b""))

    async def discard(self) -> None:
        """Throw away what still comes, within limits."""
        with suppress(TimeoutError, CallerGone):
            await self._draining.arriving(self._discard(), self._deadline)

    async def _discard(self) -> None:
        length = 0
        while not self.is_whole and length <= DISCARDED_BYTES:
            length += len(await self.part())

    async def _read(self, limit: int) -> bytes:
        parts = []
        length = 0
        while not self.is_whole:
            part = await self.part()
            length += len(part)
            if length > limit:
                raise _too_large(limit)
            parts.append(part)
        return b"".join(parts)


def _number(text: bytes) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is longer than {limit} bytes.")
