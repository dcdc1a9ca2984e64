"""Two projects in one environment, on one PostgreSQL and one Redis, do not touch each other."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, cast
from urllib.parse import quote

import httpx
import pytest

from plugin_server.storage import DatabaseUnavailable, connect
from tests.redis_server import RedisUnavailable, running_redis

from .made_projects import imported, made

FILES = {"my-notes.db", "your-notes.db"}


@pytest.fixture(name="projects")
def fixture_projects(tmp_path: Path) -> Any:
    """The packages of two projects, imported at once."""
    with ExitStack() as stack:
        names = ("my-notes", "your-notes")
        yield [stack.enter_context(imported(made(tmp_path / name))) for name in names]


@asynccontextmanager
async def client_of(package: ModuleType, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = package.create_app(package.Settings(log_format="off", **settings))
    transport = httpx.ASGITransport(cast(Any, app))
    async with (
        app.test_app(),
        httpx.AsyncClient(transport=transport, base_url="http://localhost:5002") as client,
    ):
        yield client


async def each_keeps_its_own(
    mine: AbstractAsyncContextManager[httpx.AsyncClient],
    yours: AbstractAsyncContextManager[httpx.AsyncClient],
) -> None:
    async with mine as my, yours as your:
        await my.post("/notes/ann", json={"text": "mine", "id": "one"})
        await your.post("/notes/ann", json={"text": "yours", "id": "one"})
        notes = [(await each.get("/notes/ann")).json()["notes"] for each in (my, your)]
    assert notes == [[{"id": "one", "text": "mine"}], [{"id": "one", "text": "yours"}]]


async def test_without_settings_each_has_a_file_of_its_own(
    projects: list[ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await each_keeps_its_own(*(client_of(each, rate_limit="off") for each in projects))
    assert {name for name in os.listdir(tmp_path) if name.endswith(".db")} == FILES


async def test_on_one_postgres_each_has_a_database_or_a_schema_of_its_own(
    projects: list[ModuleType], postgres_url: str
) -> None:
    import psycopg

    base, _, host = postgres_url.partition("?")
    both = f"{base.rpartition('/')[0]}/both_notes?{host}"
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as server:
        await server.execute("CREATE DATABASE both_notes")
        await server.execute("CREATE DATABASE my_notes")
        async with await psycopg.AsyncConnection.connect(both, autocommit=True) as inside:
            await inside.execute("CREATE SCHEMA your_notes")
        schema = f"{both}&options={quote('-csearch_path=your_notes')}"
        mine = client_of(projects[0], database_url=both, rate_limit="off")
        yours = client_of(projects[1], database_url=schema, rate_limit="off")
        await each_keeps_its_own(mine, yours)
        await server.execute("DROP DATABASE both_notes WITH (FORCE)")
        await server.execute("DROP DATABASE my_notes WITH (FORCE)")


async def test_on_one_redis_each_counts_its_own_callers(
    projects: list[ModuleType], tmp_path: Path
) -> None:
    try:
        with running_redis(tmp_path) as redis:
            limit = {"rate_limit": "2/hour", "rate_limit_storage": redis.url}
            urls = [f"sqlite:///{tmp_path}/{each.__name__}.db" for each in projects]
            mine = client_of(projects[0], database_url=urls[0], **limit)
            yours = client_of(projects[1], database_url=urls[1], **limit)
            async with mine as my, yours as your:
                spent = [(await my.get("/notes/ann")).status_code for _ in range(3)]
                assert spent == [200, 200, 429]
                assert (await your.get("/notes/ann")).status_code == 200
    except RedisUnavailable as unavailable:
        pytest.skip(str(unavailable))


async def test_the_database_of_another_is_refused(
    projects: list[ModuleType], database_url: str
) -> None:
    async with client_of(projects[0], database_url=database_url, rate_limit="off") as my:
        await my.post("/notes/ann", json={"text": "mine", "id": "one"})
    database = connect(database_url, guest=True)
    app = projects[1].create_app(projects[1].Settings(database_url=database_url))
    try:
        with pytest.raises(DatabaseUnavailable) as refused:
            await asyncio.to_thread(database.migrate, *app.migrations)
    finally:
        database.close()
    sentence = "it is the database of another plugin, my_notes: give this one a database of its own"
    assert str(refused.value) == sentence
    async with client_of(projects[0], database_url=database_url, rate_limit="off") as my:
        assert (await my.get("/notes/ann/one")).json() == {"id": "one", "text": "mine"}
