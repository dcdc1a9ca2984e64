"""Starts on a PostgreSQL that does not let the server do everything, or not yet."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from plugin_server.storage import DatabaseBusy, connect
from plugin_server.storage.postgres import migration_lock
from tests.answers import a_list
from tests.callers import until
from tests.postgres_place import Place
from tests.postgres_states import no_login, read_only
from tests.running import running_server

LOCK_MIGRATIONS = f"SELECT pg_advisory_xact_lock({migration_lock('plugin')})"


@pytest.mark.parametrize(
    "made", [nullcontext, read_only], ids=["no right to make tables", "read-only"]
)
def test_where_nothing_is_to_be_prepared_it_serves(
    made: Callable[[Place], AbstractContextManager[None]], place: Place, tmp_path: Path
) -> None:
    with made(place), running_server(tmp_path, PLUGIN_DATABASE_URL=place.url) as server:
        listed = httpx.get(f"{server.url}/todos/ann")
    assert listed.json() == a_list([], 0)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (nullcontext, "permission denied for schema public"),
        (read_only, "cannot execute CREATE TABLE in a read-only transaction"),
        (no_login, 'connection failed: .* FATAL:  role ".*" is not permitted to log in'),
    ],
    ids=["no right to make tables", "read-only", "no login"],
)
def test_where_it_cannot_prepare_the_start_ends_in_one_line(
    made: Callable[[Place], AbstractContextManager[None]],
    reason: str,
    place: Place,
    tmp_path: Path,
) -> None:
    place.sql("DROP TABLE migrations")
    line = f"the server did not start: todo-plugin: the database cannot be used: {reason}\n$"
    with (
        made(place),
        pytest.raises(AssertionError, match=f"^{line}"),
        running_server(tmp_path, PLUGIN_DATABASE_URL=place.url),
    ):
        pass


@pytest.fixture(name="more")
def fixture_more(tmp_path: Path) -> Path:
    """A migration that the database does not have."""
    # The folder has the plugin's name: another plugin's would be refused.
    folder = tmp_path / "todos" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0099_more.sql").write_text("ALTER TABLE lists ADD COLUMN more TEXT;\n")
    return folder


async def test_a_migration_waits_for_that_of_another_process(place: Place, more: Path) -> None:
    database = connect(place.server.url(place.name))
    with ThreadPoolExecutor() as threads:
        with place.transaction(LOCK_MIGRATIONS):
            # What has nothing to do does not wait.
            database.migrate(*create_app().migrations)
            migration = threads.submit(database.migrate, more)
            await until(lambda: place.waiting_seconds() > 1, "it does not wait")
        migration.result()
    database.close()
    place.sql("SELECT more FROM lists")


def test_a_migration_does_not_wait_long_for_a_table(place: Place, more: Path) -> None:
    """All others would wait behind it."""
    database = connect(place.server.url(place.name))
    with place.transaction("SELECT FROM lists"), pytest.raises(DatabaseBusy, match="lock timeout"):
        database.migrate(more)
    database.migrate(more)
    database.close()
