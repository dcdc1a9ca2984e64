"""A tool call and the HTTP request that means the same come to the same."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.front_door import front_door
from tests.ledger import stored_lists

from .mcp_messages import ERAS, TOO_LARGE, Era, json_body, result, tool_call

OPERATIONS = 50
METHODS = {"getTodos": "GET", "addTodo": "POST", "deleteTodo": "DELETE"}
FULL = "full"
# In JSON each of its characters is two, so that fifty are more than an answer may have.
WIDE = '"' * 1000

# JSON has no lone surrogates: tests/server/test_mcp_wire.py sends them.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
# What cannot stand in a path has other words there: see test_mcp_tools.py.
NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\ufffd"),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in (".", ".."))
USUAL_NAMES = st.sampled_from(["ann", "ann", FULL, "me", "jos\u00e9", "jose\u0301"])
LONG_NAMES = st.sampled_from(["n" * 100, "n" * 101, "n" * 9000])
ODD_NAMES = st.sampled_from(["...", "%2F", "%", "a%ff", "a?b#c", " ", "\u2028", "\uffff"])
NUMBERS = st.integers(0, 60) | st.sampled_from(
    [-1, 1.0, 0.5, -0.0, 1e22, 2**53 - 1, 2**53, 2**64, 10**400, TOO_LARGE, -TOO_LARGE]
)
TODOS = st.sampled_from(["milk", WIDE, "a\tb\nc", "x" * 1001, "", "\x00", '"Infinity\\', "\u2028"])
ODD: st.SearchStrategy[Any] = (
    TEXTS | NUMBERS | st.sampled_from([None, True, False, [], {}, "0", "Infinity", [TOO_LARGE]])
)
FIELDS = {"todo": TODOS | ODD, "todo_idx": ODD, "revision": ODD, "more": ODD}


class Operation(NamedTuple):
    """A call, in the words of the contract."""

    tool: str
    username: str
    fields: dict[str, Any]
    era: Era


# Most are almost right, or nothing would ever happen to a list.
CALLS = st.builds(
    Operation,
    st.sampled_from(["getTodos", "addTodo", "addTodo", "deleteTodo"]),
    USUAL_NAMES | USUAL_NAMES | LONG_NAMES | ODD_NAMES | NAMES,
    st.fixed_dictionaries({"todo": TODOS, "todo_idx": st.integers(0, 3)})
    | st.fixed_dictionaries({"todo": TEXTS, "todo_idx": NUMBERS, "revision": st.integers(0, 9)})
    | st.fixed_dictionaries({}, optional=FIELDS),
    st.sampled_from(ERAS),
)


class Outcome(NamedTuple):
    """What a call came to, however it was made."""

    is_error: bool
    told: dict[str, Any]
    structured: dict[str, Any] | None


def cut(told: dict[str, Any]) -> dict[str, Any]:
    """What a tool shows of an answer with a list: test_paging.py reads on in it."""
    todos, size = told.get("todos", []), 0
    for count, todo in enumerate(todos):
        size += len(json.dumps(todo, ensure_ascii=False).encode()) + 1
        if size > 20_000:
            return {**told, "todos": todos[:count], "next_offset": count}
    return told


async def by_http(client: httpx.AsyncClient, operation: Operation) -> Outcome:
    name = operation.username
    # An HTTP client takes a dot or two for another path.
    spelled = quote(name, safe="")
    path = f"/todos/{spelled.replace('.', '%2E')}"
    if operation.tool == "getTodos":
        answer = await client.get(path)
    else:
        method, body = METHODS[operation.tool], json_body(operation.fields)
        headers = {"Content-Type": "application/json"}
        answer = await client.request(method, path, content=body, headers=headers)
    told = cut(answer.json())
    if answer.status_code < 400:
        return Outcome(False, told, told)
    del told["type"], told["title"]
    return Outcome(True, told, None)


async def by_tool(client: httpx.AsyncClient, operation: Operation) -> Outcome:
    arguments = {**operation.fields, "username": operation.username}
    came = await result(client, tool_call(operation.tool, arguments, operation.era))
    (part,) = came["content"]
    assert part["type"] == "text"
    return Outcome(came["isError"], json.loads(part["text"]), came.get("structuredContent"))


async def compare(folder: Path, operations: Sequence[Operation]) -> None:
    """Two servers live through the same, one over HTTP and one over MCP."""
    urls = [f"sqlite:///{folder}/{name}.db" for name in ("http", "mcp")]
    async with front_door(urls[0]) as http, front_door(urls[1]) as mcp:
        for _ in range(49):
            for client in (http, mcp):
                assert (await client.post(f"/todos/{FULL}", json={"todo": WIDE})).is_success
        for operation in operations:
            assert await by_tool(mcp, operation) == await by_http(http, operation), operation
    assert stored_lists(urls[1]) == stored_lists(urls[0])


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(CALLS, min_size=OPERATIONS, max_size=OPERATIONS))
def test_fifty_operations_come_to_the_same_by_either_door(operations: list[Operation]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(Path(folder), operations))


async def test_a_list_that_is_full_is_full_by_either_door(tmp_path: Path) -> None:
    add = Operation("addTodo", FULL, {"todo": WIDE}, "newer")
    shorter = Operation("addTodo", FULL, {"todo": "milk"}, "older")
    delete = Operation("deleteTodo", FULL, {"todo_idx": 0, "revision": 50}, "older")
    await compare(tmp_path, [add, shorter, add, delete, add, add])
