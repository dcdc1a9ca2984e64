"""The tools are the contract's operations, and keep what it promises."""

from collections.abc import AsyncIterator

import httpx
import jsonschema_rs
import pytest
import pytest_asyncio

from tests.answers import a_list, invalid, problem
from tests.front_door import SHARED, front_door

from .mcp_listing import TOOLS
from .mcp_messages import ERAS, Era, failed, message, result, succeeded, tool_call

pytestmark = SHARED

OF_A_PERSON = [tool["name"] for tool in TOOLS if "username" in tool["inputSchema"]["required"]]
NO_USERNAME = failed(problem(400, "missing_parameter", "username is missing."))


@pytest_asyncio.fixture(name="door", scope="module", loop_scope="module")
async def shared_door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A front door; each test has lists of its own."""
    async with front_door(f"sqlite:///{tmp_path_factory.mktemp('tools')}/todo-plugin.db") as client:
        yield client


@pytest.mark.parametrize("era", ERAS)
async def test_both_eras_list_the_same_tools(door: httpx.AsyncClient, era: Era) -> None:
    listed = await result(door, message("tools/list", era=era))
    kept = {} if era == "older" else {"ttlMs": 60_000, "cacheScope": "public"}
    assert listed == {"tools": TOOLS, **kept}


@pytest.mark.parametrize("era", ERAS)
async def test_a_success_is_what_the_tool_promises(door: httpx.AsyncClient, era: Era) -> None:
    promises = {tool["name"]: tool["outputSchema"] for tool in TOOLS}
    for name, arguments, told in (
        ("getTodos", {}, a_list([], 0)),
        ("addTodo", {"todo": "äpfel"}, {"todo": "äpfel", "todo_idx": 0, "revision": 1}),
        ("addTodo", {"todo": "b", "revision": 1}, {"todo": "b", "todo_idx": 1, "revision": 2}),
        ("deleteTodo", {"todo_idx": 0, "revision": 2}, {"todo": "äpfel", "revision": 3}),
        ("getTodos", {"more": None}, a_list(["b"], 3)),
    ):
        arguments = {"username": f"promise {era}", **arguments}
        came = await result(door, tool_call(name, arguments, era))
        assert came == succeeded(told)
        jsonschema_rs.validate(promises[name], came["structuredContent"])


@pytest.mark.parametrize("tool", OF_A_PERSON)
async def test_a_username_that_is_missing_or_no_text_is_refused(
    door: httpx.AsyncClient, tool: str
) -> None:
    fields = {"todo": "milk", "todo_idx": 0}
    assert await result(door, tool_call(tool, fields)) == NO_USERNAME
    assert await result(door, tool_call(tool, {**fields, "username": None})) == NO_USERNAME
    for odd in ([], ["ann"], {}, {"a": "b"}, 7, True):
        assert await result(door, tool_call(tool, {**fields, "username": odd})) == failed(
            invalid(username="Must be a text")
        )


@pytest.mark.parametrize("tool", OF_A_PERSON)
@pytest.mark.parametrize(
    ("username", "fault"),
    [
        ("", "Must not be empty"),
        *((name, "Must not hold a slash") for name in ("a/b", "/", "ann/", "../ann", "/\0")),
        *((name, "Must not be a dot or two") for name in (".", "..")),
        *(
            (name, "Must not hold a control character or U+FFFD")
            for name in ("a\0", "\n", "\ufffd")
        ),
    ],
)
async def test_a_username_that_cannot_stand_in_a_path_is_named(
    door: httpx.AsyncClient, tool: str, username: str, fault: str
) -> None:
    call = tool_call(tool, {"todo": "milk", "todo_idx": 0, "username": username})
    assert await result(door, call) == failed(invalid(username=fault))


async def test_no_text_for_another_door_is_told(door: httpx.AsyncClient) -> None:
    for tool in (await result(door, message("tools/list")))["tools"]:
        assert "query" not in str(tool), tool["name"]


@pytest.mark.parametrize("era", ERAS)
async def test_a_client_may_fill_in_null_and_send_every_argument_as_a_text(
    door: httpx.AsyncClient, era: Era
) -> None:
    for name, arguments, told in (
        ("addTodo", {"todo": "milk", "revision": None}, {"todo_idx": 0, "revision": 1}),
        ("addTodo", {"todo": "7", "revision": "1"}, {"todo": "7", "todo_idx": 1, "revision": 2}),
        ("deleteTodo", {"todo_idx": "1", "revision": None}, {"todo": "7", "revision": 3}),
        ("deleteTodo", {"todo_idx": "0", "revision": "3"}, {"todo": "milk", "revision": 4}),
    ):
        arguments = {"username": f"texts {era}", **arguments}
        came = await result(door, tool_call(name, arguments, era))
        assert came == succeeded({"todo": "milk", **told})


async def test_a_call_without_arguments_is_a_call(door: httpx.AsyncClient) -> None:
    for params in ({"name": "getTodos"}, {"name": "getTodos", "arguments": None}):
        assert await result(door, message("tools/call", params)) == NO_USERNAME
