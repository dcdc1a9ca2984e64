"""The proxy as an ASGI application: what of a request is ours, what is forwarded, what is refused.

It is no Quart application: that holds every answer in memory as a whole.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from time import monotonic
from typing import Any

from ..auth import Caller
from ..documents import Name
from ..errors import CONTENT_TYPE, Problem, Unavailable
from ..http.address import ClientAddresses
from ..http.draining import Draining
from ..http.handler import NO_SNIFFING
from ..http.head import check_headers, check_version, read_headers
from ..http.incoming import CallerGone, IncomingBody, Receive
from ..http.networks import AllowedNetworks
from ..http.origin import Origins
from ..http.record import ConnectionCounts, RequestRecord
from ..http.target import split_absolute
from ..observability.logs import AccessLog, RequestIds
from ..settings import Settings
from ..settings.values import Hops
from .body import Body
from .callers import REQUEST_METHOD, CallerRule, cors_headers, preflight
from .files import Files
from .forwarding import Forwarder
from .headers import accepted_encoding, as_text, passing
from .passage import BadGateway, Call
from .reply import Reply, Send
from .served import Examine, Watched
from .upstream import Upstream

OWN: Mapping[bytes, Name] = {
    b"/.well-known/ai-plugin.json": "ai-plugin.json",
    b"/openapi.yaml": "openapi.yaml",
    b"/openapi.json": "openapi.json",
}
MCP = (b"/mcp", b"/mcp/")
NO_STORE = (b"cache-control", b"no-store")
# What each request to the API says, so that one that comes back is known (RFC 9110 section 7.6.3).
VIA = "1.1 plugin-server"

log = logging.getLogger(__name__)


class MethodNotAllowed(Problem):
    status = 405
    title = "Method Not Allowed"
    code = "method_not_allowed"


class Proxy:
    """Serves the files, and forwards everything else to the API at `upstream`.

    `added` are headers that every request to it has, whatever the caller sends. Raises
    InvalidDocument.
    """

    def __init__(
        self,
        upstream: Upstream,
        files: Files,
        settings: Settings,
        *,
        added: Mapping[str, str],
        seconds: float,
        examine: Examine | None = None,
    ) -> None:
        # What `servers` looks at.
        self.connections = ConnectionCounts()
        self.draining = Draining()
        self.networks = AllowedNetworks(())
        self.metrics = None
        self._upstream = upstream
        self._added = added
        self._max_body = settings.max_body
        self._callers = CallerRule(settings)
        self._origins = Origins(settings.public_url, 0, 0)
        self._addresses = ClientAddresses(0)
        self._forwarder = Forwarder(upstream, seconds)
        self._watched = Watched(files, self, settings, examine)
        self._watching: asyncio.Task[None] | None = None
        is_logged = settings.log_format != "off"
        self._log = AccessLog(RequestIds(Hops(0, 0, 0))) if is_logged else None

    async def startup(self) -> None:
        await self._forwarder.open()
        self._watching = asyncio.create_task(self._watched.watch())

    async def shutdown(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
        await self._forwarder.close()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Handle one request, or one inside another: the call of a tool."""
        if scope["type"] != "http":
            return
        lines = read_headers(scope["headers"])
        incoming = IncomingBody(lines, receive, self.draining)
        outer: RequestRecord | None = scope.get("record")
        if outer is not None:
            reply = Reply(send, replace(outer), incoming, self.draining)
            async with _told(reply):
                await self._forward(scope, incoming, reply, is_tool=True)
            return
        address = self._addresses.of(lines, (scope.get("client") or ("",))[0])
        record = RequestRecord(scope["method"], lines, address, seconds=-monotonic())
        scope.update(record=record, lines=lines)
        self.draining.started()
        try:
            await self._answer(scope, incoming, Reply(send, record, incoming, self.draining))
        except CallerGone:
            return
        finally:
            self.draining.ended()
        record.seconds += monotonic()
        if self._log is not None:
            self._log(record)

    async def _answer(self, scope: Any, incoming: IncomingBody, reply: Reply) -> None:
        async with _told(reply):
            try:
                self._check(scope)
            except Problem as problem:
                # Where this request ends is not sure, so nothing is read after it.
                problem.headers["Connection"] = "close"
                raise
            reply.common = cors_headers(scope["lines"])
            await self._route(scope, incoming, reply)

    def _check(self, scope: Any) -> None:
        """Raises Problem for what goes no further."""
        self.draining.refuse()
        if scope.get("is_busy"):  # set by servers/guard.py
            raise Unavailable("All connections are busy. Try again in a moment.", code="busy")
        record, lines = scope["record"], scope["lines"]
        check_headers(lines)
        check_version(scope["http_version"])
        authority, _ = split_absolute(scope["raw_path"])
        record.hosts = self._origins.hosts(lines, authority)
        scope["origin"] = self._origins.of(lines, authority, scope["scheme"], scope["http_version"])
        self._callers.check(record, scope["scheme"])
        if any(VIA.encode() in value for value in lines.get(b"via", ())):
            raise BadGateway("The API is this proxy itself.", code="loop")

    async def _route(self, scope: Any, incoming: IncomingBody, reply: Reply) -> None:
        _, path = split_absolute(scope["raw_path"])
        method, lines = scope["method"], scope["lines"]
        if method == "OPTIONS" and b"origin" in lines and REQUEST_METHOD in lines:
            headers = preflight(lines, self._watched.now.request_headers)
            await reply.whole(204, headers, b"")
        elif path in OWN:
            _require(method, ("GET", "HEAD"))
            scope["record"].route = path.decode()
            await self._serve(OWN[path], scope, reply)
        elif path in MCP:
            _require(method, ("POST",))
            await self._converse(scope, incoming, reply)
        else:
            await self._forward(scope, incoming, reply)

    async def _serve(self, name: Name, scope: Any, reply: Reply) -> None:
        self._watched.refresh()
        document = self._watched.now.documents.render(name, scope["origin"])
        headers = [(b"content-type", document.content_type.encode()), NO_STORE, NO_SNIFFING]
        if scope["method"] == "HEAD":
            await reply.begin(200, [*headers, (b"content-length", b"%d" % len(document.content))])
            await reply.part(b"", is_last=True)
            return
        await reply.whole(200, headers, document.content)

    async def _converse(self, scope: Any, incoming: IncomingBody, reply: Reply) -> None:
        """Answer a message of MCP; what it calls comes back as a request inside this one."""
        scope["record"].route = "/mcp"
        body = await incoming.read(self._max_body)
        protocol = await self._watched.now.mcp.protocol()
        status, answer = await protocol.answer(scope, body, Caller(None))
        kind = [(b"content-type", b"application/json")] if answer is not None else []
        await reply.whole(status, [*kind, NO_STORE, NO_SNIFFING], answer or b"")

    async def _forward(
        self, scope: Any, incoming: IncomingBody, reply: Reply, *, is_tool: bool = False
    ) -> None:
        method, record, served = scope["method"], scope["record"], self._watched.now
        url = self._upstream.url(scope["raw_path"], scope["query_string"])
        operation = served.operations.find(method, url.raw_path)
        if not is_tool:
            record.route = operation.path if operation else None
        headers = self._request_headers(scope, served.request_headers)
        call = Call(method, url, headers, served.answer_headers, scope["origin"], is_tool)
        passage = await self._forwarder.forward(call, Body(incoming), reply)
        record.contract = passage.verdict(operation)

    def _request_headers(self, scope: Any, allowed: frozenset[bytes]) -> dict[str, str]:
        if scope["method"] == "TRACE":
            # It is answered with the request itself, and what is added is no business of a caller.
            return {"via": VIA}
        encoding = {"accept-encoding": accepted_encoding(scope["headers"]), "via": VIA}
        return {**as_text(passing(scope["headers"], allowed)), **encoding, **self._added}


def _require(method: str, methods: tuple[str, ...]) -> None:
    if method not in methods:
        raise MethodNotAllowed(
            "This path does not take this method. The Allow header lists those that it takes.",
            headers={"Allow": ", ".join(methods)},
        )


@asynccontextmanager
async def _told(reply: Reply) -> AsyncIterator[None]:
    """Answers with the failure that is raised, unless an answer has begun: then it is cut short."""
    try:
        yield
    except CallerGone:
        raise
    except Problem as raised:
        problem = raised
    except Exception:
        log.exception("unexpected error")
        problem = Problem("The proxy made a mistake. The request may be tried again later.")
    else:
        return
    if not reply.is_begun:
        named = {"content-type": CONTENT_TYPE, **problem.headers}
        headers = [(name.lower().encode(), value.encode()) for name, value in named.items()]
        await reply.whole(problem.status, [NO_STORE, NO_SNIFFING, *headers], problem.body())
