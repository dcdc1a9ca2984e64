"""Four replicas on one PostgreSQL, no sticky sessions: one is killed, one is replaced, under load.

Callers come by Caddy with our Caddyfile, and without it to one replica after the other.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.caddy import CHANCE, Addresses, running_caddy
from tests.ledger import check, stored_lists, wait_until_only_we_are_connected
from tests.load import Outcome
from tests.replicas import Connect, ReplicaLoad, Replicas

from . import show

ROUNDS = 20
TURNS = 7
# A caller whose replica is gone is served by another one long before a host gives up.
PAUSE_SECONDS = 10

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture
def replicas(tmp_path: Path, database_url: str) -> Iterator[Replicas]:
    variables = {"PLUGIN_DATABASE_URL": database_url, "PLUGIN_AUTH": "none"}
    with Replicas(tmp_path, Addresses(), **variables) as replicas:
        with ThreadPoolExecutor() as starting:
            list(starting.map(replicas.start, replicas.addresses.all))
        yield replicas


@pytest.fixture(params=["direct", "caddy"])
def connector(
    request: pytest.FixtureRequest, tmp_path: Path, long: bool
) -> Iterator[Callable[[], Connect]]:
    if request.param == "caddy" and not long:
        pytest.skip("by Caddy only in the long form; tests/test_behind_caddy.py is short")
    replicas: Replicas = request.getfixturevalue("replicas")
    if request.param == "direct":
        yield replicas.connector
        return
    with running_caddy(tmp_path, replicas.addresses) as caddy:
        yield lambda: caddy.connect


async def test_a_replica_is_killed_and_another_replaced_under_load(
    connector: Callable[[], Connect], replicas: Replicas, database_url: str, long: bool
) -> None:
    killed, stopped = ReplicaLoad(connector, TURNS), ReplicaLoad(connector, TURNS)
    rounds = ROUNDS if long else 1
    for number in range(rounds):
        async with killed.on(0, f"kill{number}"):
            await _killed(replicas, killed)
        async with stopped.on(0, f"stop{number}"):
            await _replaced(replicas, stopped)
    with ThreadPoolExecutor() as stopping:
        assert set(stopping.map(replicas.stop, replicas.addresses.all)) == {0}
    wait_until_only_we_are_connected(database_url)
    lists = stored_lists(database_url)
    made = check(killed.changes, {name: lists[name] for name in lists if name[:4] == "kill"})
    none = check(stopped.changes, {name: lists[name] for name in lists if name[:4] == "stop"})
    assert none == 0, "a change was made and not answered"
    by_caddy = connector != replicas.connector
    # Caddy's own 502 and 503, the server's 503 while it stops; 409 when others changed the list.
    assert killed.statuses.keys() <= {200, 409, *((502, 503) if by_caddy else ())}
    assert stopped.statuses.keys() <= {200, 409, 503, *((502,) if by_caddy else ())}
    assert max(killed.pause, stopped.pause) < PAUSE_SECONDS
    way = "by Caddy" if by_caddy else "in turn"
    show(f"replica killed, {way}", f"{rounds} times: {_figures(killed)}, {made} of them made")
    show(f"replica replaced, {way}", f"{rounds} times: {_figures(stopped)}, none of them made")


async def _killed(replicas: Replicas, load: ReplicaLoad) -> None:
    load.rested()
    await load.until_acknowledged(CHANCE.randint(50, 150))
    address = CHANCE.choice(replicas.addresses.all)
    replicas.kill(address)
    await load.until_acknowledged(100)
    await asyncio.to_thread(replicas.start, address)
    await load.until_acknowledged(50)


async def _replaced(replicas: Replicas, load: ReplicaLoad) -> None:
    load.rested()
    await load.until_acknowledged(CHANCE.randint(50, 150))
    address = CHANCE.choice(replicas.addresses.all)
    assert await asyncio.to_thread(replicas.stop, address) == 0
    await load.until_acknowledged(50)
    await asyncio.to_thread(replicas.start, address)
    await load.until_acknowledged(50)


def _figures(load: ReplicaLoad) -> str:
    statuses = ", ".join(f"{count} x {status}" for status, count in sorted(load.statuses.items()))
    unanswered = len(load.of(Outcome.UNANSWERED))
    return (
        f"no acknowledged change lost; {statuses}; longest without a 200 {load.pause:.2f} s;"
        f" {unanswered} unanswered"
    )
