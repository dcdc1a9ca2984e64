"""Puts the parts together. The only file that knows every part."""

import asyncio
import sys
from collections import defaultdict
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from quart import Quart, Response, request
from quart.wrappers import BaseRequestWebsocket
from werkzeug.routing import MapAdapter

from . import auth, errors, limits, storage
from .auth.tokens import revoke_tokens
from .documents import Documents, project_folder, read_logo
from .http import cors
from .http.address import ClientAddresses
from .http.conditions import answer_stale
from .http.connection import Connection, Request
from .http.exchange import ConnectionCounts, Observer
from .http.origin import Origins
from .logs import AccessLog, RequestIds
from .mcp.routes import Door, mcp
from .networks import AllowedNetworks
from .seldom import Seldom
from .settings import Settings
from .todos import store
from .todos.routes import todos
from .wellknown import wellknown

if TYPE_CHECKING:
    from .metrics import Metrics

MIGRATIONS = [Path(__file__).parent / part / "migrations" for part in ("auth", "todos")]
# What `todo-plugin forget NAME` deletes of a person, in one transaction.
FORGET = {"lists": store.delete_list, "tokens": revoke_tokens}


class Plugin(Quart):
    """The ASGI application. While `draining`, a request that has not begun gets 503."""

    asgi_http_class = Connection
    request_class = Request
    origins: Origins
    client_addresses: ClientAddresses
    networks: AllowedNetworks
    connections: ConnectionCounts
    observers: list[Observer]
    metrics: "Metrics | None" = None
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

    Raises what Settings, Documents and Limiter raise.
    """
    settings = settings or Settings()
    folder = project_folder()
    app = Plugin(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    hops = settings.trusted_proxies
    app.client_addresses = ClientAddresses(hops.for_)
    app.networks = AllowedNetworks(settings.allowed_networks)
    app.connections = ConnectionCounts()
    app.observers = []
    app.origins = Origins(settings.public_url, hops.proto, hops.host)
    app.extensions["documents"] = documents = Documents(folder, settings)
    _observe(app, settings, documents)
    app.extensions["logo"] = read_logo(folder)
    app.extensions["openai_apps_challenge"] = settings.openai_apps_challenge
    app.extensions["limiter"] = limiter = limits.Limiter(settings)
    app.extensions["auth"] = mode = auth.mode_of(settings, limiter)
    app.extensions["mcp"] = Door(app, documents, settings)

    errors.register(app)
    app.register_error_handler(errors.StaleRevision, answer_stale)
    app.register_error_handler(storage.Unavailable, _StorageFailures().answer)
    limits.install(app, limiter, mode)
    app.before_request(_refuse)
    app.register_blueprint(wellknown)
    app.register_blueprint(mcp)
    app.register_blueprint(todos)
    if settings.mode != "none":
        auth.install(app)
    cors.install(app, settings.cors_origins)

    @app.while_serving
    async def keep_database() -> AsyncGenerator[None, None]:
        database = storage.connect(settings.database_url.get_secret_value(), meter=app.metrics)
        try:
            await asyncio.to_thread(database.migrate, *MIGRATIONS)
            app.extensions["database"] = database
            yield
        finally:
            database.close()

    return app


def _observe(app: Plugin, settings: Settings, documents: Documents) -> None:
    """Let logs and metrics hear of each request, as far as they are asked for."""
    if settings.log_format != "off":
        app.observers.append(AccessLog(RequestIds(settings.trusted_proxies)))
    if settings.metrics_bind is not None:
        from .metrics import Metrics

        version = str(documents.contract["info"].get("version", ""))
        app.metrics = Metrics(version, app.connections)
        app.observers.append(app.metrics.observe)


async def _refuse() -> None:
    """Answer what http/connection.py refused here, so that it looks like every other failure."""
    refusal: errors.Problem | None = request.scope["refusal"]  # type: ignore[typeddict-item] # set there
    if refusal is not None:
        raise refusal


class _StorageFailures:
    """Answers them all, and logs each kind once a minute: every caller meets the same one."""

    _KINDS: ClassVar[dict[type[storage.Unavailable], tuple[str, errors.Problem]]] = {
        storage.Full: (
            "full",
            errors.InsufficientStorage("There is no room to keep this; nothing was done."),
        ),
        storage.ReadOnly: (
            "read-only",
            errors.Unavailable(
                "Nothing can be changed now, and nothing was done. Reading goes on.",
                code="read_only",
            ),
        ),
        storage.Busy: (
            "busy",
            errors.Unavailable(
                "What this needs is busy, and nothing was done. Try again in a moment.",
                code="busy",
            ),
        ),
        storage.Unavailable: (
            "unavailable",
            errors.Unavailable("The database is away. Try again in a moment."),
        ),
    }

    def __init__(self) -> None:
        self._news: defaultdict[tuple[type, type], Seldom] = defaultdict(lambda: Seldom(errors.log))

    async def answer(self, error: storage.Unavailable) -> Response:
        kind = type(error)
        word, problem = self._KINDS[kind]
        # What the database itself said may be news though the kind is not.
        news = self._news[kind, type(error.__cause__)]
        news.warn("the database is %s: %s", word, error)
        return errors.answer(problem)
