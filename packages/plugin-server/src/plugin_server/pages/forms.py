"""What a form of ours sends, and that no other site sent it (cross-site request forgery).

A browser tells which site sent a form: in Sec-Fetch-Site, and in Origin. Both are believed where
they name another site. Each form also has a hidden field with a token, which is derived from a
cookie. Another site can read neither.
"""

import re
from urllib.parse import parse_qsl

from markupsafe import Markup
from quart import Response, g, request
from werkzeug.datastructures import MultiDict

from ..errors import BadRequest, Forbidden
from ..http import forms
from ..http.forms import form_body
from ..http.models import M, validated
from ..http.query import typed_fields
from ..http.record import RequestRecord
from ..http.request import current_scope, header_lines
from ..settings.hosts import Host, parse_host
from .current import settings

COOKIE = "form"
FIELD = "form_token"
FIELDS = 1000
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_PORTS = {"http": 80, "https": 443}


async def form(model: type[M]) -> M:
    """The form's fields: texts, numbers, true and false, and lists of them by repeated names. One
    that is empty and may be left out is left out.

    Raises Forbidden, UnsupportedMediaType, BadRequest and Unprocessable.
    """
    fields = await form_fields()
    for name, field in model.model_fields.items():
        if not field.is_required() and fields.getlist(name) == [""]:
            del fields[name]
    return validated(model, typed_fields(model, fields, "field"))


async def form_fields() -> MultiDict[str, str]:
    """Every field as a text, with line feeds for line ends. Raises what `form` raises, but for
    Unprocessable.
    """
    _refuse_other_sites()
    body = await form_body()
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS
        )
    except ValueError:
        raise BadRequest("The body is not a form in UTF-8.", code="malformed_form") from None
    fields = MultiDict((name, text.replace("\r\n", "\n")) for name, text in pairs)
    kept = request.cookies.get(COOKIE, "")
    if not _SECRET.fullmatch(kept) or not forms.is_form_token(kept, fields.get(FIELD, "")):
        raise Forbidden(
            "This form does not belong to the page that this browser has. Load the page again, then"
            " send it once more. The browser must keep cookies.",
            code="foreign_form",
        )
    return fields


def form_token() -> Markup:
    """The hidden field that a form has which sends something. `html_page` sets the cookie to it."""
    kept = request.cookies.get(COOKIE, "")
    if not _SECRET.fullmatch(kept):
        if "form_secret" not in g:
            g.form_secret = forms.new_secret()
        kept = g.form_secret
    return Markup('<input type="hidden" name="{}" value="{}">').format(
        FIELD, forms.form_token(kept)
    )


def keep_secret(response: Response) -> None:
    """Set the cookie, if a token was made of a new one."""
    if "form_secret" not in g:
        return
    response.set_cookie(
        COOKIE,
        g.form_secret,
        path=settings().public_path or "/",
        httponly=True,
        samesite="Lax",
        secure=_is_over_https(),
    )


def _is_over_https() -> bool:
    """Whether the browser is known to speak TLS, to us or to the public host."""
    scheme, _, public_host = (settings().public_origin or "").partition("://")
    record: RequestRecord = current_scope()["record"]
    is_public = scheme == "https" and public_host.encode() in record.hosts
    return is_public or request.scheme == "https"


def _refuse_other_sites() -> None:
    sites = header_lines(b"sec-fetch-site")
    origins = header_lines(b"origin")
    if any(site != b"same-origin" for site in sites) or not all(map(_is_ours, origins)):
        raise Forbidden(
            "Another site sent this, and nothing was done. If it was this server's own page, name"
            " its address in PLUGIN_PUBLIC_URL.",
            code="foreign_origin",
        )


def _is_ours(origin: bytes) -> bool:
    """Whether the origin has a host that this request was sent to, or the server's public one. The
    scheme may be that of a proxy.
    """
    scheme, _, authority = origin.decode("latin-1").partition("://")
    record: RequestRecord = current_scope()["record"]
    public_origin = settings().public_origin or ""
    names = [*(host.decode("latin-1") for host in record.hosts), public_origin.partition("://")[2]]
    ours = {_with_port(scheme, name) for name in names}
    named = _with_port(scheme, authority)
    return scheme in _PORTS and named is not None and named in ours


def _with_port(scheme: str, authority: str) -> Host | None:
    host = parse_host(authority)
    return host and Host(host.name, host.port or _PORTS.get(scheme))
