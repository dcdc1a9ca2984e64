"""The three operations, as the contract tells them."""

import asyncio

import httpx

from plugin_server.storage import Connection, connect

from .answers import a_list, stale

URL = "/todos/ann"


async def test_a_list_never_written_to_is_empty(client: httpx.AsyncClient) -> None:
    answer = await client.get(URL)
    assert (answer.status_code, answer.json()) == (200, a_list([], 0))
    assert answer.headers["Content-Type"] == "application/json"


async def test_todos_are_added_at_the_end_and_deleted_by_index(client: httpx.AsyncClient) -> None:
    for index, todo in enumerate(["milk", "äpfel 🍏\n\t2 kg", "bread"]):
        added = await client.post(URL, json={"todo": todo})
        assert (added.status_code, added.json()) == (
            200,
            {"todo": todo, "todo_idx": index, "revision": index + 1},
        )
    deleted = await client.request("DELETE", URL, json={"todo_idx": 1})
    assert (deleted.status_code, deleted.json()) == (
        200,
        {"todo": "äpfel 🍏\n\t2 kg", "revision": 4},
    )
    assert (await client.get(URL)).json() == a_list(["milk", "bread"], 4)


async def test_lists_do_not_see_each_other(client: httpx.AsyncClient) -> None:
    await client.post("/todos/ann", json={"todo": "hers"})
    await client.post("/todos/Ann", json={"todo": "another's"})
    assert (await client.get("/todos/ann")).json() == a_list(["hers"], 1)


async def test_a_stale_revision_changes_nothing_and_shows_the_list(
    client: httpx.AsyncClient,
) -> None:
    await client.post(URL, json={"todo": "milk"})
    await client.post(URL, json={"todo": "bread", "revision": 1})
    expected = stale(409, ["milk", "bread"], 2)
    again = await client.post(URL, json={"todo": "bread", "revision": 1})
    assert (again.status_code, again.json()) == (409, expected)
    early = await client.request("DELETE", URL, json={"todo_idx": 0, "revision": 3})
    assert (early.status_code, early.json()) == (409, expected)
    assert (await client.get(URL)).json() == a_list(["milk", "bread"], 2)


async def test_deleting_what_is_not_there_is_404(client: httpx.AsyncClient) -> None:
    await client.post(URL, json={"todo": "milk"})
    answer = await client.request("DELETE", URL, json={"todo_idx": 1})
    assert (answer.status_code, answer.json()) == (
        404,
        {
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "There is no todo with that index: the list has 1, counted from 0."
            " Nothing was deleted.",
            "code": "todo_not_found",
            "revision": 1,
        },
    )
    unknown = await client.request("DELETE", "/todos/nobody", json={"todo_idx": 0})
    assert (unknown.status_code, unknown.json()["revision"]) == (404, 0)
    assert (await client.get("/todos/nobody")).json() == a_list([], 0)
    assert (await client.get(URL)).json() == a_list(["milk"], 1)


async def test_ten_identical_deletes_delete_one_todo(client: httpx.AsyncClient) -> None:
    for todo in ("milk", "bread", "eggs"):
        await client.post(URL, json={"todo": todo})
    answers = await asyncio.gather(
        *(client.request("DELETE", URL, json={"todo_idx": 0, "revision": 3}) for _ in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    assert (await client.get(URL)).json() == a_list(["bread", "eggs"], 4)


async def test_parallel_adds_to_one_list_are_all_kept(client: httpx.AsyncClient) -> None:
    texts = [f"todo {number}" for number in range(60)]
    answers = await asyncio.gather(*(client.post(URL, json={"todo": text}) for text in texts))
    assert {answer.status_code for answer in answers} == {200}
    listed = (await client.get(URL)).json()
    assert (sorted(listed["todos"]), listed["revision"]) == (sorted(texts), 60)
    for answer in answers:
        added = answer.json()
        assert listed["todos"][added["todo_idx"]] == added["todo"]


async def test_no_answer_reaches_100_000_characters(client: httpx.AsyncClient) -> None:
    widest = '"' * 1000  # Each is two characters of JSON.
    for number in range(49):
        added = await client.post(URL, json={"todo": widest})
        assert added.status_code == 200, number
    full = await client.post(URL, json={"todo": widest})
    assert (full.status_code, full.json()) == (
        409,
        {
            "type": "about:blank",
            "title": "Conflict",
            "status": 409,
            "detail": "The list is full, and nothing was added. Delete a todo first.",
            "code": "list_full",
        },
    )
    filler = "ä" * (99_000 - 49 * 2003 - 3)
    assert (await client.post(URL, json={"todo": filler + "ä"})).status_code == 409
    assert (await client.post(URL, json={"todo": filler})).status_code == 200
    assert len((await client.get(URL)).text) < 100_000
    worst = await client.post(URL, json={"todo": "x", "revision": 0})
    assert (worst.status_code, worst.json()["code"]) == (409, "stale_revision")
    assert len(worst.text) < 100_000
    await client.request("DELETE", URL, json={"todo_idx": 0})
    assert (await client.post(URL, json={"todo": widest})).status_code == 200


async def test_nor_does_an_answer_of_as_many_todos_as_fit(
    client: httpx.AsyncClient, database_url: str
) -> None:
    def fill(connection: Connection) -> None:
        todos = ",".join(f"('ann',{number},'x')" for number in range(1, 24_751))
        connection.execute("INSERT INTO lists VALUES ('ann', 24750, 24750, 99000)")
        connection.execute(f"INSERT INTO todos VALUES {todos}")  # noqa: S608 - made here

    database = connect(database_url, guest=True)
    await database.write(fill)
    database.close()
    for answer, status in (
        (await client.get(URL), 200),
        (await client.post(URL, json={"todo": "x"}), 409),
        (await client.request("DELETE", URL, json={"todo_idx": 0, "revision": 1}), 409),
    ):
        assert (answer.status_code, len(answer.text) < 100_000) == (status, True)
