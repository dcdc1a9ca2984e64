"""README.md is true: its examples are a plugin, which is run here. What callers send and get."""

import re
from importlib import import_module
from typing import Any, cast

import httpx
import pytest

import plugin_server

from .notes_plugin import README, Run, problem

REFUSED = "The request breaks the contract: "


@pytest.mark.parametrize("name", plugin_server.__all__)
def test_each_public_name_stands_in_an_example_or_is_explained(name: str) -> None:
    examples = "".join(re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE))
    assert re.search(rf"\b{name}\b", examples), name
    assert getattr(plugin_server, name)


async def test_a_note_is_added_listed_changed_and_deleted(notes: httpx.AsyncClient) -> None:
    added = await notes.post("/notes", json={"text": "milk", "due": "2030-01-31"})
    note = {"number": 1, "text": "milk", "due": "2030-01-31"}
    assert (added.status_code, added.json()) == (201, note)
    assert added.headers["Location"] == "/notes/1"
    assert (await notes.get("/notes")).json() == {"notes": [note]}
    changed = await notes.patch("/notes/1", json={"text": "eggs"})
    assert (changed.status_code, changed.json()) == (200, note | {"text": "eggs"})
    deleted = await notes.delete("/notes/1")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert "Content-Type" not in deleted.headers
    gone = (404, "note_not_found", "There is no note with that number.")
    assert problem(await notes.delete("/notes/1")) == gone
    assert problem(await notes.patch("/notes/1", json={"text": "eggs"})) == gone


async def test_what_was_made_is_named_below_the_public_path(run_notes: Run) -> None:
    async with run_notes(public_url="https://example.org/my/notes-app") as client:
        for prefix in ("", "/my/notes-app"):
            added = await client.post(f"{prefix}/notes", json={"text": "milk"})
            place = f"/my/notes-app/notes/{added.json()['number']}"
            assert (added.status_code, added.headers["Location"]) == (201, place)
            assert (await client.patch(place, json={"text": "eggs"})).status_code == 200


async def test_null_takes_the_date_away_and_left_out_leaves_it(notes: httpx.AsyncClient) -> None:
    await notes.post("/notes", json={"text": "milk", "due": "2030-01-31"})
    kept = await notes.patch("/notes/1", json={"text": "eggs"})
    assert kept.json() == {"number": 1, "text": "eggs", "due": "2030-01-31"}
    taken = await notes.patch("/notes/1", json={"due": None})
    assert taken.json() == {"number": 1, "text": "eggs", "due": None}


NO_TEXT = "Must be a text"
CHANGE = "Name what to change: text, due, or both"
NOT_UNDERSTOOD = {
    "null for what must be there": ("POST", {"text": None}, "#/text", NO_TEXT),
    "null for all that may be left out": ("PATCH", {"text": None}, "#", CHANGE),
    "a number for a text": ("POST", {"text": 7}, "#/text", NO_TEXT),
    "a value of the whole": ("PATCH", {}, "#", CHANGE),
    "unknown names alone": ("PATCH", {"number": 1}, "#", CHANGE),
}


@pytest.mark.parametrize("about", NOT_UNDERSTOOD)
async def test_what_is_wrong_is_named(notes: httpx.AsyncClient, about: str) -> None:
    method, body, pointer, detail = NOT_UNDERSTOOD[about]
    answer = await notes.request(method, "/notes" if method == "POST" else "/notes/1", json=body)
    field = "" if pointer == "#" else f"{pointer.removeprefix('#/')}: "
    assert problem(answer) == (422, "invalid_request", f"{REFUSED}{field}{detail}.")
    assert answer.json()["errors"] == [{"detail": detail, "pointer": pointer}]


async def test_null_means_left_out_and_digits_are_an_integer(notes: httpx.AsyncClient) -> None:
    added = await notes.post("/notes", json={"text": "7", "due": None})
    assert added.json() == {"number": 1, "text": "7", "due": None}
    changed = await notes.patch("/notes/1", json={"text": None, "due": "2030-01-31"})
    assert changed.json() == {"number": 1, "text": "7", "due": "2030-01-31"}
    for revision in ("0", "1"):
        written = await notes.put("/boards/ann", json={"text": "a", "revision": revision})
        assert written.status_code == 200
    cleared = await notes.request("DELETE", "/boards/ann?revision=2", json={"revision": None})
    assert cleared.json() == {"text": "", "revision": 3}


async def test_names_that_the_model_does_not_know_are_ignored(notes: httpx.AsyncClient) -> None:
    added = await notes.post("/notes", json={"text": "milk", "username": "ann"})
    assert added.json() == {"number": 1, "text": "milk", "due": None}


async def test_the_query_has_numbers_and_lists(notes: httpx.AsyncClient) -> None:
    for text in ("milk", "milk and eggs", "eggs, milk", "bread"):
        await notes.post("/notes", json={"text": text})

    async def numbers(query: str) -> list[int]:
        answer = await notes.get(f"/notes?{query}")
        return [note["number"] for note in answer.json()["notes"]]

    assert await numbers("words=milk&words=eggs") == [2, 3]
    assert await numbers("words=milk") == [1, 2, 3]
    assert await numbers("after=1&limit=2") == [2, 3]
    assert await numbers("after=1&limit=2&words=bread") == [4]
    assert await numbers("words=%25") == []


BAD_QUERIES = {
    "limit=ten": (422, "invalid_request", f"{REFUSED}limit: Must be a whole number."),
    "limit=1&limit=2": (400, "repeated_parameter", "The query parameter limit is repeated."),
    "after=": (422, "invalid_request", f"{REFUSED}after: Must be a whole number."),
    "limit=101": (422, "invalid_request", f"{REFUSED}limit: Must be 100 or less."),
    "words=milk&words=": (422, "invalid_request", f"{REFUSED}words/1: Must not be empty."),
    "&".join(["words=x"] * 9): (400, "too_many_words", "Look for at most eight words."),
}


@pytest.mark.parametrize("query", BAD_QUERIES)
async def test_a_query_that_is_wrong_is_refused(notes: httpx.AsyncClient, query: str) -> None:
    assert problem(await notes.get(f"/notes?{query}")) == BAD_QUERIES[query]


@pytest.mark.parametrize(
    ("due", "refusal"),
    [
        ("2101-01-01", (422, "invalid_request", "No note is due that late.")),
        (
            "31 January",
            (422, "invalid_request", f"{REFUSED}due: Must be a date such as 2030-01-31."),
        ),
    ],
)
async def test_a_date_is_a_text(
    notes: httpx.AsyncClient, due: str, refusal: tuple[int, str, str]
) -> None:
    answer = await notes.post("/notes", json={"text": "milk", "due": due})
    assert problem(answer) == refusal
    assert [each["pointer"] for each in answer.json()["errors"]] == ["#/due"]


async def test_a_problem_in_an_operation_undoes_it(notes: httpx.AsyncClient) -> None:
    rules, store = import_module("notes.rules"), import_module("notes.store")

    def fill(connection: plugin_server.Connection) -> None:
        for number in range(1000):
            connection.execute(
                "INSERT INTO notes (owner, number, text) VALUES ('me', :number, 'x')",
                {"number": number},
            )

    def add_too_many(connection: plugin_server.Connection) -> None:
        store.insert_note(connection, "me", "one too many", None)
        rules.check_room(connection, "me")

    app = cast(Any, notes)._transport.app
    database: plugin_server.Database = app.extensions["database"]
    await database.write(fill)
    with pytest.raises(plugin_server.Conflict):
        await database.write(add_too_many)
    assert await database.read(store.count_notes, "me") == 1000
    full = (409, "too_many_notes", "There are 1000 notes: delete one first.")
    assert problem(await notes.post("/notes", json={"text": "milk"})) == full


async def test_what_cannot_be_kept_is_refused(notes: httpx.AsyncClient) -> None:
    refusal = f"{REFUSED}text: Must match ^[^\\x00]+$."
    answer = await notes.post("/notes", json={"text": "a\0b"})
    assert problem(answer) == (422, "invalid_request", refusal)
    assert (await notes.get("/notes?words=a%00b")).status_code == 422


@pytest.mark.parametrize("number", ["9" * 17, "9" * 25, "9" * 5000, "1e3", "-1", "x", "٣"])
async def test_a_number_in_a_path_is_one_that_the_database_keeps(
    notes: httpx.AsyncClient, number: str
) -> None:
    assert problem(await notes.delete(f"/notes/{number}"))[:2] == (404, "not_found")
    found = await notes.delete("/notes/9007199254740991")
    assert problem(found)[:2] == (404, "note_not_found")
