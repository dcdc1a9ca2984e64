"""A plugin's pages: what they all have, and what is shown when something fails."""

import json
from typing import Any

from quart import Blueprint, Response, render_template

from ..errors import CONTENT_TYPE
from ..http.request import current_scope
from .current import documents, logo, settings
from .files import address_of
from .forms import form_token

HTML = "text/html; charset=utf-8"

# Nothing is loaded from elsewhere, and nothing that a text brings along runs.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class Pages(Blueprint):
    """A blueprint of pages for people. Its failures are pages, and PLUGIN_PAGE=off leaves it out.

    Its templates may extend layout.html, and have what `shared` returns.
    """

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.context_processor(shared)
        self.after_request(_finish)


async def shared() -> dict[str, Any]:
    """What every page knows: the plugin's name and description, whether it has a logo, the
    authentication mode, the origin (None where the request names no host), the `root` that each
    path begins with (empty, or that of the public address), and two functions: `file` gives the
    address of a file, `form_token` the field that every form has.
    """
    manifest = documents().manifest
    return {
        "name": manifest["name_for_human"],
        "description": str(manifest.get("description_for_human", "")),
        "has_logo": logo() is not None,
        "mode": documents().mode,
        "origin": current_scope()["origin"],
        "root": settings().public_path,
        "file": address_of,
        "form_token": form_token,
    }


async def _finish(response: Response) -> Response:
    if response.content_type == CONTENT_TYPE:
        problem = json.loads(await response.get_data(as_text=False))
        response.set_data(await render_template("problem.html", problem=problem))
        response.content_type = HTML
    response.headers["Content-Security-Policy"] = POLICY
    # `no-referrer` would take the origin from our own forms.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
