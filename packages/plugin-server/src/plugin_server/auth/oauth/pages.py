"""The pages that people see, as answers. Their templates are pages/oauth/*.html; a plugin has its
own by templates of the same names, such as templates/oauth/login.html.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from quart import Response, current_app, render_template

from ...settings.hosts import is_loopback
from . import oauth
from .exchange import ClientRequest
from .grants import Grant
from .server import requested_scope

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class Asked(NamedTuple):
    """Who asks for what, as a person is told. A client has a host if it is named by the address of
    its document; one without that nobody chose is what it says of itself. `allows` are sentences.
    """

    client_name: str
    client_host: str | None
    is_chosen: bool
    redirect_host: str
    is_local: bool
    allows: list[str]


class ShownGrant(NamedTuple):
    """What a person allowed, as they are told."""

    id: str
    client_name: str
    client_host: str | None
    created: str
    allows: list[str]


def asked_of(request: ClientRequest) -> Asked:
    """What the person is told of a request, whose client and redirect address are right."""
    client = request.known_client
    redirect = urlsplit(request.fields["redirect_uri"])
    return Asked(
        client.name,
        _host(client.client_id),
        request.oauth.is_chosen(client.client_id),
        redirect.netloc,
        is_loopback(redirect.hostname or ""),
        _sentences(request, requested_scope(request)),
    )


def shown_grant(grant: Grant, scopes: dict[str, str]) -> ShownGrant:
    """What the person is told of a grant; `scopes` has a sentence for each name."""
    allows = [scopes.get(name, name) for name in grant.scope.split()]
    return ShownGrant(grant.id, grant.client_name, _host(grant.client_id), grant.created, allows)


async def page(
    template: str, status: int = 200, *, sent_to: Iterable[str] = (), **shown: Any
) -> Response:
    """A page. Its forms may lead here, and to the addresses in `sent_to`: Chrome applies the policy
    of a form to where the answer redirects too.
    """
    manifest = cast(Any, current_app.extensions["documents"]).manifest
    content = await render_template(
        f"oauth/{template}",
        service=manifest["name_for_human"],
        has_page=oauth().settings.page == "on",
        root=oauth().settings.public_path,
        **shown,
    )
    styles = " ".join(f"'sha256-{_digest(style)}'" for style in _STYLE.findall(content)) or "'none'"
    targets = " ".join(["'self'", *map(_source, sent_to)])
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; img-src 'self'; "
        f"style-src {styles}; form-action {targets}; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
    }
    return Response(content, status, headers=headers, content_type="text/html; charset=utf-8")


def _sentences(request: ClientRequest, names: list[str]) -> list[str]:
    return [request.oauth.scopes[name] for name in names]


def _host(client_id: str) -> str | None:
    """The host of a client that is named by the address of its document."""
    return urlsplit(client_id).netloc if client_id.startswith("https://") else None


def _digest(style: str) -> str:
    return b64encode(sha256(style.encode()).digest()).decode()


def _source(address: str) -> str:
    """The address as a source of a policy, which has no form for an IPv6 address
    (https://www.w3.org/TR/CSP3/#framework-directive-source-list).
    """
    url = urlsplit(address)
    return f"{url.scheme}:" if "[" in url.netloc else f"{url.scheme}://{url.netloc}"
