"""The body of a request, passed on as it comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from ..http.incoming import CallerGone, IncomingBody

REFUSAL_SECONDS = 0.1


class Body:
    """The body of a request to the API. `is_gone` when the caller left before all of it came; once
    it `is_refused` nothing more of it passes.
    """

    def __init__(self, incoming: IncomingBody) -> None:
        self.is_gone = False
        self.is_refused = False
        self._incoming = incoming

    @property
    def is_whole(self) -> bool:
        """Whether the caller has sent all of it."""
        return self._incoming.is_whole

    async def content(self) -> bytes | AsyncIterator[bytes] | None:
        """The body where it came in one part, else its parts as they come; None where it is empty.

        Raises CallerGone.
        """
        first = await self._next()
        return (first or None) if self.is_whole else self._parts(first)

    async def wait_for_end(self) -> None:
        """Wait until the caller has left, or was answered; for ever, while it is still sending."""
        if not self.is_whole:
            await asyncio.Future()
        with suppress(CallerGone):
            await self._incoming.part()

    async def _parts(self, first: bytes) -> AsyncIterator[bytes]:
        if first:
            yield first
        # An API that refuses a long body by its head answers now, and then closes the connection.
        # To write to it meanwhile would fail, and hide the answer.
        await asyncio.sleep(REFUSAL_SECONDS)
        while not self.is_whole:
            if self.is_refused:
                await asyncio.Future()
            part = await self._next()
            if part:
                yield part

    async def _next(self) -> bytes:
        try:
            return await self._incoming.part()
        except CallerGone:
            self.is_gone = True
            raise
