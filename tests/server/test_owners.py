"""Whose list is meant: each mode tells a model, and where it is known nobody is asked."""

import json
from typing import Any

import httpx
import pytest

from plugin_server.testing.fixtures import personal_token
from tests.answers import a_list, problem
from tests.front_door import TOKEN, front_door

from .mcp_messages import ERAS, Era, failed, message, result, succeeded, tool_call

OPEN: dict[str, dict[str, Any]] = {
    "none": {"auth": "none"},
    "service_http": {"auth": "service_http", "service_tokens": TOKEN},
}
ASKED = (
    "The name of the user whose list it is. Ask the person once, before the first call, which"
    " username to use, and keep to it. If they give none, use `global`."
)
KNOWN = "Always `me`: the person who is signed in."
NAME = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"^[^/\x00-\x1f\x7f-\x9f]+$"}
FORBIDDEN = failed(problem(403, "forbidden", "Your token is for yourself: use the username me."))


async def told(client: httpx.AsyncClient, token: str) -> tuple[list[Any], list[Any]]:
    """What the contract, and the tools, say of the username, operation by operation."""
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert "x-owner" not in json.dumps(paths)
    in_contract = [operation["parameters"][0] for operation in paths["/todos/{username}"].values()]
    listed = await result(client, message("tools/list"), authorization=f"Bearer {token}")
    schemas = [tool["inputSchema"] for tool in listed["tools"]]
    in_tools = [each["properties"].get("username") for each in schemas]
    assert ["username" in each["required"] for each in schemas] == [
        each is not None for each in in_tools
    ]
    return in_contract, in_tools


@pytest.mark.parametrize("mode", OPEN)
async def test_where_anybody_may_be_meant_a_model_is_told_to_ask(
    sqlite_url: str, mode: str
) -> None:
    async with front_door(sqlite_url, **OPEN[mode]) as client:
        in_contract, in_tools = await told(client, TOKEN)
    place = {"name": "username", "in": "path", "required": True}
    assert in_contract == [{**place, "description": ASKED, "schema": NAME}] * 3
    assert in_tools == [{**NAME, "description": ASKED}] * 3


async def test_where_the_caller_is_known_the_contract_says_me_and_the_tools_ask_for_nothing(
    sqlite_url: str,
) -> None:
    async with front_door(sqlite_url, auth="user_http") as client:
        in_contract, in_tools = await told(client, await personal_token(sqlite_url, "ann"))
    place = {"name": "username", "in": "path", "required": True}
    schema = {**NAME, "default": "me"}
    assert in_contract == [{**place, "description": KNOWN, "schema": schema}] * 3
    assert in_tools == [None] * 3


@pytest.mark.parametrize("era", ERAS)
async def test_a_tool_is_for_the_person_who_calls(database_url: str, era: Era) -> None:
    async with front_door(database_url, auth="user_http") as client:
        ann, bob = [await personal_token(database_url, name) for name in ("ann", "bob")]

        async def called(token: str, name: str, **arguments: Any) -> dict[str, Any]:
            sent = tool_call(name, arguments, era)
            return await result(client, sent, authorization=f"Bearer {token}")

        added = {"todo": "milk", "todo_idx": 0, "revision": 1}
        assert await called(ann, "addTodo", todo="milk") == succeeded(added)
        assert await called(bob, "addTodo", todo="milk", username=None) == succeeded(added)
        assert (await called(bob, "deleteTodo", todo_idx=0))["isError"] is False
        for name in ("me", "ann"):
            listed = await called(ann, "getTodos", username=name)
            assert listed == succeeded(a_list(["milk"], 1))
        # Who knows the tools of another day may still name somebody.
        assert await called(bob, "getTodos", username="ann") == FORBIDDEN
