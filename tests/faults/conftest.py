"""A PostgreSQL for all tests of a module, and a database of its own for each."""

from collections.abc import Iterator

import pytest

from plugin_server.testing.postgres import PostgresUnavailable, Server, running_postgres
from tests.postgres_place import Place, placed


@pytest.fixture(name="shared_postgres", scope="module")
def fixture_shared_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """It may be stopped, if it is started again."""
    try:
        with running_postgres(tmp_path_factory.mktemp("postgres"), is_durable=False) as server:
            yield server
    except PostgresUnavailable as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture(name="place")
def fixture_place(shared_postgres: Server) -> Iterator[Place]:
    """A database with the tables of this version, and a role that may only use them."""
    with placed(shared_postgres) as place:
        yield place
