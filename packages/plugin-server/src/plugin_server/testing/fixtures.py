"""The fixtures, as a plugin of pytest."""

import os
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from .. import storage
from ..auth.tokens import add_token
from ..documents import Documents, documents_folder
from ..mcp.tools import tools_of
from ..plugin import Plugin
from ..settings import ArgumentsAlone, Settings
from .answers import comparing
from .postgres import PostgresUnavailable, running_postgres

# These are tests too, and say what they compared.
pytest.register_assert_rewrite("plugin_server.testing.contract")

# Long enough, and nobody's sample: such as the settings take.
TOKEN = "k7Qm2zXw9RtLs4Vb8NcJ"

Client = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`plugin` names the module with `create_app` and `Settings`."""
    parser.addini("plugin", "the module with the plugin's create_app and Settings", default="")


def plugin_module(config: pytest.Config) -> Any:
    """The module that `plugin` names. Raises UsageError when it names none."""
    name = config.getini("plugin")
    if not name:
        raise pytest.UsageError('set plugin = "app.main" in [tool.pytest.ini_options]')
    return import_module(name)


def plugin_folder(config: pytest.Config) -> Path:
    """The folder with the plugin's documents."""
    return documents_folder(Path(cast(str, plugin_module(config).__file__)).parent)


def settings_of(module: Any) -> type[Settings]:
    """The plugin's settings, made of their arguments alone: a `.env` is meant for its server."""
    return type("TestSettings", (ArgumentsAlone, module.Settings), {})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with `operation` runs once for each operation of the contract."""
    if "operation" in metafunc.fixturenames:
        module = plugin_module(metafunc.config)
        settings = settings_of(module)(auth="none")
        contract = Documents(plugin_folder(metafunc.config), settings).contract
        operations = tools_of(contract)
        metafunc.parametrize("operation", operations.values(), ids=operations.keys())


@pytest.fixture(scope="session")
def plugin_settings() -> dict[str, Any]:
    """Settings that the plugin has in each test. One with settings of its own overrides this."""
    return {}


@pytest.fixture(scope="session")
def create_app(
    pytestconfig: pytest.Config, plugin_settings: dict[str, Any]
) -> Callable[..., Plugin]:
    """`create_app(**settings)`: the plugin with these settings, without any of the environment."""
    module = plugin_module(pytestconfig)
    kind = settings_of(module)

    def create(**settings: Any) -> Plugin:
        return cast(
            Plugin, module.create_app(kind(**{"rate_limit": "off", **plugin_settings, **settings}))
        )

    return create


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server: that of TEST_DATABASE_URL, else one of our own; else skipped."""
    configured = os.environ.get("TEST_DATABASE_URL")
    if configured:
        yield configured
        return
    try:
        with running_postgres(tmp_path_factory.mktemp("postgres"), is_durable=False) as server:
            yield server.url("postgres")
    except PostgresUnavailable as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture(scope="session")
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of a database on it. To empty one is cheaper than to create one for each test."""
    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    base, _, query = postgres_url.partition("?")
    yield f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def empty(url: str) -> None:
    """Leave a database as one that is new: nothing is in it, and nobody else."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
        connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    url = request.getfixturevalue("postgres_database")
    yield url
    empty(url)


@pytest.fixture
def sqlite_url(tmp_path: Path, pytestconfig: pytest.Config) -> str:
    """The URL of an empty SQLite database, for what does not depend on the database. The file has
    the name that the plugin's command gives it too.
    """
    return f"sqlite:///{tmp_path}/{plugin_module(pytestconfig).Settings.program}.db"


@pytest.fixture
def running(create_app: Callable[..., Plugin]) -> Client:
    """`async with running(database_url, **settings) as client`: an HTTP client of the plugin, in
    this process. The plugin is started and stopped around it. An answer that succeeds, and is not
    as the contract says, fails the test.
    """

    @asynccontextmanager
    async def run(database_url: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
        app = create_app(database_url=database_url, **settings)
        transport = httpx.ASGITransport(cast(Any, app))
        hooks = {"response": [comparing(app.extensions["documents"].contract)]}
        async with (
            app.test_app(),
            httpx.AsyncClient(
                transport=transport, base_url="http://localhost:5002", event_hooks=hooks
            ) as client,
        ):
            yield client

    return run


async def personal_token(database_url: str, name: str = "ann") -> str:
    """A new token of a person, for mode user_http, on the database of a plugin that runs."""
    database = storage.connect(database_url, guest=True)
    try:
        return await database.write(add_token, name)
    finally:
        database.close()


@pytest.fixture
async def client(database_url: str, running: Client) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the plugin in mode none, on each database."""
    async with running(database_url) as client:
        yield client
