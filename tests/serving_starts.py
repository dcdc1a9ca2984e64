"""Servers that start together, and servers that are killed while they start."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from random import SystemRandom

import httpx

from .answers import a_list
from .ledger import opened, wait_until_only_we_are_connected
from .running import START_SECONDS, Server, environment, running_server

CHANCE = SystemRandom()
SERVERS = 2
REFUSED = (
    "todo-plugin: the database cannot be used: another server has todo-plugin.db."
    " SQLite is for one server; PostgreSQL is for several."
)
# Whether a server has begun to use the database, and what it may have got to.
SERVER_IS_THERE = (
    "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
LEDGER_EXISTS = {
    "sqlite": "SELECT count(*) FROM sqlite_schema WHERE name = 'migrations'",
    "postgresql": "SELECT count(*) FROM pg_tables WHERE tablename = 'migrations'",
}
# Somewhat more than a server needs from its first touch of the database to the last migration.
MIGRATING_SECONDS = {"sqlite": 0.02, "postgresql": 0.04}


def started_together(folder: Path, url: str, rounds: int) -> str:
    """Of servers that start at once on an empty database, all who may have it serve the lists.

    On PostgreSQL these are all, on SQLite it is one.
    """
    may_serve = 1 if url.startswith("sqlite:") else SERVERS
    slowest = 0.0
    for number in range(rounds):
        _empty(url)
        places = [folder / f"{number}.{each}" for each in range(SERVERS)]
        began = time.monotonic()
        with ExitStack() as stack, ThreadPoolExecutor(SERVERS) as threads:
            for place in places:
                place.mkdir()
            contexts = [running_server(place, PLUGIN_DATABASE_URL=url) for place in places]
            servers = [one for one in threads.map(partial(_served, stack), contexts) if one]
            slowest = max(slowest, time.monotonic() - began)
            assert len(servers) == may_serve
            for server in servers:
                httpx.post(f"{server.url}/todos/ann", json={"todo": server.url}).raise_for_status()
            everything = a_list([server.url for server in servers], may_serve)
            for server in servers:
                assert httpx.get(f"{server.url}/todos/ann").json() == everything
    return (
        f"{rounds} times {SERVERS} servers started at once: {may_serve} serve,"
        f" after {slowest:.2f} s at most"
    )


def killed_while_starting(folder: Path, url: str, rounds: int) -> str:
    """kill -9 during the migrations: the next start finishes them."""
    found: Counter[int] = Counter()
    for _ in range(rounds):
        _empty(url)
        process = subprocess.Popen(
            [sys.executable, "-m", "app"],
            cwd=folder,
            env=environment(PLUGIN_BIND="127.0.0.1:0", PLUGIN_DATABASE_URL=url),
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(_touched(url), process)
            # The moments of interest announce themselves to nobody.
            time.sleep(CHANCE.uniform(0, MIGRATING_SECONDS[url.partition(":")[0]]))
        finally:
            process.kill()
            process.wait()
        wait_until_only_we_are_connected(url)
        found[_applied(url)] += 1
        with running_server(folder, PLUGIN_DATABASE_URL=url) as server:
            httpx.post(f"{server.url}/todos/ann", json={"todo": "milk"}).raise_for_status()
    moments = ", ".join(f"{count} after {applied}" for applied, count in sorted(found.items()))
    return f"{rounds} kills while migrating ({moments} migrations): each next start serves"


def _served(stack: ExitStack, context: AbstractContextManager[Server]) -> Server | None:
    """The server, or None when it was refused the database in the words for that."""
    try:
        return stack.enter_context(context)
    except AssertionError as error:
        assert REFUSED in str(error)  # noqa: PT017 - it tells what the server logged
        return None


def _empty(url: str) -> None:
    if url.startswith("sqlite:"):
        path = Path(url.removeprefix("sqlite:///"))
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        return
    with opened(url) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def _touched(url: str) -> Callable[[], bool]:
    if url.startswith("sqlite:"):
        return Path(url.removeprefix("sqlite:///")).exists

    def touched() -> bool:
        with opened(url) as connection:
            return bool(connection.execute(SERVER_IS_THERE).fetchone()[0])

    return touched


def _wait(condition: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        assert process.poll() is None, "the server did not start"
        assert time.monotonic() < deadline
        time.sleep(0.001)


def _applied(url: str) -> int:
    """How many migrations the database has, by its ledger."""
    with opened(url) as connection:
        if connection.execute(LEDGER_EXISTS[url.partition(":")[0]]).fetchone() == (0,):
            return 0
        return int(connection.execute("SELECT count(*) FROM migrations").fetchone()[0])
