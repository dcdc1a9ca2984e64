"""What every host may fetch without a token: manifest, contract, logo, legal page, health."""

import asyncio
from typing import cast

from quart import Blueprint, Response, abort, current_app, render_template

from .documents import Document, Documents, Name
from .errors import NotFound
from .http.answer import answer, tagged_answer
from .http.request import current_scope, request_origin
from .http.target import HEALTH
from .storage.current import database

LOGO_SECONDS = 3600

wellknown = Blueprint("wellknown", __name__, template_folder="pages")


@wellknown.get("/.well-known/ai-plugin.json")
async def manifest() -> Response:
    if current_scope()["public_path"]:
        raise NotFound(
            "Hosts look for this manifest at the root of a host only, and this plugin is below a"
            " path. Give them its contract, /openapi.yaml, or /mcp."
        )
    return _rendered("ai-plugin.json")


@wellknown.get("/openapi.yaml")
async def contract_yaml() -> Response:
    return _rendered("openapi.yaml")


@wellknown.get("/openapi.json")
async def contract_json() -> Response:
    return _rendered("openapi.json")


@wellknown.get("/.well-known/openai-apps-challenge")
async def openai_apps_challenge() -> Response:
    """The token that proves the domain to OpenAI's portal, and nothing else."""
    token = cast(str | None, current_app.extensions["openai_apps_challenge"])
    if token is None:
        abort(404)
    headers = {"Cache-Control": "no-store"}
    return Response(token, 200, headers=headers, content_type="text/plain; charset=utf-8")


@wellknown.get("/logo.png")
async def logo() -> Response:
    document = cast(Document | None, current_app.extensions["logo"])
    if document is None:
        abort(404)
    return _answer(document, {"Cache-Control": f"public, max-age={LOGO_SECONDS}"})


@wellknown.get("/legal")
async def legal() -> Response:
    """What is stored, where, for how long, and how to delete it."""
    documents = _documents()
    page = await render_template(
        "legal.html",
        name=documents.manifest["name_for_human"],
        contact=documents.manifest["contact_email"],
        mode=documents.mode,
    )
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(page, 200, headers=headers, content_type="text/html; charset=utf-8")


@wellknown.get(HEALTH)
async def healthz() -> Response:
    """200 when the database answers; otherwise the 503 that every route gives."""
    await ping()
    return answer({"status": "ok"})


async def ping() -> None:
    """Return when the database answers. Raises DatabaseUnavailable."""
    # Who asks while the database is being asked hears what it says to the first.
    asking = cast(asyncio.Task[None] | None, current_app.extensions.get("asking"))
    if asking is None or asking.done():
        asking = asyncio.ensure_future(database().ping())
        current_app.extensions["asking"] = asking
    await asyncio.shield(asking)


def _documents() -> Documents:
    return cast(Documents, current_app.extensions["documents"])


def _rendered(name: Name) -> Response:
    """The document for this caller. A cache must not give it to callers under another name."""
    document = _documents().render(name, request_origin())
    return _answer(document, {"Cache-Control": "no-cache", "Vary": "Host"})


def _answer(document: Document, headers: dict[str, str]) -> Response:
    return tagged_answer(document.content, document.content_type, document.etag, headers)
