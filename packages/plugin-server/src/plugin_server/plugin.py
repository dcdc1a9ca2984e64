"""Puts the parts together. The only module that knows every part."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quart import Blueprint, Quart, Response, request
from quart.wrappers import BaseRequestWebsocket
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import MapAdapter

from . import auth, errors, limits, storage
from .auth.oauth import UnusableOAuth
from .auth.oauth.grants import end_grants
from .auth.oauth.people import remove_person
from .auth.oauth.sessions import end_sessions
from .auth.tokens import revoke_tokens
from .documents import Documents, documents_folder, read_logo
from .http import cors
from .http.address import ClientAddresses
from .http.conditions import answer_stale
from .http.draining import Draining
from .http.handler import RequestHandler
from .http.networks import AllowedNetworks
from .http.origin import Origins
from .http.record import ConnectionCounts, Observer
from .http.request import Request
from .http.routing import Router, answer_no_route, as_written
from .http.target import WholeNumberInPath, below
from .mcp.routes import McpEndpoint, mcp
from .observability.logs import AccessLog, RequestIds
from .pages.blueprint import Pages
from .pages.front import front
from .security import Scopes
from .settings import Settings
from .settings.files import UnusableSetting
from .storage_failures import StorageFailures
from .wellknown import wellknown

if TYPE_CHECKING:
    from .observability.metrics import Metrics

HOOKS = 256
Deletion = Callable[[storage.Connection, str], int]


class Plugin(Quart):
    """A Quart application that serves a plugin: manifest, contract, logo, health, MCP and the
    routes that `add` brings, behind authentication and limits.

    The folder of `import_name`, or the one above it, holds ai-plugin.json, openapi.yaml and
    logo.png. Raises InvalidDocument when one of them cannot be used, UnusableFile,
    UnusableStorage and UnusableOAuth for settings that name what cannot be used.
    """

    asgi_http_class = RequestHandler
    request_class = Request
    metrics: "Metrics | None" = None

    def __init__(self, import_name: str, settings: Settings | None = None) -> None:
        super().__init__(import_name, static_folder=None)
        # Quart asks of each hook at each request whether it is a coroutine function.
        self.ensure_async = lru_cache(HOOKS)(self.ensure_async)  # type: ignore[method-assign]
        self.settings = settings = settings or Settings()
        self.migrations = [Path(auth.__file__).parent / "migrations"]
        self.deletions: dict[str, Deletion] = {}
        self._body_limits: dict[str, int] = {}
        self.url_map.merge_slashes = False
        self.url_map.converters["int"] = WholeNumberInPath
        hops = settings.trusted_proxies
        self.client_addresses = ClientAddresses(hops.for_)
        self.networks = AllowedNetworks(settings.allowed_networks)
        self.connections = ConnectionCounts()
        self.draining = Draining()
        self.observers: list[Observer] = []
        self.public_path = settings.public_path
        self.origins = Origins(settings.public_url, hops.proto, hops.host)
        folder = documents_folder(Path(self.root_path))
        self.extensions["settings"] = settings
        self.extensions["documents"] = documents = Documents(folder, settings)
        self.extensions["scopes"] = Scopes(documents.contract)
        self._observe(documents)
        self.extensions["logo"] = read_logo(folder) if documents.has_logo else None
        self.extensions["openai_apps_challenge"] = settings.openai_apps_challenge
        self.extensions["limiter"] = limiter = limits.Limiter(settings)
        self.extensions["auth"] = mode = auth.authenticator_of(settings, limiter)
        self.extensions["mcp"] = McpEndpoint(self, documents, settings)
        errors.register(self)
        self.register_error_handler(NotFound, answer_no_route)
        self.register_error_handler(errors.StaleRevision, answer_stale)
        self.register_error_handler(storage.DatabaseUnavailable, StorageFailures().answer)
        limits.install(self, limiter, mode)
        self.before_request(_refuse)
        self.register_blueprint(wellknown)
        self.register_blueprint(mcp)
        self._register(front)
        if settings.mode != "none":
            auth.install(self)
        if settings.mode == "oauth":
            self._serve_oauth(limiter)
        cors.install(self, settings.cors_origins)
        self.while_serving(self._keep_database)

    def add(
        self,
        routes: Blueprint,
        *,
        migrations: Path | None = None,
        forget: Mapping[str, Deletion] | None = None,
    ) -> None:
        """Serve these routes; Pages are left out with PLUGIN_PAGE=off.

        `migrations` is a folder of numbered .sql files. `forget` names what is kept of a person,
        each with the operation that deletes it and returns how much it was.

        Raises UnusableSetting for a public address whose path is the beginning of a route.
        """
        self._register(routes)
        self._check_public_path()
        self._body_limits = {
            endpoint: view.body_limit  # set by body_limit
            for endpoint, view in self.view_functions.items()
            if hasattr(view, "body_limit")
        }
        if migrations is not None:
            self.migrations.append(migrations)
        self.deletions.update(forget or {})

    def _register(self, routes: Blueprint) -> None:
        if not isinstance(routes, Pages) or self.settings.page == "on":
            self.register_blueprint(routes)

    @property
    def all_deletions(self) -> dict[str, Deletion]:
        """What `forget` deletes of a person, in one transaction."""
        return {
            **self.deletions,
            "tokens": revoke_tokens,
            "grants": end_grants,
            "sessions": end_sessions,
            "people": remove_person,
        }

    def body_limit(self, method: str, path: str) -> int:
        """How many bytes the body of such a request may have."""
        if self._body_limits:
            with suppress(HTTPException):
                rule, _ = Router(self.url_map, path, method).match(return_rule=True)
                return self._body_limits.get(rule.endpoint, self.settings.max_body)
        return self.settings.max_body

    def create_url_adapter(self, request: BaseRequestWebsocket | None) -> MapAdapter | None:
        """The router for a request."""
        if request is None:
            return super().create_url_adapter(None)
        # Its own path has lost the slashes at the beginning, and so may be another one.
        path = request.scope["path"].removeprefix(request.root_path)
        return Router(self.url_map, path, request.method, request.scheme)

    async def make_default_options_response(self, *arguments: Any) -> Response:
        """What the path takes, in the Allow header, and no content of any type."""
        response = await super().make_default_options_response(*arguments)
        del response.headers["Content-Type"]
        return response

    def log_exception(self, *arguments: Any) -> None:
        """A database that is away when the server starts is told in a line, not in a traceback."""
        if not isinstance(sys.exc_info()[1], storage.DatabaseUnavailable):
            super().log_exception(*arguments)

    async def _keep_database(self) -> AsyncGenerator[None, None]:
        database = storage.connect(
            self.settings.database, program=self.settings.program, meter=self.metrics
        )
        try:
            await asyncio.to_thread(database.migrate, *self.migrations)
            self.extensions["database"] = database
            yield
            # Another server than ours may say only here that it stops.
            self.draining.begin()
            await self.draining.finish(self.settings.grace)
        finally:
            database.close()

    def _serve_oauth(self, limiter: limits.Limiter) -> None:
        try:
            from .auth.oauth.installation import install
        except ModuleNotFoundError as missing:
            raise UnusableOAuth.without(missing) from missing
        install(self, self.settings, limiter, self.extensions["documents"].scopes)

    def _check_public_path(self) -> None:
        """Of a path that begins so nobody could tell whether a proxy took something away."""
        for rule in self.url_map.iter_rules():
            if self.public_path and below(self.public_path, rule.rule) != rule.rule:
                raise UnusableSetting(
                    "public_url", f"has a path that a route begins with: {as_written(rule.rule)}"
                )

    def _observe(self, documents: Documents) -> None:
        """Let logs and metrics hear of each request, as far as they are asked for."""
        if self.settings.log_format != "off":
            self.observers.append(AccessLog(RequestIds(self.settings.trusted_proxies)))
        if self.settings.metrics_bind is not None:
            from .observability.metrics import Metrics

            version = str(documents.contract["info"].get("version", ""))
            self.metrics = Metrics(version, self.connections)
            self.observers.append(self.metrics.observe)


async def _refuse() -> None:
    """Answer what http/handler.py refused here, so that it looks like every other failure."""
    refusal: errors.Problem | None = request.scope["refusal"]  # type: ignore[typeddict-item] # set there
    if refusal is not None:
        raise refusal
