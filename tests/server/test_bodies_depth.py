"""How deep JSON may be nested: the same on every Python, and for MCP as for HTTP."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin_server.http.json import strict_json

from .mcp_messages import ERAS, Era, post, tool_call
from .test_bodies import JSON, MALFORMED
from .test_mcp_hostile import NOT_JSON

DEEPEST = 64
TEXTS = st.text(st.sampled_from('[]{}"\\,:a'), max_size=9)
JSON_TEXTS = st.recursive(
    st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=99) | st.dictionaries(TEXTS, inner, max_size=9),
).map(json.dumps)


def nested(text: str, levels: int) -> str:
    """The JSON text within so many arrays."""
    return "[" * levels + text + "]" * levels


def depth(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


async def test_a_body_is_read_to_a_depth_of_64_levels(client: httpx.AsyncClient) -> None:
    for number, inner in enumerate(["", '{"a":1}', '"[{"', '"\\"[{"', "[],[],{}", '"]}","]}"']):
        # The body itself is a level.
        levels = DEEPEST - 1 - inner.startswith(("{", "["))
        deepest, deeper = (
            f'{{"todo":"x","more":{nested(inner, each)}}}'.encode() for each in (levels, levels + 1)
        )
        answer = await client.post("/todos/ann", content=deepest, headers=JSON)
        assert answer.json() == {"todo": "x", "todo_idx": number, "revision": number + 1}
        answer = await client.post("/todos/ann", content=deeper, headers=JSON)
        assert (answer.status_code, answer.json()) == (400, MALFORMED)


async def test_brackets_in_a_text_and_side_by_side_are_no_depth(client: httpx.AsyncClient) -> None:
    for todo in ("[" * 1000, '"' + "{" * 999, "\\" + "[" * 999):
        answer = await client.post("/todos/ann", json={"todo": todo, "more": [[], {}] * 7000})
        assert answer.json()["todo"] == todo


@given(text=JSON_TEXTS)
def test_only_what_is_nested_counts_as_depth(text: str) -> None:
    deepest = nested(text, DEEPEST - depth(json.loads(text)))
    assert strict_json(deepest.encode()) == json.loads(deepest)
    with pytest.raises(ValueError, match="nested"):
        strict_json(f"[{deepest}]".encode())


@pytest.mark.parametrize("era", ERAS)
async def test_arguments_as_deep_as_json_is_read_are_only_wrong(
    client: httpx.AsyncClient, era: Era
) -> None:
    for name in ("username", "todo", "revision"):
        # The message, its parameters and the arguments are three of the levels.
        answer = await post(client, tool_call("addTodo", deep_arguments(name, DEEPEST - 3), era))
        assert answer.json()["result"]["isError"] is True
        told = json.loads(answer.json()["result"]["content"][0]["text"])
        assert (told["status"], told["code"]) == (422, "invalid_request")
        for levels in (DEEPEST - 2, 100, 900):
            answer = await post(client, tool_call("addTodo", deep_arguments(name, levels), era))
            assert (answer.status_code, answer.json()) == (400, NOT_JSON)


def deep_arguments(name: str, levels: int) -> dict[str, Any]:
    """Arguments of addTodo, one of which has so many levels."""
    arguments: dict[str, Any] = {"username": "ann", "todo": "milk"}
    return {**arguments, name: json.loads(nested('{"x":1}', levels - 1))}
