"""PostgreSQL's sessions: what they do to each other, and where they lead."""

import asyncio
import os
from contextlib import AsyncExitStack
from pathlib import Path
from threading import Event

import pytest

from plugin_server.storage import Connection, DatabaseUnavailable, connect, keyed_threads, postgres
from tests.answers import AWAY, BUSY, READ_ONLY, a_list
from tests.callers import until
from tests.faults import MILK, answered
from tests.front_door import front_door
from tests.postgres_place import Place
from tests.postgres_states import standby_missing

LOCK_LIST = "UPDATE lists SET length = length WHERE username = 'ann'"
LOCK_TODO = "SELECT FROM todos WHERE username = 'ann' FOR UPDATE"


@pytest.mark.parametrize("patience", ["100ms", "10s"], ids=["out of patience", "detected"])
async def test_of_two_that_wait_for_each_other_both_are_done(
    patience: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL looks for that once, after a while; long before, ours has given way."""
    monkeypatch.setattr(postgres, "LIMITS", postgres.LIMITS.replace("'100ms'", f"'{patience}'"))
    monkeypatch.setattr(keyed_threads, "PATIENCE_SECONDS", 10)
    place.sql(f"ALTER DATABASE {place.name} SET deadlock_timeout = '2500ms'")
    async with front_door(place.url) as client:
        await client.post("/todos/ann", json=MILK)
        with place.transaction("SET deadlock_timeout = '60s'") as other:
            other.execute(LOCK_TODO)
            ours = asyncio.ensure_future(
                client.request("DELETE", "/todos/ann", json={"todo_idx": 0})
            )
            await until(lambda: place.waiting_seconds() > 0, "nobody waits")
            await asyncio.to_thread(other.execute, LOCK_LIST)
            other.rollback()
            assert (await ours).json() == {"todo": "milk", "revision": 2}


async def test_what_the_database_isolates_more_strictly_is_not_refused(place: Place) -> None:
    place.sql(f"ALTER DATABASE {place.name} SET default_transaction_isolation = 'serializable'")
    async with AsyncExitStack() as replicas:
        clients = [await replicas.enter_async_context(front_door(place.url)) for _ in range(3)]
        posts = (client.post("/todos/ann", json=MILK) for client in clients for _ in range(20))
        answers = [answer.json() for answer in await asyncio.gather(*posts)]
    assert sorted(answer.get("revision", 0) for answer in answers) == list(range(1, 61))


async def test_a_server_that_freezes_amid_a_change_locks_nobody_out(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "LIMITS", postgres.LIMITS.replace("'10s'", "'3s'"))
    frozen, thawed = Event(), Event()

    def freeze(connection: Connection) -> None:
        connection.execute(LOCK_LIST)
        frozen.set()
        thawed.wait()
        connection.execute("SELECT 1")

    async with front_door(place.url) as client:
        await client.post("/todos/ann", json=MILK)
        other = connect(place.url)
        change = asyncio.ensure_future(other.write(freeze))
        await asyncio.to_thread(frozen.wait)
        assert (await client.post("/todos/ann", json=MILK)).json() == BUSY
        await answered(client, "POST", "/todos/ann")
        thawed.set()
        with pytest.raises(
            DatabaseUnavailable, match=r"^terminating connection due to idle-in-transaction"
        ):
            await change
        other.close()


async def test_what_waits_for_sessions_that_do_not_come_back_is_bounded(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed_threads, "MOST_UNFINISHED", 20)
    monkeypatch.setattr(postgres, "CALL_SECONDS", 2)
    async with front_door(place.url) as client:
        with standby_missing(place):
            posts = [
                asyncio.ensure_future(client.post(f"/todos/{n}", json=MILK)) for n in range(21)
            ]
            done, _ = await asyncio.wait(posts, return_when=asyncio.FIRST_COMPLETED)
            assert [post.result().json() for post in done] == [AWAY]
            assert {answer.status_code for answer in await asyncio.gather(*posts)} == {503}
        await answered(client, "POST", "/todos/ann")


async def test_when_its_address_moves_from_a_standby_to_the_primary_changes_are_made(
    place: Place,
) -> None:
    place.sql("INSERT INTO lists VALUES ('ann', 1, 1, 7)")
    place.sql("INSERT INTO todos VALUES ('ann', 1, 'milk')")
    address = place.server.folder / "address"
    with place.server.standby() as standby:
        # A socket's folder stands for a name that is looked up.
        address.symlink_to(standby.folder)
        url = place.url.replace(f"host={place.server.folder}", f"host={address}")
        async with front_door(url) as client:
            listed = await client.get("/todos/ann")
            assert listed.json() == a_list(["milk"], 1)
            assert (await client.get("/healthz")).status_code == 200
            refused = await client.post("/todos/ann", json=MILK)
            assert (refused.status_code, refused.json()) == (503, READ_ONLY)
            _move(address, place.server.folder)
            added = await answered(client, "POST", "/todos/ann")
            assert added.json() == {"todo": "milk", "todo_idx": 1, "revision": 2}
    address.unlink()


def _move(link: Path, target: Path) -> None:
    new = link.with_name("new")
    new.symlink_to(target)
    os.replace(new, link)
