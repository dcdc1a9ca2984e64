"""Puts the parts together. The only file that knows every part."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from quart import Quart, Response, request
from quart.wrappers import BaseRequestWebsocket
from werkzeug.routing import MapAdapter

from . import auth, errors, storage
from .documents import Documents, project_folder, read_logo
from .http import cors
from .http.address import ClientAddresses
from .http.conditions import answer_stale
from .http.connection import Connection, Request
from .http.exchange import Observer
from .http.origin import Origins
from .mcp.routes import Door, mcp
from .settings import Settings
from .todos.routes import todos
from .wellknown import wellknown

MIGRATIONS = [Path(__file__).parent / part / "migrations" for part in ("auth", "todos")]


class Plugin(Quart):
    """The ASGI application. While `draining`, a request that has not begun gets 503."""

    asgi_http_class = Connection
    request_class = Request
    origins: Origins
    client_addresses: ClientAddresses
    observers: list[Observer]
    draining = False

    def create_url_adapter(self, request: BaseRequestWebsocket | None) -> MapAdapter | None:
        """The router for a request. No route here depends on the host, so none is looked at."""
        if request is None:
            return super().create_url_adapter(None)
        scheme, path, method = request.scheme, request.path, request.method
        return MapAdapter(self.url_map, "localhost", "/", "", scheme, path, method)

    async def make_default_options_response(self, *arguments: Any) -> Response:
        """What the path takes, in the Allow header, and no content of any type."""
        response = await super().make_default_options_response(*arguments)
        del response.headers["Content-Type"]
        return response

    def log_exception(self, *arguments: Any) -> None:
        """A database that is away when the server starts is told in a line, not in a traceback."""
        if not isinstance(sys.exc_info()[1], storage.Unavailable):
            super().log_exception(*arguments)


def create_app(settings: Settings | None = None) -> Plugin:
    """The application for these settings; for those of the environment when none are given.

    Raises what Settings and Documents raise.
    """
    settings = settings or Settings()
    folder = project_folder()
    app = Plugin(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    hops = settings.trusted_proxies
    app.client_addresses = ClientAddresses(hops.for_)
    app.observers = []
    app.origins = Origins(settings.public_url, hops.proto, hops.host)
    app.extensions["documents"] = documents = Documents(folder, settings)
    app.extensions["logo"] = read_logo(folder)
    app.extensions["openai_apps_challenge"] = settings.openai_apps_challenge
    app.extensions["auth"] = auth.mode_of(settings)
    app.extensions["mcp"] = Door(app, documents, settings)

    errors.register(app)
    app.register_error_handler(errors.StaleRevision, answer_stale)
    app.register_error_handler(storage.Unavailable, _answer_unavailable)
    app.before_request(_refuse)
    app.register_blueprint(wellknown)
    app.register_blueprint(mcp)
    app.register_blueprint(todos)
    cors.install(app, settings.cors_origins)

    @app.while_serving
    async def keep_database() -> AsyncGenerator[None, None]:
        database = storage.connect(settings.database_url.get_secret_value())
        try:
            await asyncio.to_thread(database.migrate, *MIGRATIONS)
            app.extensions["database"] = database
            yield
        finally:
            database.close()

    return app


async def _refuse() -> None:
    """Answer what http/connection.py refused here, so that it looks like every other failure."""
    refusal: errors.Problem | None = request.scope["refusal"]  # type: ignore[typeddict-item] # set there
    if refusal is not None:
        raise refusal


async def _answer_unavailable(error: storage.Unavailable) -> Response:
    errors.log.warning("the database is unavailable: %s", error)
    return errors.answer(errors.Unavailable("The database is away. Try again in a moment."))
