"""The forms that try an operation: the call, the same as a command, and the answer."""

import json

import httpx
import pytest

from tests.answers import EMPTY
from tests.front_door import front_door

from .front_page import copied, send
from .test_auth import issued


async def test_an_operation_is_tried_and_shown_as_a_command_that_does_the_same(
    client: httpx.AsyncClient,
) -> None:
    fields = {"argument:username": "ann", "argument:todo": 'it\'s "<b>milk</b>" $HOME'}
    answer = await send(client, "/try/addTodo", **fields)
    assert answer.status_code == 200
    assert 'Answer: <span class="good">200</span>' in answer.text
    assert copied(answer.text, "curl-addTodo") == (
        "curl http://localhost:5002/todos/ann \\\n  -H 'Content-Type: application/json' \\\n"
        '  -d \'{"todo":"it\'"\'"\'s \\"<b>milk</b>\\" $HOME"}\''
    )
    assert (await client.get("/todos/ann")).json()["todos"] == ['it\'s "<b>milk</b>" $HOME']
    # The form still has what was written into it.
    assert 'value="it&#39;s &#34;&lt;b&gt;milk&lt;/b&gt;&#34; $HOME"' in answer.text


@pytest.mark.parametrize(
    ("name", "fields", "told", "detail"),
    [
        ("getTodos", {}, 400, "username is missing."),
        ("addTodo", {"username": "ann"}, 422, "todo: Must not be empty"),
        (
            "addTodo",
            {"username": "ann", "todo": "x", "revision": "7"},
            409,
            "The list has changed since that revision",
        ),
        (
            "addTodo",
            {"username": "ann", "todo": "x", "revision": "seven"},
            422,
            "revision: Must be a whole number",
        ),
        ("deleteTodo", {"username": "ann", "todo_idx": "3"}, 404, "no todo with that"),
    ],
)
async def test_a_refusal_is_shown_as_it_is(
    sqlite_url: str, name: str, fields: dict[str, str], told: int, detail: str
) -> None:
    async with front_door(sqlite_url) as client:
        answer = await send(
            client, f"/try/{name}", **{f"argument:{each}": text for each, text in fields.items()}
        )
        assert answer.status_code == 200
        assert f'<span class="bad">{told}</span>' in answer.text
        assert detail in answer.text


async def test_a_token_goes_into_one_request_and_is_kept_nowhere(database_url: str) -> None:
    async with front_door(database_url, auth="user_http") as client:
        hers = await issued(database_url, "ann")
        fields = {"argument:username": "me", "argument:todo": "milk", "token": f" {hers}\n"}
        answer = await send(client, "/try/addTodo", **fields)
        assert ">200</span>" in answer.text
        assert hers not in answer.text
        assert '-H "Authorization: Bearer $TOKEN"' in copied(answer.text, "curl-addTodo")
        assert hers not in json.dumps([*client.cookies.items()])
        without = await send(client, "/try/getTodos", **{"argument:username": "me"})
        assert ">401</span>" in without.text
        for wrong in ("nobody's", "a\r\nX-Forwarded-For: 192.0.2.1", "é", "\0"):
            again = await send(
                client, "/try/getTodos", **{"argument:username": "me", "token": wrong}
            )
            assert ">401</span>" in again.text, wrong


async def test_no_operation_but_those_of_the_contract_is_tried(sqlite_url: str) -> None:
    async with front_door(sqlite_url) as client:
        assert (await send(client, "/try/dropTodos")).status_code == 404
        assert (await client.get("/try/dropTodos")).status_code == 404
        assert (await client.get("/todos/ann")).json() == EMPTY
