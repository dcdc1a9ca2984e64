"""An answer of the API on its way to the caller."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

import aiohttp
from yarl import URL

from ..contract_operations import Operation
from ..errors import Problem
from .body import Body
from .headers import OF_ANSWERS, passing
from .reading import Reading
from .reply import Reply
from .upstream import Upstream

# So long is an answer kept back that may turn out to be short: its head says that it is not.
KEPT_BACK_SECONDS = 0.2
FLAG = (b"plugin-server-flag", b"over-100000-characters")
# The result of a tool has to be in memory as a whole.
TOOL_BYTES = 1_000_000


class BadGateway(Problem):
    status = 502
    title = "Bad Gateway"
    code = "bad_gateway"


class Call(NamedTuple):
    """What is asked of the API. `named` are the headers that the contract names in answers;
    `origin` is ours, as the caller knows it; `is_tool` when a model asks, which gets a text.
    """

    method: str
    url: URL
    headers: Mapping[str, str]
    named: frozenset[bytes]
    origin: str
    is_tool: bool


class Passage:
    """Passes one answer on."""

    def __init__(self, call: Call, reply: Reply, upstream: Upstream) -> None:
        self._status = 0
        self._content_type = ""
        self._reading = Reading("")
        self._is_whole = False
        self._call = call
        self._reply = reply
        self._upstream = upstream

    async def pass_on(self, response: aiohttp.ClientResponse, body: Body) -> None:
        """Pass the answer to the request with this body on. Raises BadGateway instead."""
        self._status = response.status
        body.is_refused = response.status >= 400
        self._content_type = response.headers.get("Content-Type", "")
        self._reading = Reading(response.headers.get("Content-Encoding", ""))
        headers = passing(response.raw_headers, OF_ANSWERS | self._call.named)
        location = response.headers.get("Location")
        if location is not None:
            headers = self._relocated(headers, response.status, location)
        beginning, is_all = await self._beginning(response.content)
        await self._begin(response.status, headers, beginning, is_all=is_all)
        await self._reply.part(beginning, is_last=is_all)
        if not is_all and await self._pass_rest(response.content, body):
            await self._reply.part(b"", is_last=True)
            is_all = True
        self._is_whole = is_all

    def verdict(self, operation: Operation | None) -> str:
        """What there is to say of the answer that has passed, held against the contract."""
        if not self._is_whole:
            return "cut"
        if self._reading.is_long:
            return "too_long"
        if operation is None:
            return "no_operation"
        text = self._reading.text if self._call.method != "HEAD" else None
        return operation.verdict(self._status, self._content_type, text)

    async def _beginning(self, content: aiohttp.StreamReader) -> tuple[bytes, bool]:
        """What came until it was too long for a host, or too slow, and whether that is all."""
        parts: list[bytes] = []
        seconds = None if self._call.is_tool or content.is_eof() else KEPT_BACK_SECONDS
        try:
            async with asyncio.timeout(seconds):
                while not self._is_enough(parts):
                    part = await content.readany()
                    if not part:
                        return b"".join(parts), True
                    self._reading.feed(part)
                    parts.append(part)
        except TimeoutError:
            pass
        return b"".join(parts), False

    def _is_enough(self, parts: list[bytes]) -> bool:
        if not self._call.is_tool:
            return self._reading.is_long
        if sum(map(len, parts)) > TOOL_BYTES:
            raise BadGateway(
                f"The API's answer is longer than {TOOL_BYTES:,} bytes. Ask for less.",
                code="answer_too_long",
            )
        return False

    async def _begin(
        self, status: int, headers: list[tuple[bytes, bytes]], beginning: bytes, *, is_all: bool
    ) -> None:
        names = {name for name, _ in headers}
        if status in (204, 304):
            # The first must not have a length; the second's is that of another answer.
            headers = [each for each in headers if each[0] != b"content-length"]
        elif is_all and b"content-length" not in names and self._call.method != "HEAD":
            headers = [*headers, (b"content-length", str(len(beginning)).encode())]
        if self._reading.is_long:
            headers = [*headers, FLAG]
        await self._reply.begin(status, headers)

    async def _pass_rest(self, content: aiohttp.StreamReader, body: Body) -> bool:
        """Pass on what still comes, until its end; false when the caller left before that."""
        has_left = asyncio.ensure_future(body.wait_for_end())
        try:
            while part := await content.readany():
                if has_left.done():
                    return False
                self._reading.feed(part)
                await self._reply.part(part)
        finally:
            has_left.cancel()
        return True

    def _relocated(
        self, headers: list[tuple[bytes, bytes]], status: int, location: str
    ) -> list[tuple[bytes, bytes]]:
        """The headers with a Location that leads to the API by way of us. Raises BadGateway."""
        path = self._upstream.path_of(location, self._call.url)
        if 300 <= status < 400 and (path is None or self._call.is_tool):
            raise BadGateway(
                "The API redirects to another place, and hosts do not follow: the contract must"
                " name the place itself.",
                code="redirected",
            )
        if path is None:
            return headers
        # Whole, because a path with two slashes at its beginning would be a host.
        own = f"{self._call.origin}{path}".encode("utf-8", "surrogateescape")
        return [(name, own if name == b"location" else value) for name, value in headers]
