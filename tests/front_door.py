"""The application's front door, in process: an HTTP client without a socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
import pytest

from app.main import Settings, create_app
from plugin_server.plugin import Plugin

# Tests that change nothing may share a front door, and with it an event loop.
SHARED = pytest.mark.asyncio(loop_scope="module")
TOKEN = "k7Qm2zXw9RtLs4Vb8NcJ"
OTHER_TOKEN = "p3Hd6yGf1WaEu5Ti0OqZ"


@asynccontextmanager
async def front_door(database_url: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application with these settings, started and stopped around it.

    It may ask as often as it likes, unless `rate_limit` says otherwise.
    """
    settings = {"rate_limit": "off", **settings}
    async with served(create_app(Settings(database_url=database_url, **settings))) as client:
        yield client


@asynccontextmanager
async def served(app: Plugin) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application, started and stopped around it."""
    async with (
        app.test_app(),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(cast(Any, app)), base_url="http://localhost:5002"
        ) as client,
    ):
        yield client
