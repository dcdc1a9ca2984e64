"""The client: whatever a server does, an exchange ends in time and is told in words."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Self

import httpcore2

from ..plugin import WHOLE_CHECK, Exchange, Hop, Purpose
from ..words import printable
from .asking import CREDENTIALS, REDIRECTS, Request
from .connecting import Connector
from .decoding import Body
from .drafting import Draft, in_words
from .network import Limits, Network
from .stopped import Stopped
from .targets import Target, target_from, target_of

MAX_REDIRECTS = 5

# What the library raises because of what a server or a caller's header holds.
FAILURES = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
    OSError,
    ValueError,
)

# Says of (source, target) why a redirect is not to be followed, None when it is.
MayFollow = Callable[[str, str], str | None]


class Client:
    """Asks servers that may be hostile. `start` is the URL that the user gave.

    When the start is at a public address, nothing that is asked afterwards, redirects included,
    may be at a private one. Each host is looked up once. Proxies, cookies and netrc are not used.
    `progress` gets a printable line before each request. The time of `limits.seconds_in_all` runs
    from `async with`.
    """

    def __init__(
        self,
        start: str,
        *,
        limits: Limits = Limits(),  # noqa: B008 - it cannot be changed
        network: Network | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._limits = limits
        self._progress = progress
        self._connector = Connector(start, network or Network(), limits.seconds_a_request)
        self._ends = monotonic() + limits.seconds_in_all

    async def __aenter__(self) -> Self:
        self._ends = monotonic() + self._limits.seconds_in_all
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._connector.aclose()

    async def exchange(
        self,
        purpose: Purpose,
        method: str,
        url: str,
        *,
        subject: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        may_follow: MayFollow | None = None,
    ) -> Exchange:
        """Ask, follow redirects, read the answer. Raises nothing that a server or URL could cause.

        `trouble` and `failure` say why there is no complete answer. A redirect that was not
        followed leaves the status of the redirect, and its hop says why; there is trouble only
        when it led to a private address. Credentials among `headers` stay with the origin of
        `url`, and are not sent at all to a server whose certificate is not trusted.
        """
        draft = Draft(purpose, method, printable(url, 300), subject)
        seconds = min(self._limits.seconds_a_request, self._ends - monotonic())
        try:
            if seconds <= 0:
                raise TimeoutError
            async with asyncio.timeout(seconds) as clock:
                lower = {name.lower(): value for name, value in (headers or {}).items()}
                request = Request(method, target_of(url), lower, body)
                await self._walk(draft, request, may_follow or _follow_all)
        except Stopped as stopped:
            draft.stopped = stopped
        except FAILURES as error:
            timed_out = seconds <= 0 or clock.expired()
            draft.stopped = self._too_late(draft) if timed_out else in_words(error, draft.url)
        return draft.finished()

    async def _walk(self, draft: Draft, first: Request, may_follow: MayFollow) -> None:
        request: Request | None = first
        while request:
            draft.turn_to(request.target)
            self._progress(
                f"{draft.purpose}: {printable(request.method)} {printable(request.target.url, 100)}"
            )
            redirect = await self._ask(draft, request)
            if redirect is None:
                return
            request = await self._followed(draft, request, redirect, may_follow)

    async def _ask(self, draft: Draft, request: Request) -> "_Redirect | None":
        """Send the request and read the answer, of a redirect only where it leads."""
        connection = await self._connector.open(request.target)
        try:
            draft.connected(connection.tls)
            sent = request if connection.trusted else request.without(CREDENTIALS)
            wire = sent.on_the_wire()
            http = httpcore2.AsyncHTTP11Connection(wire.url.origin, connection.stream)
            answer = await http.handle_async_request(wire)
            draft.answered(answer)
            if answer.status in REDIRECTS and "location" in draft.headers:
                return _Redirect(answer.status, _locations(answer))
            await self._read(draft, answer)
            return None
        finally:
            await connection.stream.aclose()

    async def _read(self, draft: Draft, answer: httpcore2.Response) -> None:
        body = Body(draft.headers.get("content-encoding", ""), self._limits.bytes_a_document)
        try:
            async with aclosing(answer.aiter_stream()) as pieces:
                async for piece in pieces:
                    body.add(piece)
            body.end()
        finally:
            draft.body = bytes(body.content)

    async def _followed(
        self, draft: Draft, request: Request, redirect: "_Redirect", may_follow: MayFollow
    ) -> Request | None:
        """The request to go on with, None where the redirect is not followed."""
        source, named = request.target.url, redirect.named
        try:
            target = redirect.target(request.target)
            named = target.url
            if len(draft.hops) == MAX_REDIRECTS:
                raise Stopped("protocol", f"There are more than {MAX_REDIRECTS} redirects.")
            if refusal := may_follow(source, named):
                raise Stopped("protocol", refusal)
            await self._connector.check(target)
        except Stopped as stopped:
            draft.hops.append(Hop(source, named, stopped.sentence))
            if stopped.trouble == "address":
                raise
            return None
        draft.hops.append(Hop(source, named))
        return request.redirected(redirect.status, target)

    def _too_late(self, draft: Draft) -> Stopped:
        if monotonic() >= self._ends:
            seconds = f"{self._limits.seconds_in_all:g}"
            return Stopped("timeout", f"The {seconds} seconds {WHOLE_CHECK} are over.")
        seconds = f"{self._limits.seconds_a_request:g}"
        where = printable(draft.url, 100)
        return Stopped("timeout", f"{where} did not answer in full within {seconds} seconds.")


@dataclass(frozen=True)
class _Redirect:
    """A redirect's status and its Location headers, without repetitions."""

    status: int
    locations: tuple[bytes, ...]

    @property
    def named(self) -> str:
        """The Location as it was sent, printable."""
        return printable(b", ".join(self.locations).decode("latin-1"), 300)

    def target(self, source: Target) -> Target:
        """Where it leads. Raises Stopped when that is nowhere."""
        if len(self.locations) > 1:
            raise Stopped("protocol", "The redirect names several places at once.")
        return target_from(source, self.locations[0])


def _locations(answer: httpcore2.Response) -> tuple[bytes, ...]:
    named = [value for name, value in answer.headers if name.lower() == b"location"]
    return tuple(dict.fromkeys(named))


def _follow_all(_source: str, _target: str) -> None:
    return None
