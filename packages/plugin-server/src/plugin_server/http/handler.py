"""One HTTP request: its whole body is read first, what no route should see is refused, and the
view then runs to its end whether or not the caller still listens. A refusal does not wait for the
body: it is answered at once, and what still comes is thrown away.

Takes the place of Quart's own connection class, which runs two tasks a request, cancels the view
when the caller goes away, decodes the path leniently and sends an answer in three messages.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from time import monotonic
from typing import Any, Protocol, cast

import quart
from quart import Response
from quart.asgi import ASGIHTTPConnection
from quart.utils import encode_headers
from quart.wrappers.response import DataBody
from werkzeug.datastructures import Headers

from ..errors import Forbidden, Problem, Unavailable
from .address import ClientAddresses
from .draining import Draining
from .head import check_headers, check_version, read_headers
from .incoming import CallerGone, IncomingBody, Receive
from .networks import AllowedNetworks
from .origin import Origins
from .record import Observer, RequestRecord
from .target import HEALTH, below, check_length, decode_path, split_absolute

# Nothing here is anything but what its content type says (https://fetch.spec.whatwg.org/#nosniff).
NO_SNIFFING = (b"x-content-type-options", b"nosniff")
# A path that no route has.
NO_ROUTE = "*"
END = {"type": "http.response.body", "body": b"", "more_body": False}

Send = Callable[[Any], Awaitable[None]]


class Application(Protocol):
    """What a connection knows of the application that it calls."""

    client_addresses: ClientAddresses
    networks: AllowedNetworks
    origins: Origins
    public_path: str
    observers: list[Observer]
    draining: Draining
    request_class: type[quart.Request]

    def body_limit(self, method: str, path: str) -> int:
        """How many bytes the body of such a request may have."""

    async def handle_request(self, request: quart.Request) -> Any:
        """Quart's own: the answer to a request."""


class RequestHandler(ASGIHTTPConnection):
    """Handles one request; see the module's docstring."""

    app: Application  # type: ignore[assignment] # a Quart application with these attributes
    scope: Any

    async def __call__(self, receive: Receive, send: Send) -> None:
        headers = read_headers(self.scope["headers"])
        record = self._record(headers)
        draining = self.app.draining
        incoming = IncomingBody(headers, receive, draining)
        body = b""
        refusal: Problem | None = None
        try:
            self._refuse_when_busy()
            self._refuse_foreign_networks(record)
            self._prepare(headers)
            limit = self.app.body_limit(self.scope["method"], self.scope["path"])
            body = await incoming.read(limit)
            self._refuse_when_busy()
        except CallerGone:
            return
        except Problem as problem:
            refusal = problem
            # Where this request ends is not sure, so nothing is read after it.
            refusal.headers["Connection"] = "close"
            # Some paths cannot be routed, and routing comes before the error handlers.
            self.scope["path"] = NO_ROUTE
        self.scope.update(refusal=refusal, lines=headers, body_length=len(body))
        self.scope["public_path"] = self.app.public_path
        # Nothing of a request inside another is still on its way.
        is_last = incoming.is_whole or self.scope["is_inner"]
        draining.started()
        try:
            request = self._request(headers, body)
            response = cast(Response, await self.app.handle_request(request))
            if draining.is_over:
                await asyncio.Future()
            if draining.has_begun:
                # RFC 9112 section 9.6: the client learns that it must connect elsewhere.
                response.headers["Connection"] = "close"
            record.size = await _send(send, response, is_last)
        finally:
            draining.ended()
        record.status = response.status_code
        if refusal is None and request.url_rule is not None:
            record.route = request.url_rule.rule
        if not self.scope["is_inner"]:
            self._tell(record)
        if not is_last:
            await incoming.discard()
            await send(END)

    def _record(self, headers: dict[bytes, list[bytes]]) -> RequestRecord:
        """What is to be told of this request. One inside another is a part of the outer one's."""
        outer: RequestRecord | None = self.scope.get("record")
        self.scope["is_inner"] = outer is not None
        if outer is not None:
            return replace(outer)
        peer = (self.scope.get("client") or ("",))[0]
        address = self.app.client_addresses.of(headers, peer)
        record = RequestRecord(self.scope["method"], headers, address, seconds=-monotonic())
        self.scope["record"] = record
        return record

    def _request(self, headers: dict[bytes, list[bytes]], body: bytes) -> quart.Request:
        scope = self.scope
        # Quart has the peer's address in a header, which must come before a client's own.
        text = [("remote-addr", (scope.get("client") or ("",))[0])]
        for name, values in headers.items():
            text += [(name.decode("latin-1"), value.decode("latin-1")) for value in values]
        root_path = scope.get("root_path", "")
        request = self.app.request_class(
            scope["method"],
            scope["scheme"],
            scope["path"].removeprefix(root_path),
            scope["query_string"],
            Headers(text),
            root_path,
            scope["http_version"],
            scope,
            max_content_length=None,
            send_push_promise=_push_nothing,
        )
        request.body.set_result(body)
        return request

    def _tell(self, record: RequestRecord) -> None:
        record.seconds += monotonic()
        for observer in self.app.observers:
            observer(record)

    def _refuse_when_busy(self) -> None:
        # What is inside of another request belongs to what runs.
        if not self.scope["is_inner"]:
            self.app.draining.refuse()
            if self.scope.get("is_busy"):  # set by servers/guard.py
                raise Unavailable("All connections are busy. Try again in a moment.", code="busy")

    def _refuse_foreign_networks(self, record: RequestRecord) -> None:
        if self.scope["is_inner"] or self.app.networks.allows(record.address):
            return
        # Whoever watches over this process asks from the same machine.
        is_local = record.address is not None and record.address.is_loopback
        if is_local and self.scope["raw_path"] == HEALTH.encode():
            return
        record.refusal = "network"
        raise Forbidden(
            "This address may not call: PLUGIN_ALLOWED_NETWORKS names those that may.",
            code="network_not_allowed",
        )

    def _prepare(self, headers: dict[bytes, list[bytes]]) -> None:
        """Put the strictly decoded path and the origin into the scope. Raises Problem."""
        scope = self.scope
        check_headers(headers)
        authority, path = split_absolute(scope["raw_path"])
        check_length(path, scope["query_string"])
        scope["path"] = decode_path(path)
        if not scope["is_inner"]:
            scope["path"] = below(self.app.public_path, scope["path"])
        check_version(scope["http_version"])
        self.scope["record"].hosts = self.app.origins.hosts(headers, authority)
        scope["origin"] = self.app.origins.of(
            headers, authority, scope["scheme"], scope["http_version"]
        )


async def _push_nothing(_path: str, _headers: Headers) -> None:
    """Quart's requests can push to a browser; nothing here does."""


async def _send(send: Send, response: Response, is_last: bool) -> int:
    """Send the answer; the result is the length of its body in bytes.

    Unless it `is_last`, the server waits for END.
    """
    content = response.response
    if isinstance(content, DataBody):
        body = content.data
    else:
        body = await response.get_data(as_text=False)
    await send(
        {
            "type": "http.response.start",
            "status": response.status_code,
            "headers": [*encode_headers(response.headers), NO_SNIFFING],
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": not is_last})
    return len(body)
