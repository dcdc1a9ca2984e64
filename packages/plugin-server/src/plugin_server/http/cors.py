"""Which pages may call from a browser (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from collections.abc import Iterable

from quart import Quart, Response
from quart_cors import route_cors

from .answer import vary
from .request import header_lines

METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
EXPOSED = ("ETag", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate", "Allow")
PREFLIGHT_SECONDS = 600


def install(app: Quart, origins: Iterable[str]) -> None:
    """Let pages of `origins` read every answer of the app, failures and preflights too."""

    @route_cors(
        allow_origin=list(origins),
        allow_methods=METHODS,
        expose_headers=EXPOSED,
        max_age=PREFLIGHT_SECONDS,
        provide_automatic_options=False,
    )
    async def readable(response: Response) -> Response:
        return response

    @app.after_request
    async def add_headers(response: Response) -> Response:
        if not header_lines(b"origin"):
            # Most calls come from servers; only a cache cares about CORS then.
            vary(response, "Origin")
            return response
        response = await readable(response)
        if (
            header_lines(b"access-control-request-private-network") == [b"true"]
            and "Access-Control-Allow-Origin" in response.headers
        ):
            response.headers["Access-Control-Allow-Private-Network"] = "true"
        return response
