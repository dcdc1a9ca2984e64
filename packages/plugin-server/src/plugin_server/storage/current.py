"""The database of the app that handles the request."""

from typing import cast

from quart import current_app

from . import Database


def database() -> Database:
    """Opened by `main` before the first request."""
    return cast(Database, current_app.extensions["database"])
