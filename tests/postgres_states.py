"""The states of a PostgreSQL between up and away, each as a context that ends it again."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Concatenate, ParamSpec

import psycopg

from .postgres_place import PASSWORD, Place

P = ParamSpec("P")
Making = Callable[Concatenate[Place, P], AbstractContextManager[None]]


def state(make: Callable[Concatenate[Place, P], Iterator[None]]) -> Making[P]:
    """A context of what `make` does until it yields, and what it does then: in any case."""

    @contextmanager
    def made(place: Place, /, *arguments: P.args, **keywords: P.kwargs) -> Iterator[None]:
        steps = make(place, *arguments, **keywords)
        next(steps)
        try:
            yield
        finally:
            next(steps, None)

    return made


@state
def read_only(place: Place) -> Iterator[None]:
    """A provider's guard. What a standby that became the primary's address does is the same."""
    setting = f"ALTER DATABASE {place.name} SET default_transaction_read_only ="
    place.sql(f"{setting} on", inside=False)
    place.end_sessions()
    yield
    place.sql(f"{setting} off", inside=False)


@state
def row_locked(place: Place) -> Iterator[None]:
    with place.transaction("UPDATE lists SET length = length WHERE username = 'ann'"):
        yield


@state
def table_locked(place: Place, mode: str) -> Iterator[None]:
    with place.transaction(f"LOCK TABLE lists IN {mode} MODE"):
        yield


@state
def shutting_down(place: Place) -> Iterator[None]:
    """It waits for the sessions that there are, and lets nobody else in."""
    os.kill(int((place.data / "postmaster.pid").read_text().split()[0]), signal.SIGTERM)
    yield
    place.server.stop("immediate")
    place.server.start()


@state
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


@state
def standby_missing(place: Place) -> Iterator[None]:
    """A commit waits until another server has it too, and that one is gone."""
    place.sql("ALTER SYSTEM SET synchronous_standby_names = 'gone'")
    # Told by a signal, it would go on to commit for a moment.
    place.server.stop("fast")
    place.server.start()
    yield
    place.sql("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")


@state
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


@state
def limited_to_one_connection(place: Place) -> Iterator[None]:
    """Which the server has."""
    place.sql(f"ALTER ROLE {place.role} CONNECTION LIMIT 1")
    yield


@state
def out_of_memory(place: Place) -> Iterator[None]:
    """Another session has taken what there is for locks, which every change needs one of."""
    with psycopg.connect(place.server.url(place.name), autocommit=True) as session:
        with suppress(psycopg.errors.OutOfMemory):
            session.execute("SELECT pg_advisory_lock(n) FROM generate_series(1, 1000000) n")
        yield


@state
def role_renewed(place: Place) -> Iterator[None]:
    """The role is dropped and made anew: what is connected has no rights any more."""
    place.sql(f"DROP OWNED BY {place.role}", f"DROP ROLE {place.role}")
    yield
    place.sql(f"CREATE ROLE {place.role} LOGIN PASSWORD '{PASSWORD}'")
    place.rights()


@state
def no_login(place: Place) -> Iterator[None]:
    place.sql(f"ALTER ROLE {place.role} NOLOGIN")
    place.end_sessions()
    yield
    place.sql(f"ALTER ROLE {place.role} LOGIN")


@state
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


@state
def database_dropped(place: Place) -> Iterator[None]:
    """And restored."""
    place.end_sessions()
    place.sql(f"CREATE DATABASE copy_{place.name} TEMPLATE {place.name}", inside=False)
    place.sql(f"DROP DATABASE {place.name} WITH (FORCE)", inside=False)
    yield
    place.sql(f"ALTER DATABASE copy_{place.name} RENAME TO {place.name}", inside=False)


@state
def changed(place: Place, there: str, back: str) -> Iterator[None]:
    """By statements, such as GRANT; ROLE is the role."""
    place.sql(there.replace("ROLE", place.role))
    yield
    place.sql(back.replace("ROLE", place.role))
