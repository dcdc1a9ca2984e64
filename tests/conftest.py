"""Fixtures: a fresh database of each kind, and the front door over it."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast

import httpx
import psycopg
import pytest

from .front_door import front_door
from .postgres import PostgresUnavailable, running_postgres
from .redis_server import RedisServer, RedisUnavailable, running_redis

for name in list(os.environ):
    if name.startswith("PLUGIN_") or name == "PORT":
        del os.environ[name]


@pytest.fixture(autouse=True)
def _no_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's .env is not in the tests' folder."""
    monkeypatch.chdir(tmp_path)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the long forms of tests/faults")


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether the long form of a fault is asked for: `make soak`, not `make test`."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server: that of TEST_DATABASE_URL, else one of our own."""
    configured = os.environ.get("TEST_DATABASE_URL")
    if configured:
        yield configured
        return
    try:
        with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
            yield server.url("postgres")
    except PostgresUnavailable as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/todos.db"
        return
    server = request.getfixturevalue("postgres_url")
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        base, _, query = server.partition("?")
        yield f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that a test may treat as it likes."""
    try:
        with running_redis(tmp_path) as server:
            yield server
    except RedisUnavailable as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """A Redis server: that of TEST_REDIS_URL, else one of our own."""
    configured = os.environ.get("TEST_REDIS_URL")
    return configured or cast(RedisServer, request.getfixturevalue("redis")).url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an empty SQLite database, for what does not depend on the database."""
    return f"sqlite:///{tmp_path}/todos.db"


@pytest.fixture(name="client")
async def fixture_client(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """The front door in mode none, over each database."""
    async with front_door(database_url) as client:
        yield client
