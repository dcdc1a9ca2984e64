"""The browser that sent the request in hand: its cookies, its forms, and where it is sent to."""

from collections.abc import Mapping
from typing import NamedTuple

from quart import Response, request

from ...errors import BadRequest
from ...http import forms
from ...http.forms import form_body, is_form_token
from ...http.request import request_origin
from ...storage.current import database
from . import oauth
from .fields import Malformed, form_fields
from .sessions import SESSION_SECONDS, find_session

SESSION, LOGIN = "session", "login"


class SignedIn(NamedTuple):
    """Who is signed in, by which cookie."""

    name: str
    cookie: str


def current_issuer() -> str:
    """The issuer for the request in hand. Raises BadRequest and Forbidden."""
    return oauth().issuer(request_origin())


def cookie(kind: str) -> str | None:
    """The value of one of our cookies."""
    return request.cookies.get(_cookie_name(kind)) or None


def set_cookie(response: Response, kind: str, value: str | None) -> None:
    """Let the browser keep a cookie, or with None no longer. That of the login form lasts until the
    browser is closed.
    """
    response.set_cookie(
        _cookie_name(kind),
        value or "",
        max_age=0 if value is None else SESSION_SECONDS if kind == SESSION else None,
        path=oauth().settings.public_path or "/",
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
    )


async def signed_in() -> SignedIn | None:
    """Who is signed in in this browser."""
    value = cookie(SESSION)
    name = None if value is None else await database().read(find_session, value)
    return None if name is None or value is None else SignedIn(name, value)


async def sent_form() -> Mapping[str, str]:
    """The fields of the form that was sent. Raises UnsupportedMediaType and BadRequest."""
    body = await form_body()
    try:
        fields = form_fields(body)
    except Malformed as fault:
        raise BadRequest(str(fault), code="malformed_form") from None
    if fields.repeated:
        raise BadRequest("A field of the form is repeated.", code="malformed_form")
    return fields.values


def is_own_form(form: Mapping[str, str], value: str | None) -> bool:
    """Whether the form is one of our pages, made for the browser with this cookie."""
    return value is not None and is_form_token(value, form.get("csrf", ""))


def query() -> str:
    """The query of the request in hand with its question mark, as it was sent; or nothing."""
    text = request.query_string.decode("latin-1")
    return f"?{text}" if text else ""


def see_other(address: str) -> Response:
    """Send the browser there, which tells nobody where it comes from."""
    return forms.see_other(address, {"Referrer-Policy": "no-referrer"})


def see_page(path: str) -> Response:
    """Send the browser to a page of ours."""
    return see_other(oauth().settings.public_path + path)


def _cookie_name(kind: str) -> str:
    # The prefix keeps out a cookie that another host of the domain has set (RFC 6265bis). It means
    # the path /, so that below a path of our own the one without that meaning has to do.
    prefix = "__Secure-" if oauth().settings.public_path else "__Host-"
    return prefix + kind if _is_secure() else kind


def _is_secure() -> bool:
    return current_issuer().startswith("https:")
