"""The states of a PostgreSQL between up and away, each as a context that ends it again."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from app.main import MIGRATIONS
from app.storage import connect

from .postgres import Server

PASSWORD = "k7Qm2zXw9RtLs4Vb8NcJ"


@dataclass(frozen=True)
class Place:
    """A database with our tables, and an ordinary role that may use these, and nothing more."""

    server: Server
    name: str
    role: str

    @property
    def url(self) -> str:
        """The database, as the role."""
        return self.url_on(self.server)

    def url_on(self, server: Server) -> str:
        return server.url(self.name).replace("//postgres@", f"//{self.role}:{PASSWORD}@")

    @property
    def data(self) -> Path:
        """The server's files."""
        return self.server.folder / "data"

    def sql(self, *statements: str, inside: bool = True) -> None:
        """Run statements as superuser, inside the database or beside it."""
        url = self.server.url(self.name if inside else "postgres")
        with psycopg.connect(url, autocommit=True) as session:
            for statement in statements:
                session.execute(statement.encode())

    def end_sessions(self) -> None:
        """End those of the role."""
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = "
        self.sql(f"{ended} '{self.role}'", inside=False)

    def waiting_seconds(self) -> float:
        """For how long the session that waits longest for a lock has done so; 0 for none."""
        waiting = (
            "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0)"
            " FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        with psycopg.connect(self.server.url(self.name)) as session:
            (seconds,) = session.execute(waiting).fetchone() or (0,)
            return float(seconds)

    @contextmanager
    def transaction(self, statement: str) -> Iterator[psycopg.Connection[Any]]:
        """Somebody else's, which is left open. It is rolled back at the end."""
        with psycopg.connect(self.server.url(self.name)) as session:
            session.execute(statement.encode())
            yield session
            session.rollback()

    def rights(self) -> None:
        self.sql(
            f"GRANT USAGE ON SCHEMA public TO {self.role}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {self.role}",
        )


@contextmanager
def placed(server: Server) -> Iterator[Place]:
    """A place of one's own, with the tables of this version."""
    url = server.create_database()
    with psycopg.connect(url) as session:
        name = session.info.dbname
    place = Place(server, name, name.replace("test", "role"))
    database = connect(url)
    database.migrate(*MIGRATIONS)
    database.close()
    place.sql(f"CREATE ROLE {place.role} LOGIN PASSWORD '{PASSWORD}'")
    place.rights()
    try:
        yield place
    finally:
        place.sql(f"DROP DATABASE {name} WITH (FORCE)", inside=False)
        place.sql(f"DROP ROLE {place.role}", inside=False)


@contextmanager
def read_only(place: Place) -> Iterator[None]:
    """A provider's guard. What a standby that became the primary's address does is the same."""
    setting = f"ALTER DATABASE {place.name} SET default_transaction_read_only ="
    place.sql(f"{setting} on", inside=False)
    place.end_sessions()
    yield
    place.sql(f"{setting} off", inside=False)


@contextmanager
def row_locked(place: Place) -> Iterator[None]:
    with place.transaction("UPDATE lists SET length = length WHERE username = 'ann'"):
        yield


@contextmanager
def table_locked(place: Place, mode: str) -> Iterator[None]:
    with place.transaction(f"LOCK TABLE lists IN {mode} MODE"):
        yield


@contextmanager
def shutting_down(place: Place) -> Iterator[None]:
    """It waits for the sessions that there are, and lets nobody else in."""
    os.kill(int((place.data / "postmaster.pid").read_text().split()[0]), signal.SIGTERM)
    yield
    place.server.stop("immediate")
    place.server.start()


@contextmanager
def starting_up(place: Place) -> Iterator[None]:
    """It recovers, and waits for an archive."""
    waiting = place.data / "waiting"
    place.sql(
        f"ALTER SYSTEM SET restore_command = 'while test -e {waiting}; do sleep 0.02; done; false'"
    )
    place.server.stop("fast")
    waiting.touch()
    (place.data / "recovery.signal").touch()
    with ThreadPoolExecutor() as threads:
        started = threads.submit(place.server.start)
        _wait_until_it_refuses(place)
        yield
        waiting.unlink()
        started.result()


def _wait_until_it_refuses(place: Place) -> None:
    deadline = time.monotonic() + 20
    refusal = ""
    while "starting up" not in refusal:
        assert time.monotonic() < deadline, refusal
        try:
            psycopg.connect(place.url).close()
        except psycopg.OperationalError as error:
            refusal = str(error)
        time.sleep(0.01)


@contextmanager
def standby_missing(place: Place) -> Iterator[None]:
    """A commit waits until another server has it too, and that one is gone."""
    place.sql("ALTER SYSTEM SET synchronous_standby_names = 'gone'", "SELECT pg_reload_conf()")
    yield
    place.sql("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")


@contextmanager
def out_of_connections(place: Place) -> Iterator[None]:
    """max_connections is reached, and none is ours."""
    place.sql(f"ALTER ROLE {place.role} NOLOGIN", f"CREATE ROLE many_{place.role} LOGIN")
    place.end_sessions()
    with ExitStack() as others:
        with suppress(psycopg.OperationalError):
            while True:
                url = place.server.url("postgres").replace("postgres@", f"many_{place.role}@")
                others.enter_context(psycopg.connect(url))
        place.sql(f"ALTER ROLE {place.role} LOGIN", inside=False)
        yield
    place.sql(f"DROP ROLE many_{place.role}", inside=False)


@contextmanager
def limited_to_one_connection(place: Place) -> Iterator[None]:
    """Which the server has."""
    place.sql(f"ALTER ROLE {place.role} CONNECTION LIMIT 1")
    yield


@contextmanager
def out_of_memory(place: Place) -> Iterator[None]:
    """Another session has taken what there is for locks, which every change needs one of."""
    with psycopg.connect(place.server.url(place.name), autocommit=True) as session:
        with suppress(psycopg.errors.OutOfMemory):
            session.execute("SELECT pg_advisory_lock(n) FROM generate_series(1, 1000000) n")
        yield


@contextmanager
def role_renewed(place: Place) -> Iterator[None]:
    """The role is dropped and made anew: what is connected has no rights any more."""
    place.sql(f"DROP OWNED BY {place.role}", f"DROP ROLE {place.role}")
    yield
    place.sql(f"CREATE ROLE {place.role} LOGIN PASSWORD '{PASSWORD}'")
    place.rights()


@contextmanager
def no_login(place: Place) -> Iterator[None]:
    place.sql(f"ALTER ROLE {place.role} NOLOGIN")
    place.end_sessions()
    yield
    place.sql(f"ALTER ROLE {place.role} LOGIN")


@contextmanager
def other_password(place: Place) -> Iterator[None]:
    rules = place.data / "pg_hba.conf"
    trusting = rules.read_text()
    rules.write_text(f"local all {place.role} scram-sha-256\n{trusting}")
    place.sql("SELECT pg_reload_conf()", f"ALTER ROLE {place.role} PASSWORD 'another'")
    place.end_sessions()
    yield
    place.sql(f"ALTER ROLE {place.role} PASSWORD '{PASSWORD}'")
    rules.write_text(trusting)
    place.sql("SELECT pg_reload_conf()")


@contextmanager
def database_dropped(place: Place) -> Iterator[None]:
    """And restored."""
    place.end_sessions()
    place.sql(f"CREATE DATABASE copy_{place.name} TEMPLATE {place.name}", inside=False)
    place.sql(f"DROP DATABASE {place.name} WITH (FORCE)", inside=False)
    yield
    place.sql(f"ALTER DATABASE copy_{place.name} RENAME TO {place.name}", inside=False)


@contextmanager
def changed(place: Place, there: str, back: str) -> Iterator[None]:
    """By statements, such as GRANT; ROLE is the role."""
    place.sql(there.replace("ROLE", place.role))
    yield
    place.sql(back.replace("ROLE", place.role))
