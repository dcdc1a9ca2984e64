"""The query of a request, alone and beside a body: what is ambiguous is refused."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.answers import a_list, invalid, problem
from tests.front_door import SHARED, front_door

URL = "/todos/ann"
LIST = a_list(["milk"], 1)
NO_NUMBER = "Must be a whole number"
NEGATIVE = "Must be 0 or more"
TOO_BIG = "Must be 9007199254740991 or less"
MISSING = problem(400, "missing_parameter", "todo_idx is missing.")
REPEATED = problem(400, "repeated_parameter", "The query parameter todo_idx is repeated.")
CONTRADICTION = problem(409, "contradiction", "Body and query do not agree. Nothing was done.")


def of_revision(told: dict[str, Any]) -> dict[str, Any]:
    return told | {"detail": told["detail"].replace("todo_idx", "revision")}


@pytest_asyncio.fixture(name="door", scope="module", loop_scope="module")
async def shared_door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """The front door, behind which ann's list holds milk; tests share it and change nothing."""
    folder = tmp_path_factory.mktemp("queries")
    async with front_door(f"sqlite:///{folder}/todo-plugin.db") as client:
        await client.post(URL, json={"todo": "milk"})
        yield client


async def test_delete_takes_body_query_or_both_that_agree(client: httpx.AsyncClient) -> None:
    index, both = "?todo_idx=0", "?todo_idx=0&revision=1"
    bodies: list[Any] = [{"todo_idx": 0}, {"todo_idx": 0.0, "revision": 1.0, "username": "bob"}]
    forms = [(sent, query) for sent in bodies for query in ("", "?revision=1", index, both)]
    forms += [(sent, query) for sent in (None, {}, {"revision": 1}) for query in (index, both)]
    for number, (body, query) in enumerate(forms):
        await client.post(f"/todos/{number}", json={"todo": "milk"})
        answer = await client.request("DELETE", f"/todos/{number}{query}", json=body)
        assert answer.json() == {"todo": "milk", "revision": 2}, (body, query)


@pytest.mark.parametrize(
    ("query", "body", "expected"),
    [
        ("", None, MISSING),
        ("?revision=1", {}, MISSING),
        ("", {"revision": 1}, MISSING),
        ("?todo_idx=1", {"todo_idx": 0}, CONTRADICTION),
        ("?todo_idx=0&revision=1", {"revision": 2}, CONTRADICTION),
        ("?todo_idx=1", {"todo_idx": "0"}, CONTRADICTION),
        ("?todo_idx=0&revision=1", {"revision": "2"}, CONTRADICTION),
        ("?todo_idx=0", {"todo_idx": None}, invalid(todo_idx=NO_NUMBER)),
        ("?todo_idx=1", {"todo_idx": True}, invalid(todo_idx=NO_NUMBER)),
        ("?todo_idx=9007199254740992", None, invalid(todo_idx=TOO_BIG)),
        ("?todo_idx=0&todo_idx=0", None, REPEATED),
        ("?todo_idx=0&revision=1&revision=1", {"todo_idx": 0}, of_revision(REPEATED)),
        ("?todo_idx=-1", None, invalid(todo_idx=NEGATIVE)),
        *(
            (f"?todo_idx={text}", None, invalid(todo_idx=NO_NUMBER))
            for text in ("", "x", "+0", "0.0", "true", "%ff", "%D9%A0", "0x0", "0%00")
        ),
        ("?todo_idx=0&revision=", None, invalid(revision=NO_NUMBER)),
        ("?todo_idx=x&revision=-1", None, invalid(todo_idx=NO_NUMBER, revision=NEGATIVE)),
        ("?todo_idx=" + "9" * 101, None, invalid(todo_idx=NO_NUMBER)),
    ],
)
@SHARED
async def test_delete_refuses_what_is_ambiguous(
    door: httpx.AsyncClient, query: str, body: object, expected: dict[str, Any]
) -> None:
    answer = await door.request("DELETE", URL + query, json=body)
    assert (answer.status_code, answer.json()) == (expected["status"], expected)
    assert (await door.get(URL)).json() == LIST
