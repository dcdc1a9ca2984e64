"""One HTTP request: its whole body is read first, what no route should see is refused, and the
view then runs to its end whether or not the caller still listens. A refusal does not wait for the
body: it is answered at once, and what still comes is thrown away.

Takes the place of Quart's own connection class, which runs two tasks a request, cancels the view
when the caller goes away, decodes the path leniently and sends an answer in three messages.
"""

from dataclasses import replace
from functools import cached_property
from time import monotonic
from typing import Any, Protocol, cast

import quart
from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, HTTPResponseBodyEvent
from quart import Response
from quart.asgi import ASGIHTTPConnection
from quart.utils import encode_headers
from quart.wrappers.response import DataBody

from ..errors import (
    BadRequest,
    Forbidden,
    HeadersTooLarge,
    Problem,
    Unavailable,
    UnreadableRequest,
)
from .address import ClientAddresses
from .incoming import CallerGone, IncomingBody
from .networks import AllowedNetworks
from .origin import Origins, not_one_host
from .record import Observer, RequestRecord
from .target import HEALTH, check_length, decode_path, split_absolute

HEADER_BYTES = 16_384

_VERSIONS = ("2", "3")
_SINGLE = (b"authorization", b"content-type", b"content-encoding", b"content-length")

# Nothing here is anything but what its content type says (https://fetch.spec.whatwg.org/#nosniff).
NO_SNIFFING = (b"x-content-type-options", b"nosniff")
END: HTTPResponseBodyEvent = {"type": "http.response.body", "body": b"", "more_body": False}


class Request(quart.Request):
    """Quart's request, spared some work that it repeats and that shows in a profile."""

    @cached_property
    def blueprints(self) -> list[str]:
        return super().blueprints

    @cached_property
    def content_length(self) -> int | None:
        """The length of the body in bytes; it is read already, whatever the headers say."""
        return cast(int, cast(dict[str, Any], self.scope)["body_length"])


def header_lines(name: bytes) -> list[bytes]:
    """Every line of a header of the request in hand; `name` is in lower case."""
    lines = cast(dict[bytes, list[bytes]], cast(dict[str, Any], quart.request.scope)["lines"])
    return lines.get(name, [])


def request_origin() -> str:
    """The origin under which the request in hand reached us. Raises BadRequest where it names no
    host, as HTTP/1.0 may.
    """
    origin = cast(str | None, cast(dict[str, Any], quart.request.scope)["origin"])
    if origin is None:
        raise not_one_host()
    return origin


class Application(Protocol):
    """What a connection knows of the application that it calls."""

    client_addresses: ClientAddresses
    networks: AllowedNetworks
    origins: Origins
    observers: list[Observer]
    draining: bool

    def body_limit(self, method: str, path: str) -> int:
        """How many bytes the body of such a request may have."""

    async def handle_request(self, request: quart.Request) -> Any:
        """Quart's own: the answer to a request."""


class RequestHandler(ASGIHTTPConnection):
    """Handles one request; see the module's docstring."""

    app: Application  # type: ignore[assignment] # a Quart application with these attributes

    async def __call__(self, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        headers: dict[bytes, list[bytes]] = {}
        for name, value in self.scope["headers"]:
            headers.setdefault(name.lower(), []).append(value)
        scope = cast(dict[str, Any], self.scope)
        record = self._record(headers)
        incoming = IncomingBody(headers, receive)
        body = b""
        refusal: Problem | None = None
        try:
            self._refuse_when_draining()
            self._refuse_foreign_networks(record)
            self._prepare(headers)
            body = await incoming.read(self.app.body_limit(scope["method"], scope["path"]))
            self._refuse_when_draining()
        except CallerGone:
            return
        except Problem as problem:
            refusal = problem
            # Where this request ends is not sure, so nothing is read after it.
            refusal.headers["Connection"] = "close"
            # Some paths cannot be routed, and routing comes before the error handlers.
            self.scope["path"] = "/"
        scope.update(refusal=refusal, lines=headers, body_length=len(body))
        request = self._create_request_from_scope(send)
        request.body.set_result(body)
        response = cast(Response, await self.app.handle_request(request))
        # Nothing of a request inside another is still on its way.
        is_last = incoming.is_whole or scope["is_inner"]
        record.size = await _send(send, response, is_last)
        record.status = response.status_code
        if refusal is None and request.url_rule is not None:
            record.route = request.url_rule.rule
        if not scope["is_inner"]:
            self._tell(record)
        if not is_last:
            await incoming.discard()
            await send(END)

    def _record(self, headers: dict[bytes, list[bytes]]) -> RequestRecord:
        """What is to be told of this request. One inside another is a part of the outer one's."""
        scope = cast(dict[str, Any], self.scope)
        scope["is_inner"] = "record" in scope
        if scope["is_inner"]:
            return replace(cast(RequestRecord, scope["record"]))
        peer = (scope.get("client") or ("",))[0]
        address = self.app.client_addresses.of(headers, peer)
        scope["record"] = RequestRecord(scope["method"], headers, address, seconds=-monotonic())
        return cast(RequestRecord, scope["record"])

    def _tell(self, record: RequestRecord) -> None:
        record.seconds += monotonic()
        for observer in self.app.observers:
            observer(record)

    def _refuse_when_draining(self) -> None:
        if self.app.draining:
            raise Unavailable("The server is shutting down; nothing was done.", code="draining")

    def _refuse_foreign_networks(self, record: RequestRecord) -> None:
        scope = cast(dict[str, Any], self.scope)
        if scope["is_inner"] or self.app.networks.allows(record.address):
            return
        # Whoever watches over this process asks from the same machine.
        is_local = record.address is not None and record.address.is_loopback
        if is_local and scope["raw_path"] == HEALTH.encode():
            return
        record.refusal = "network"
        raise Forbidden(
            "This address may not call: PLUGIN_ALLOWED_NETWORKS names those that may.",
            code="network_not_allowed",
        )

    def _prepare(self, headers: dict[bytes, list[bytes]]) -> None:
        """Put the strictly decoded path and the origin into the scope. Raises Problem."""
        _check_headers(headers)
        authority, path = split_absolute(self.scope["raw_path"])
        check_length(path, self.scope["query_string"])
        scope = cast(dict[str, Any], self.scope)
        scope["path"] = decode_path(path)
        _check_version(scope["http_version"])
        cast(RequestRecord, scope["record"]).hosts = self.app.origins.hosts(headers, authority)
        scope["origin"] = self.app.origins.of(
            headers, authority, scope["scheme"], scope["http_version"]
        )


def _check_version(version: str) -> None:
    """Raises UnreadableRequest for what only looks like HTTP/1 (RFC 9110 section 2.5).

    Servers that speak HTTP/2 or HTTP/3 name these without a minor version.
    """
    if version not in _VERSIONS and not version.startswith("1."):
        problem = UnreadableRequest("The server speaks HTTP/1.1: send the request in that.")
        problem.status, problem.title = 505, "HTTP Version Not Supported"
        raise problem


def _check_headers(headers: dict[bytes, list[bytes]]) -> None:
    size = sum(len(name) * len(values) + sum(map(len, values)) for name, values in headers.items())
    if size > HEADER_BYTES:
        raise HeadersTooLarge(f"The headers are longer than {HEADER_BYTES} bytes.")
    if b"transfer-encoding" in headers and b"content-length" in headers:
        # RFC 9112 section 6.3: perhaps somebody smuggles a second request past a proxy.
        raise BadRequest(
            "A request has Content-Length or Transfer-Encoding, not both.",
            code="ambiguous_length",
        )
    for name in _SINGLE:
        if len(headers.get(name, ())) > 1:
            raise BadRequest("A header that may stand once is repeated.", code="repeated_header")


async def _send(send: ASGISendCallable, response: Response, is_last: bool) -> int:
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
