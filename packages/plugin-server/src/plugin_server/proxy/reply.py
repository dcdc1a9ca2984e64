"""One answer on its way to the caller: what is counted of it, and what every one carries."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from ..http.draining import Draining
from ..http.handler import END
from ..http.incoming import IncomingBody
from ..http.record import RequestRecord

Headers = Sequence[tuple[bytes, bytes]]
Send = Callable[[Any], Awaitable[None]]

CLOSE = (b"connection", b"close")


class Reply:
    """Sends an answer in parts, and tells the record of it. `common` are headers that it has
    whatever it is.
    """

    def __init__(
        self, send: Send, record: RequestRecord, incoming: IncomingBody, draining: Draining
    ) -> None:
        self.common: list[tuple[bytes, bytes]] = []
        self.is_begun = False
        self._record = record
        self._incoming = incoming
        self._draining = draining
        self._send = send

    async def begin(self, status: int, headers: Headers) -> None:
        self.is_begun = True
        self._record.status = status
        # RFC 9112 section 9.6: the client learns that it must connect elsewhere.
        closing = [CLOSE] if self._draining.has_begun else []
        begun = {"type": "http.response.start", "status": status}
        await self._send({**begun, "headers": [*headers, *self.common, *closing]})

    async def part(self, content: bytes, *, is_last: bool = False) -> None:
        self._record.size += len(content)
        is_end = is_last and self._incoming.is_whole
        await self._send({"type": "http.response.body", "body": content, "more_body": not is_end})
        if is_last and not is_end:
            # Who is still sending would see a reset instead of the answer.
            await self._incoming.discard()
            await self._send(END)

    async def whole(self, status: int, headers: Headers, content: bytes) -> None:
        """An answer that is known to its end; 204 has no length (RFC 9110 section 8.6)."""
        length = (b"content-length", str(len(content)).encode())
        await self.begin(status, headers if status == 204 else [*headers, length])
        await self.part(content, is_last=True)
