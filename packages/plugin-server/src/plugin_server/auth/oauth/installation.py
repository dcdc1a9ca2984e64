"""Puts mode oauth into an application."""

import logging
from collections.abc import Mapping

from quart import Quart

from ...limits import Limiter
from ...settings import Settings
from . import OAuth
from .clients import Clients
from .metadata import metadata
from .registration import registration
from .routes import routes
from .signing_in import SigningIn


def install(app: Quart, settings: Settings, limiter: Limiter, scopes: Mapping[str, str]) -> None:
    """Serve what the mode needs: signing in and consent, unless that is another server's."""
    # Authlib's debug messages have codes and tokens in them.
    logging.getLogger("authlib").setLevel(logging.INFO)
    app.extensions["oauth"] = OAuth(settings, Clients(settings), scopes)
    app.register_blueprint(metadata)
    if settings.oauth_registration:
        app.register_blueprint(registration)
    if settings.oauth_issuer is None:
        app.extensions["signing_in"] = SigningIn(limiter)
        app.register_blueprint(routes)
