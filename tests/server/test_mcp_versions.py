"""POST /mcp and the versions of the protocol: batches, which one has, and those nobody knows."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.answers import a_list
from tests.front_door import SHARED, front_door

from .mcp_messages import (
    CLIENT,
    HANDSHAKES,
    META,
    NEWER,
    VERSION,
    error,
    json_body,
    message,
    succeeded,
    tool_call,
)

BATCHING: list[dict[str, str]] = [{}, {VERSION: "2025-03-26"}]
NO_REQUEST = error(-32600, "The body must be one JSON-RPC request or notification.", None)
KNOWN = [*HANDSHAKES, NEWER]
NO_VERSION = (
    "This protocol version is not supported. Use one of these: 2024-11-05, 2025-03-26, 2025-06-18,"
    " 2025-11-25, 2026-07-28."
)
NOTIFICATION = {"jsonrpc": "2.0", "method": "notifications/initialized"}


@pytest_asyncio.fixture(name="door", scope="module", loop_scope="module")
async def shared_door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A front door for the tests that change nothing that another looks at."""
    folder = tmp_path_factory.mktemp("versions")
    async with front_door(f"sqlite:///{folder}/todo-plugin.db") as client:
        yield client


async def sent(client: httpx.AsyncClient, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
    """Status and body of the answer."""
    answer = await client.post("/mcp", content=json_body(body), headers=headers)
    return answer.status_code, answer.json() if answer.content else None


def answered(number: int, found: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "result": found}


@pytest.mark.parametrize("headers", BATCHING)
async def test_the_messages_of_a_batch_are_answered_in_turn(
    database_url: str, headers: dict[str, str]
) -> None:
    add = tool_call("addTodo", {"username": "ann", "todo": "milk"}, number=7).members
    get = tool_call("getTodos", {"username": "ann"}, number=8).members
    opening = message("initialize", {"protocolVersion": "2025-03-26", **CLIENT}, number=9).members
    batch = [
        add,
        NOTIFICATION,
        message("ping").members,
        get,
        message("odd").members,
        {},
        5,
        opening,
    ]
    async with front_door(database_url) as client:
        assert await sent(client, batch, headers) == (
            200,
            [
                answered(7, succeeded({"todo": "milk", "todo_idx": 0, "revision": 1})),
                answered(1, {}),
                answered(8, succeeded(a_list(["milk"], 1))),
                error(-32601, "Method not found"),
                NO_REQUEST,
                NO_REQUEST,
                error(-32600, "initialize is sent by itself.", 9),
            ],
        )


@pytest.mark.parametrize("headers", BATCHING)
@SHARED
async def test_a_batch_may_be_of_one_and_of_twenty(
    door: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    for count in (1, 20):
        batch = [message("ping", number=number).members for number in range(count)]
        pongs = [answered(number, {}) for number in range(count)]
        assert await sent(door, batch, headers) == (200, pongs)
    assert await sent(door, [NOTIFICATION] * 3, headers) == (202, None)
    for none in ([], [message("ping").members] * 21):
        assert await sent(door, none, headers) == (400, NO_REQUEST)


@pytest.mark.parametrize("version", [each for each in KNOWN if each != "2025-03-26"])
@SHARED
async def test_no_other_version_has_batches(door: httpx.AsyncClient, version: str) -> None:
    batch = [message("ping").members]
    assert await sent(door, batch, {VERSION: version}) == (400, NO_REQUEST)


async def test_each_message_of_a_batch_counts_for_the_limit(sqlite_url: str) -> None:
    add = tool_call("addTodo", {"username": "ann", "todo": "milk"}).members
    async with front_door(sqlite_url, rate_limit="5/hour") as client:
        assert (await sent(client, [add] * 3, {}))[0] == 200
        status, refused = await sent(client, [add] * 3, {})
        assert (status, refused["code"]) == (429, "too_many_requests")
    async with front_door(sqlite_url) as client:
        assert (await client.get("/todos/ann")).json()["total"] == 3


@pytest.mark.parametrize("requested", ["2030-01-01", "2024-10-07", "v999.0.0"])
@pytest.mark.parametrize("method", ["tools/list", "initialize", "notifications/initialized"])
@pytest.mark.parametrize("is_newer", [True, False])
@SHARED
async def test_a_version_that_nobody_knows_is_told_which_are_known(
    door: httpx.AsyncClient, requested: str, method: str, is_newer: bool
) -> None:
    whole = message(method, era="newer" if is_newer else "older").members
    if is_newer:
        whole["params"]["_meta"] = {**META, next(iter(META)): requested}
    number: int | None = whole["id"]
    if method.startswith("notifications"):
        number = None
        del whole["id"]
    data = {"supported": [NEWER], "requested": requested}
    headers = {VERSION: requested, "Mcp-Method": method}
    expected = error(-32022, NO_VERSION, number, data=data)
    assert await sent(door, whole, headers) == (400, expected)


@SHARED
async def test_a_version_that_looks_like_none_is_not_repeated(door: httpx.AsyncClient) -> None:
    for odd in ("sEcReT", "2030-01-01x", "*"):
        data = {"supported": [NEWER], "requested": "unknown"}
        expected = error(-32022, NO_VERSION, data=data)
        assert await sent(door, message("ping").members, {VERSION: odd}) == (400, expected)
