"""Fixtures: an empty database of each kind, the README's plugin, nothing of the environment."""

import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from guarded_fetch.testing.web import Web, made_up_web
from plugin_server_tests.notes_plugin import Run, write_plugin

pytest_plugins = ["plugin_server.testing.fixtures"]

for name in list(os.environ):
    if name.startswith("PLUGIN_") or name == "PORT":
        del os.environ[name]


@pytest.fixture(autouse=True)
def _no_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's .env is not in the tests' folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an empty SQLite database, with the name that the made-up plugin gives it."""
    return f"sqlite:///{tmp_path}/notes-plugin.db"


@pytest.fixture(scope="module", name="notes_folder")
def fixture_notes_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder with the plugin of the README, which can be imported as `notes`."""
    folder = write_plugin(tmp_path_factory.mktemp("readme"))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "notes"]:
        del sys.modules[name]


@pytest.fixture(name="run_notes")
def fixture_run_notes(notes_folder: Path, database_url: str) -> Run:  # noqa: ARG001 - it is imported from there
    """`async with run(module, **settings) as client`, on each database."""

    @asynccontextmanager
    async def run(module: str = "main", **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
        made = import_module(f"notes.{module}")
        given = {"database_url": database_url, "rate_limit": "off", **settings}
        app = made.create_app(made.Settings(**given))
        transport = httpx.ASGITransport(cast(Any, app))
        async with (
            app.test_app(),
            httpx.AsyncClient(transport=transport, base_url="http://localhost:5002") as client,
        ):
            yield client

    return run


@pytest.fixture(name="notes")
async def fixture_notes(run_notes: Run) -> AsyncIterator[httpx.AsyncClient]:
    async with run_notes() as client:
        yield client


@pytest.fixture(name="web")
async def fixture_web() -> AsyncIterator[Web]:
    """https addresses of plants.test, on loopback."""
    async with made_up_web() as web:
        yield web
