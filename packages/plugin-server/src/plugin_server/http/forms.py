"""Forms of pages: how they are sent, the token that shows that a page of ours has the form
(cross-site request forgery), and the way from a form back to a page.
"""

import hmac
import secrets
from collections.abc import Mapping
from hashlib import sha256

from quart import Response, request

from ..errors import UnsupportedMediaType

FORM = "application/x-www-form-urlencoded"


def new_secret() -> str:
    """256 bits that nobody can guess, in 43 characters."""
    return secrets.token_urlsafe(32)


def form_token(cookie: str) -> str:
    """What a form must send back that was made for the browser with this cookie."""
    return hmac.new(cookie.encode(), b"form", sha256).hexdigest()


def is_form_token(cookie: str, sent: str) -> bool:
    """Whether this is what the form was given."""
    return hmac.compare_digest(form_token(cookie).encode(), sent.encode())


async def form_body() -> bytes:
    """The body of the request in hand, which is a form. Raises UnsupportedMediaType."""
    if request.mimetype != FORM:
        raise UnsupportedMediaType(f"The body must be a form, sent as {FORM}.")
    body: bytes = await request.body
    return body


def see_other(address: str, headers: Mapping[str, str] | None = None) -> Response:
    """Send the browser there, by GET (RFC 9110 section 15.4.4)."""
    told = {"Cache-Control": "no-store", "Location": address, **(headers or {})}
    response = Response(b"", 303, headers=told)
    del response.headers["Content-Type"]
    return response
