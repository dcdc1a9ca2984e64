"""ETag, If-None-Match and If-Match: a tag is of one person's list with one content."""

import asyncio
import re
from typing import Any

import httpx

from app.todos.store import delete_list
from plugin_server.storage import connect
from tests.answers import a_list, stale
from tests.front_door import front_door

from .copies import command

URL = "/todos/ann"
# What a client may have kept from before the digest was there.
OLD_TAG = '"1"'


async def tag_of(client: httpx.AsyncClient, path: str = URL, **headers: str) -> str:
    return str((await client.get(path, headers=headers)).headers["ETag"])


async def add(client: httpx.AsyncClient, todo: str, **headers: str) -> httpx.Response:
    return await client.post(URL, json={"todo": todo}, headers=headers)


async def forget(database_url: str) -> None:
    database = connect(database_url, guest=True)
    assert await database.write(delete_list, "ann") == 1
    database.close()


async def test_no_two_lists_and_no_two_contents_have_one_tag(
    client: httpx.AsyncClient, database_url: str
) -> None:
    tags = [await tag_of(client), await tag_of(client, "/todos/bob")]
    for todo in ("milk", "bread"):
        await add(client, todo)
        await client.post("/todos/bob", json={"todo": todo})
        tags += [await tag_of(client), await tag_of(client, "/todos/bob")]
    await client.request("DELETE", URL, json={"todo_idx": 0})
    tags.append(await tag_of(client))
    await forget(database_url)
    assert await tag_of(client) == tags[0]
    # Where another todo stood at this revision.
    await add(client, "eggs")
    tags.append(await tag_of(client))
    assert [tag[:3] for tag in tags] == ['"0-', '"0-', '"1-', '"1-', '"2-', '"2-', '"3-', '"1-']
    assert all(re.fullmatch(r'"\d-[0-9a-f]{32}"', tag) for tag in tags)
    assert len(set(tags)) == len(tags)


async def test_a_caller_who_has_the_list_gets_304(client: httpx.AsyncClient) -> None:
    await add(client, "milk")
    tag = await tag_of(client)
    for tags in (tag, f"W/{tag}", f'"0", {tag}', "*"):
        answer = await client.get(URL, headers={"If-None-Match": tags})
        assert (answer.status_code, answer.content) == (304, b"")
        assert dict(answer.headers) == {
            "etag": tag,
            "cache-control": "private, no-cache",
            "vary": "Origin",
            "x-content-type-options": "nosniff",
        }
    other = await tag_of(client, "/todos/bob")
    for tags in (OLD_TAG, "1", f"W/{OLD_TAG}", other, tag.replace("1-", "2-"), tag[:-2] + '"'):
        answer = await client.get(URL, headers={"If-None-Match": tags})
        assert answer.status_code == 200, tags
        assert answer.json() == a_list(["milk"], 1)


async def test_a_list_that_begins_anew_is_not_the_one_that_a_caller_has(
    client: httpx.AsyncClient, database_url: str
) -> None:
    await add(client, "milk")
    tag = await tag_of(client)
    await forget(database_url)
    await add(client, "bread")
    answer = await client.get(URL, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.json() == a_list(["bread"], 1)
    late = await add(client, "late", **{"If-Match": tag})
    assert (late.status_code, late.json()) == (412, stale(412, ["bread"], 1))


async def test_nor_is_one_that_was_restored_and_moved_on(sqlite_url: str) -> None:
    async with front_door(sqlite_url) as client:
        await add(client, "milk")
        await asyncio.to_thread(command, "backup", "copy.db")
        await add(client, "lost")
        tag = await tag_of(client)
        restored = await asyncio.to_thread(command, "restore", "--replace", "copy.db")
        assert restored[0] == 0
        await add(client, "bread")
        answer = await client.get(URL, headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert answer.json() == a_list(["milk", "bread"], 2)
        late = await client.request("DELETE", URL, json={"todo_idx": 1}, headers={"If-Match": tag})
        assert (late.status_code, late.json()) == (412, stale(412, ["milk", "bread"], 2))


async def test_if_match_takes_the_tag_or_the_revision(client: httpx.AsyncClient) -> None:
    await add(client, "milk", **{"If-Match": await tag_of(client)})
    tag = await tag_of(client)
    current = {"If-Match": f'"7", {tag}'}
    assert (await add(client, "bread", **current)).status_code == 200
    answer = await client.request("DELETE", URL, json={"todo_idx": 0}, headers=current)
    assert (answer.status_code, answer.json()) == (412, stale(412, ["milk", "bread"], 2))
    assert (await add(client, "eggs", **{"If-Match": '"7", "2"'})).status_code == 200
    anything = await add(client, "tea", **{"If-Match": "*"})
    assert anything.json() == {"todo": "tea", "todo_idx": 3, "revision": 4}
    last = {"If-Match": await tag_of(client)}
    deleted = await client.request("DELETE", URL, json={"todo_idx": 3}, headers=last)
    assert deleted.json() == {"todo": "tea", "revision": 5}


async def test_what_names_no_state_of_this_list_changes_nothing(
    client: httpx.AsyncClient,
) -> None:
    await add(client, "milk")
    await client.post("/todos/bob", json={"todo": "milk"})
    tag, others = await tag_of(client), await tag_of(client, "/todos/bob")
    refused = (others, f"W/{tag}", 'W/"1"', '"01"', '"1-"', '"-1"', tag[:-2] + '"', '"1-0"', '""')
    for tags in (*refused, ", ".join(refused)):
        answer = await add(client, "x", **{"If-Match": tags})
        assert (answer.status_code, answer.json()) == (412, stale(412, ["milk"], 1)), tags
    unwritten = await client.request(
        "DELETE", "/todos/eve", json={"todo_idx": 0}, headers={"If-Match": tag}
    )
    assert (unwritten.status_code, unwritten.json()) == (412, stale(412, [], 0))


async def test_if_match_and_the_bodys_revision_must_both_hold(client: httpx.AsyncClient) -> None:
    await add(client, "milk")
    tag = await tag_of(client)
    for tags, revision, status in (
        (tag, 2, 409),
        ('"1"', 2, 409),
        (f'{tag}, "2"', 2, 409),
        ('"2"', 1, 412),
        ('"2"', 2, 412),
        ('"1-0"', 1, 412),
    ):
        answer = await client.post(
            URL, json={"todo": "x", "revision": revision}, headers={"If-Match": tags}
        )
        assert (answer.status_code, answer.json()) == (status, stale(status, ["milk"], 1))
    both = await client.post(URL, json={"todo": "bread", "revision": 1}, headers={"If-Match": tag})
    assert both.json() == {"todo": "bread", "todo_idx": 1, "revision": 2}


async def test_of_ten_changes_for_one_tag_one_is_made(client: httpx.AsyncClient) -> None:
    for todo in ("milk", "bread", "eggs"):
        await add(client, todo)
    headers = {"If-Match": await tag_of(client)}
    delete: dict[str, Any] = {"json": {"todo_idx": 0}, "headers": headers}
    changes = [client.request("DELETE", URL, **delete) for _ in range(5)]
    changes += [add(client, f"todo {number}", **headers) for number in range(5)]
    answers = await asyncio.gather(*changes)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9
    assert (await client.get(URL)).json()["revision"] == 4
