"""A template as an answer, and the way back to a page."""

import hashlib

from quart import Response, render_template, request

from ..http import forms
from ..http.answer import tagged_answer, vary
from .blueprint import HTML
from .current import settings
from .forms import keep_secret


async def html_page(template: str, status: int = 200, **names: object) -> Response:
    """The template with these names, as a page for whoever asks.

    A page that is got is not sent again to who has it already. One that answers a form is for now.
    """
    content = (await render_template(template, **names)).encode()
    if status == 200 and request.method in ("GET", "HEAD"):
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        response = tagged_answer(content, HTML, etag, {"Cache-Control": "private, no-cache"})
    else:
        headers = {"Cache-Control": "no-store"}
        response = Response(content, status, headers=headers, content_type=HTML)
    vary(response, "Cookie")
    keep_secret(response)
    return response


def see_other(path: str) -> Response:
    """303: it was done, and this page shows it. To load that page again does nothing again."""
    return forms.see_other(settings().public_path + path)
