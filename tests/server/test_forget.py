"""`todo-plugin forget`: nothing of a person is left."""

import asyncio
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from app.todos.store import add_todo
from plugin_server.plugin import Deletion
from plugin_server.storage import Database, connect
from tests.answers import a_list
from tests.front_door import front_door
from tests.ledger import StoredList, stored_lists
from tests.running import running_server

from .copies import NO_SIGN_IN, add, command

SECRET = "the secret of Ann"
NOTHING = (1, "", "todo-plugin: nothing is kept under that name\n")


@pytest.fixture(name="url")
def fixture_url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database of each kind in turn, which the command line uses too."""
    monkeypatch.setenv("PLUGIN_DATABASE_URL", database_url)
    return database_url


async def test_list_and_tokens_are_gone_and_nobody_elses(url: str) -> None:
    tokens = [await token("ann"), await token("ann"), await token("bob")]
    async with front_door(url, auth="user_http") as client:
        ann, _, bob = ({"Authorization": f"Bearer {token}"} for token in tokens)
        for headers in (ann, bob):
            added = await client.post("/todos/me", json={"todo": SECRET}, headers=headers)
            assert added.status_code == 200
        forgotten = await asyncio.to_thread(command, "forget", "ann")
        assert forgotten == (0, f"deleted: lists 1, tokens 2, {NO_SIGN_IN}\n", "")
        assert (await client.get("/todos/me", headers=ann)).status_code == 401
        kept = await client.get("/todos/me", headers=bob)
        assert kept.json() == a_list([SECRET], 1)
    assert set(stored_lists(url)) == {"bob"}
    listed = await asyncio.to_thread(command, "token", "list")
    assert listed[1].split()[1:] == ["bob"]
    assert await asyncio.to_thread(command, "forget", "ann") == NOTHING


async def token(name: str) -> str:
    code, printed, _ = await asyncio.to_thread(command, "token", "add", name)
    assert code == 0
    return printed.strip()


async def test_every_name_that_a_path_can_have_can_be_forgotten(url: str) -> None:
    async with front_door(url) as client:
        for name in ("me", "Zoë", "a\u00a0b", "--", "x" * 100):
            path = "/todos/" + "".join(f"%{byte:02x}" for byte in name.encode())
            await client.post(path, json={"todo": "milk"})
            # The other of the two spellings of ë.
            typed = name.replace("ë", "e\u0308")
            forgotten = await asyncio.to_thread(command, "forget", "--", typed)
            assert forgotten == (0, f"deleted: lists 1, tokens 0, {NO_SIGN_IN}\n", "")
            # As if it had never been, so what a client remembers of it is outdated.
            late = await client.post(path, json={"todo": "bread", "revision": 1})
            assert (late.status_code, late.json()["todos"], late.json()["revision"]) == (409, [], 0)


@pytest.mark.parametrize("name", ["", ".", "..", "x" * 101, "a\udcff"])
def test_what_is_no_name_is_told(name: str) -> None:
    code, printed, complaint = command("forget", name)
    assert (code, printed) == (2, "")
    assert complaint.startswith("todo-plugin: A username ")


async def test_beside_changes_there_is_a_whole_list_or_none(url: str) -> None:
    await asyncio.to_thread(command, "token", "list")
    # An app made in each transaction's thread would parse its routes in several threads at once,
    # which Python before 3.11.8 now and then fails at (python/cpython#106905).
    deletions = list(create_app().all_deletions.values())
    with closing(connect(url, guest=True)) as one, closing(connect(url, guest=True)) as other:
        for _ in range(10):
            async with asyncio.timeout(30):
                await asyncio.gather(
                    *(change((one, other)[number % 2], number, deletions) for number in range(24))
                )
            lists = stored_lists(url)
            count = len(lists["ann"].todos) if lists else 0
            todos = dict.fromkeys(range(1, count + 1), "milk")
            # The answer has seven characters more for each: "milk" and a comma.
            assert lists in ({}, {"ann": StoredList(count, count, 7 * count, todos)})


async def change(database: Database, number: int, deletions: list[Deletion]) -> None:
    if number % 6 == 5:
        await database.write(lambda connection: [each(connection, "ann") for each in deletions])
    else:
        await database.write(add_todo, "ann", "milk")


def test_the_files_hold_no_word_of_it_when_the_server_has_stopped(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        for number in range(12):
            add(server.url, "ann", f"{SECRET}, number {number} " + "x" * 900)
        add(server.url, "bob", "milk")
        files = [tmp_path / "todo-plugin.db", tmp_path / "todo-plugin.db-wal"]
        assert any(SECRET.encode() in file.read_bytes() for file in files)
        assert command("forget", "ann") == (0, f"deleted: lists 1, tokens 0, {NO_SIGN_IN}\n", "")
        assert httpx.get(f"{server.url}/todos/bob").json()["todos"] == ["milk"]
        assert server.stop() == 0
    left = {file.name: file.read_bytes() for file in tmp_path.glob("todo-plugin.db*")}
    assert set(left) <= {"todo-plugin.db", "todo-plugin.db-lock"}
    assert SECRET.encode() not in left["todo-plugin.db"]
