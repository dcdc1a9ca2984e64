"""The page at /, the forms that try an operation, and the files that a page loads."""

from pathlib import Path
from typing import Any, cast

from quart import Response, current_app, request
from werkzeug.exceptions import NotFound

from ..documents import Document
from ..errors import Problem
from ..http.answer import no_content, tagged_answer
from ..http.request import current_scope
from ..mcp.tools import tools_of
from ..storage import DatabaseUnavailable
from ..wellknown import LOGO_SECONDS, ping
from .answers import html_page
from .blueprint import Pages
from .cards import MODES, cards
from .connecting import Server
from .current import documents, logo, settings
from .files import file, tag_of
from .forms import form_fields
from .operations import Operation, operation_of
from .person import signed_in
from .schemas import text
from .texts import llms_text, robots_text
from .trying import tried, values_of

YEAR = 31_536_000

front = Pages("front", __name__, template_folder=str(Path(__file__).parent))


@front.get("/")
async def index() -> Response:
    """503 when the database does not answer: load balancers ask here."""
    is_well = await _is_well()
    server = _server()
    return await html_page(
        "index.html",
        200 if is_well else 503,
        is_well=is_well,
        version=text(documents().contract["info"].get("version")),
        server=server,
        access=MODES[server.mode],
        cards=cards(server),
        operations=_operations().values(),
        person=await _person() if is_well else None,
        **_forms(),
    )


@front.get("/try/<operation>")
async def operation_page(operation: str) -> Response:
    return await _operation_page(_operation(operation))


@front.post("/try/<operation>")
async def try_operation(operation: str) -> Response:
    """Calls the operation, and shows the form with the call and its answer."""
    called = _operation(operation)
    fields = await form_fields()
    came = await tried(called, fields)
    return await _operation_page(called, tried=came, values=values_of(called, fields))


@front.get("/page/<name>")
async def page_file(name: str) -> Response:
    """A stylesheet or a script. Under the address that pages have for it, it never changes."""
    found = file(name)
    is_named = request.args.get("v") == tag_of(found)
    kept = f"public, max-age={YEAR}, immutable" if is_named else "no-cache"
    return _sent(found, kept)


@front.get("/favicon.ico")
async def favicon() -> Response:
    """The logo: browsers look at what it is, not at its name. They ask unless told of another."""
    found = logo()
    if found is None:
        return no_content()
    return _sent(found, f"public, max-age={LOGO_SECONDS}")


@front.get("/robots.txt")
async def robots() -> Response:
    return _text(robots_text(settings().public_path))


@front.get("/llms.txt")
async def llms() -> Response:
    manifest = documents().manifest
    response = _text(
        llms_text(
            _server(),
            manifest["name_for_human"],
            text(manifest.get("description_for_model") or manifest.get("description_for_human")),
            _operations().values(),
            manifest["contact_email"],
        )
    )
    response.headers["Vary"] = "Host"
    return response


async def _is_well() -> bool:
    try:
        await ping()
    except DatabaseUnavailable:
        return False
    return True


async def _person() -> str | None:
    """Nobody where the request calls the server by a name that it does not have, or by none."""
    try:
        return await signed_in()
    except Problem:
        return None


async def _operation_page(operation: Operation, **names: Any) -> Response:
    return await html_page("try.html", operation=operation, server=_server(), **_forms(), **names)


def _forms() -> dict[str, Any]:
    return {"scheme": settings().authorization_type.title()}


def _server() -> Server:
    """A request of HTTP/1.0 may name no host, as those of load balancers do: nobody reads it."""
    given = settings()
    manifest = documents().manifest
    return Server(
        title=text(manifest.get("name_for_model") or manifest["name_for_human"]),
        origin=current_scope()["origin"] or f"http://{given.addresses[0]}",
        mode=documents().mode,
        scheme=given.authorization_type,
        scope=" ".join(documents().scopes),
        has_client=given.oauth_client_id is not None,
    )


def _operations() -> dict[str, Operation]:
    """Those of the contract, by name. It does not change while the server runs."""
    kept = cast(dict[str, Operation] | None, current_app.extensions.get("page_operations"))
    if kept is None:
        kept = {name: operation_of(each) for name, each in tools_of(documents().contract).items()}
        current_app.extensions["page_operations"] = kept
    return kept


def _operation(name: str) -> Operation:
    if name not in _operations():
        raise NotFound
    return _operations()[name]


def _text(content: str) -> Response:
    headers = {"Cache-Control": "no-cache"}
    return Response(content, 200, headers=headers, content_type="text/plain; charset=utf-8")


def _sent(found: Document, kept: str) -> Response:
    headers = {"Cache-Control": kept}
    return tagged_answer(found.content, found.content_type, found.etag, headers)
