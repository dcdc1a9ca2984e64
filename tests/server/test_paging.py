"""A long list comes in parts: what is asked for, and for a tool no more than a model can take."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.answers import a_list, invalid
from tests.front_door import SHARED, front_door

from .mcp_messages import ERAS, Era, result, succeeded, tool_call

URL = "/todos/ann"
TODOS = ["milk", "bread", "eggs", "tea"]
TOOL_BYTES = 20_000
# Of one byte a character, of two, of three, and such as JSON escapes.
LETTERS = {"ascii": "x", "umlauts": "\u00e4", "chinese": "\u9762", "quotes": '"'}


@pytest_asyncio.fixture(name="door", scope="module", loop_scope="module")
async def shared_door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """The front door, behind which ann's list holds TODOS; tests share it and change nothing."""
    folder = tmp_path_factory.mktemp("paging")
    async with front_door(f"sqlite:///{folder}/todo-plugin.db") as client:
        for todo in TODOS:
            await client.post(URL, json={"todo": todo})
        yield client


def part(start: int, end: int) -> dict[str, Any]:
    """The JSON of a part of TODOS."""
    more = {"next_offset": end} if end < 4 else {}
    return {"todos": TODOS[start:end], "revision": 4, "total": 4, **more}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        *[("limit=1", part(0, 1)), ("limit=3", part(0, 3)), ("limit=4", part(0, 4))],
        *[("limit=1000", part(0, 4)), ("offset=0", part(0, 4)), ("offset=1", part(1, 4))],
        *[("offset=1&limit=2", part(1, 3)), ("offset=2&limit=2", part(2, 4))],
        *[("offset=3&limit=1", part(3, 4)), ("offset=4", part(4, 4))],
        ("offset=9007199254740991&limit=7", part(4, 4)),
    ],
)
@SHARED
async def test_limit_and_offset_name_a_part(
    door: httpx.AsyncClient, query: str, expected: dict[str, Any]
) -> None:
    answer = await door.get(f"{URL}?{query}")
    assert (answer.status_code, answer.json()) == (200, expected)
    names = {name.partition("=")[0] for name in query.split("&")}
    arguments = {name: int(query.split(f"{name}=")[1].split("&")[0]) for name in names}
    by_tool = await result(door, tool_call("getTodos", {"username": "ann", **arguments}))
    assert by_tool == succeeded(expected)


@SHARED
async def test_only_the_whole_list_has_a_tag(door: httpx.AsyncClient) -> None:
    whole = await door.get(URL)
    assert (whole.json(), whole.headers["Cache-Control"]) == (part(0, 4), "private, no-cache")
    tag = {"If-None-Match": whole.headers["ETag"]}
    assert (await door.get(URL, headers=tag)).status_code == 304
    for query in ("limit=1", "offset=1", "offset=4"):
        some = await door.get(f"{URL}?{query}", headers={"If-None-Match": "*"})
        assert (some.status_code, some.headers["Cache-Control"]) == (200, "no-store")
        assert "ETag" not in some.headers


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("limit=0", {"limit": "Must be 1 or more"}),
        ("limit=1001", {"limit": "Must be 1000 or less"}),
        ("limit=all", {"limit": "Must be a whole number"}),
        ("offset=-1&limit=", {"limit": "Must be a whole number", "offset": "Must be 0 or more"}),
    ],
)
@SHARED
async def test_a_part_that_cannot_be_is_refused(
    door: httpx.AsyncClient, query: str, faults: dict[str, str]
) -> None:
    answer = await door.get(f"{URL}?{query}")
    assert (answer.status_code, answer.json()) == (422, invalid(**faults))


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("era", ERAS)
async def test_a_tool_gives_a_long_list_in_parts_that_fit(
    sqlite_url: str, letter: str, era: Era
) -> None:
    todos = [f"{number} {LETTERS[letter] * 400}" for number in range(100)]
    async with front_door(sqlite_url) as client:
        for todo in todos:
            await client.post(URL, json={"todo": todo})
        assert (await client.get(URL)).json() == a_list(todos, 100)
        parts: list[dict[str, Any]] = []
        arguments: dict[str, Any] = {"username": "ann"}
        while True:
            came = await result(client, tool_call("getTodos", arguments, era))
            parts.append(came["structuredContent"])
            assert came == succeeded(parts[-1])
            told = json.dumps(parts[-1]["todos"], ensure_ascii=False, separators=(",", ":"))
            assert len(told.encode()) <= TOOL_BYTES + 1
            if "next_offset" not in parts[-1]:
                break
            arguments["offset"] = parts[-1]["next_offset"]
    assert [todo for each in parts for todo in each["todos"]] == todos
    assert {(each["revision"], each["total"]) for each in parts} == {(100, 100)}
    assert len(parts) > 2


async def test_a_change_that_comes_too_late_shows_a_tool_as_much_as_fits(
    database_url: str,
) -> None:
    todos = [f"{number} {'x' * 900}" for number in range(40)]
    late = {"todo": "tea", "revision": 3}
    async with front_door(database_url) as client:
        for todo in todos:
            await client.post(URL, json={"todo": todo})
        by_http = (await client.post(URL, json=late)).json()
        came = await result(client, tool_call("addTodo", {"username": "ann", **late}))
    by_tool = json.loads(came["content"][0]["text"])
    assert (by_http["todos"], by_http["total"]) == (todos, 40)
    assert (by_tool["todos"], by_tool["next_offset"]) == (todos[:22], 22)
    cut = {"todos": by_tool["todos"], "next_offset": 22}
    assert {**by_http, **cut} == {"type": by_http["type"], "title": by_http["title"], **by_tool}
