"""Asks the API: one request, and its answer passed on as it comes."""

import asyncio
import logging

import aiohttp

from ..errors import Problem, RequestTimeout
from ..http.incoming import CallerGone
from .body import Body
from .passage import BadGateway, Call, Passage
from .reply import Reply
from .upstream import Upstream

# Servers close an idle connection after 5 seconds or more; a request must not meet the end of one.
IDLE_SECONDS = 2.0

log = logging.getLogger(__name__)


class GatewayTimeout(Problem):
    status = 504
    title = "Gateway Timeout"
    code = "upstream_too_slow"


class Forwarder:
    """Asks the API. A request and its answer have `seconds` to pass."""

    def __init__(self, upstream: Upstream, seconds: float) -> None:
        self._upstream = upstream
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None),
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def forward(self, call: Call, body: Body, reply: Reply) -> Passage:
        """Pass the call on, and its answer back. The result says what passed.

        Raises BadGateway, GatewayTimeout and RequestTimeout, as long as nothing of an answer has
        been sent, and CallerGone.
        """
        passage = Passage(call, reply, self._upstream)
        try:
            async with asyncio.timeout(self._seconds):
                await self._ask(call, body, passage)
        except TimeoutError:
            if not body.is_whole:
                failure: Problem = RequestTimeout("The body did not arrive in time.")
            else:
                failure = GatewayTimeout(f"The API was not done within {self._seconds:g} seconds.")
        except aiohttp.ClientError as error:
            if body.is_gone:
                raise CallerGone from None
            # Its text may hold the query, and that a token.
            reason = getattr(error, "strerror", None) or "no HTTP"
            log.warning("the API failed: %s: %s", type(error).__name__, reason)
            failure = BadGateway("The API cannot be reached, or broke off.", code="upstream_failed")
        else:
            return passage
        if not reply.is_begun:
            raise failure
        return passage

    async def _ask(self, call: Call, body: Body, passage: Passage) -> None:
        assert self._session is not None  # noqa: S101 - it is opened when the server starts
        async with self._session.request(
            call.method,
            call.url,
            headers=call.headers,
            data=await body.content(),
            allow_redirects=False,
        ) as response:
            await passage.pass_on(response, body)
