"""The client: whatever a server does, a fetch ends in time, and its failure is a sentence."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Self

import httpcore2

from .answers import ALL_REQUESTS, Fetch, Hop
from .connector import Connector
from .decoding import Body
from .errors import FetchError
from .network import Limits, NetworkAccess
from .partial import PartialFetch, in_words
from .request import CREDENTIALS, REDIRECTS, OutgoingRequest
from .targets import Target, target_from, target_of
from .words import printable

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
    may be at a private one; nothing at all may, when the start is None. Each host is looked up
    once. Proxies, cookies and netrc are not used. `agent` is what servers are told about who asks.
    `progress` gets a printable line before each request. The time of `limits.seconds_in_all` runs
    from `async with`.

    A server whose certificate is not trusted is asked all the same, without credentials, and the
    fetch's `tls` says why; with `needs_trust` it is not asked.
    """

    def __init__(
        self,
        start: str | None,
        *,
        limits: Limits = Limits(),  # noqa: B008 - it cannot be changed
        network: NetworkAccess | None = None,
        agent: str = "guarded-fetch",
        needs_trust: bool = False,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._limits = limits
        self._agent = agent
        self._progress = progress
        self._connector = Connector(
            start, network or NetworkAccess(), limits.seconds_a_request, needs_trust
        )
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

    async def fetch(
        self,
        purpose: str,
        method: str,
        url: str,
        *,
        subject: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        may_follow: MayFollow | None = None,
    ) -> Fetch:
        """Ask, follow redirects, read the answer. Raises nothing that a server or URL could cause.

        `failure_kind` and `failure` say why there is no complete answer. A redirect that was not
        followed leaves the status of the redirect, and its hop says why; it counts as a failure
        only when it led to a private address. Credentials among `headers` stay with the origin of
        `url`, and are not sent at all to a server whose certificate is not trusted.
        """
        partial = PartialFetch(purpose, method, printable(url, 300), subject)
        seconds = min(self._limits.seconds_a_request, self._ends - monotonic())
        try:
            if seconds <= 0:
                raise TimeoutError
            async with asyncio.timeout(seconds) as clock:
                lower = {name.lower(): value for name, value in (headers or {}).items()}
                request = OutgoingRequest(method, target_of(url), lower, body)
                await self._walk(partial, request, may_follow or _follow_all)
        except FetchError as error:
            partial.error = error
        except FAILURES as error:
            timed_out = seconds <= 0 or clock.expired()
            partial.error = self._too_late(partial) if timed_out else in_words(error, partial.url)
        return partial.finished()

    async def _walk(
        self, partial: PartialFetch, first: OutgoingRequest, may_follow: MayFollow
    ) -> None:
        request: OutgoingRequest | None = first
        while request:
            partial.turn_to(request.target)
            method, url = printable(request.method), printable(request.target.url, 100)
            self._progress(f"{partial.purpose}: {method} {url}")
            redirect = await self._ask(partial, request)
            if redirect is None:
                return
            request = await self._followed(partial, request, redirect, may_follow)

    async def _ask(self, partial: PartialFetch, request: OutgoingRequest) -> "_Redirect | None":
        """Send the request and read the answer, of a redirect only where it leads."""
        connection = await self._connector.open(request.target)
        try:
            partial.connected(connection.tls)
            sent = request if connection.trusted else request.without(CREDENTIALS)
            prepared = sent.prepared(self._agent)
            http = httpcore2.AsyncHTTP11Connection(prepared.url.origin, connection.stream)
            answer = await http.handle_async_request(prepared)
            partial.answered(answer)
            if answer.status in REDIRECTS and "location" in partial.headers:
                return _Redirect(answer.status, _locations(answer))
            await self._read(partial, answer)
            return None
        finally:
            await connection.stream.aclose()

    async def _read(self, partial: PartialFetch, answer: httpcore2.Response) -> None:
        body = Body(partial.headers.get("content-encoding", ""), self._limits.bytes_a_document)
        try:
            async with aclosing(answer.aiter_stream()) as pieces:
                async for piece in pieces:
                    body.add(piece)
            body.end()
        finally:
            partial.body = bytes(body.content)

    async def _followed(
        self,
        partial: PartialFetch,
        request: OutgoingRequest,
        redirect: "_Redirect",
        may_follow: MayFollow,
    ) -> OutgoingRequest | None:
        """The request to go on with, None where the redirect is not followed."""
        source, named = request.target.url, redirect.named
        try:
            target = redirect.target(request.target)
            named = target.url
            if len(partial.hops) == MAX_REDIRECTS:
                raise FetchError("protocol", f"There are more than {MAX_REDIRECTS} redirects.")
            if refusal := may_follow(source, named):
                raise FetchError("protocol", refusal)
            await self._connector.check(target)
        except FetchError as error:
            partial.hops.append(Hop(source, named, error.sentence))
            if error.failure_kind == "address":
                raise
            return None
        partial.hops.append(Hop(source, named))
        return request.redirected(redirect.status, target)

    def _too_late(self, partial: PartialFetch) -> FetchError:
        if monotonic() >= self._ends:
            seconds = f"{self._limits.seconds_in_all:g}"
            return FetchError("timeout", f"The {seconds} seconds {ALL_REQUESTS} are over.")
        seconds = f"{self._limits.seconds_a_request:g}"
        where = printable(partial.url, 100)
        return FetchError("timeout", f"{where} did not answer in full within {seconds} seconds.")


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
        """Where it leads. Raises FetchError when that is nowhere."""
        if len(self.locations) > 1:
            raise FetchError("protocol", "The redirect names several places at once.")
        return target_from(source, self.locations[0])


def _locations(answer: httpcore2.Response) -> tuple[bytes, ...]:
    named = [value for name, value in answer.headers if name.lower() == b"location"]
    return tuple(dict.fromkeys(named))


def _follow_all(_source: str, _target: str) -> None:
    return None
