"""README.md is true: states, changes that are meant for one, long bodies, and who calls."""

import asyncio
from pathlib import Path

import httpx
import pytest

import plugin_server
from plugin_server.testing.fixtures import TOKEN

from .notes_plugin import Run, command, problem


async def test_an_answer_with_a_state_is_not_sent_again(notes: httpx.AsyncClient) -> None:
    first = await notes.get("/boards/me")
    assert first.json() == {"text": "", "revision": 0}
    tag = plugin_server.state_tag("me", 0, first.content)
    assert first.headers["ETag"] == f'"{tag}"'
    again = await notes.get("/boards/me", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert plugin_server.json_bytes(first.json()) == first.content


async def test_a_change_is_for_the_state_that_was_seen(notes: httpx.AsyncClient) -> None:
    url = "/boards/me"
    unsaid = await notes.put(url, json={"text": "a"})
    sentence = "Get the board, and send its revision with the change."
    assert problem(unsaid) == (428, "precondition_required", sentence)
    written = await notes.put(url, json={"text": "a", "revision": 0})
    assert written.json() == {"text": "a", "revision": 1}
    tag = (await notes.get(url)).headers["ETag"]
    by_tag = await notes.put(url, json={"text": "b"}, headers={"If-Match": tag})
    assert by_tag.json() == {"text": "b", "revision": 2}
    by_number = await notes.put(url, json={"text": "c"}, headers={"If-Match": '"2"'})
    assert by_number.json() == {"text": "c", "revision": 3}
    stale = await notes.put(url, json={"text": "d", "revision": 2})
    changed = "The board has changed since: look at it, then repeat the change if you want it."
    assert problem(stale) == (409, "stale_revision", changed)
    assert (stale.json()["text"], stale.json()["revision"]) == ("c", 3)
    failed = await notes.put(url, json={"text": "d"}, headers={"If-Match": tag})
    assert problem(failed) == (412, "stale_revision", changed)


async def test_a_body_or_a_query_and_both_where_they_agree(notes: httpx.AsyncClient) -> None:
    url = "/boards/me"
    await notes.put(url, json={"text": "a", "revision": 0})
    by_query = await notes.delete(f"{url}?revision=1")
    assert by_query.json() == {"text": "", "revision": 2}
    by_both = await notes.request("DELETE", f"{url}?revision=2", json={"revision": 2})
    assert by_both.json() == {"text": "", "revision": 3}
    differing = await notes.request("DELETE", f"{url}?revision=3", json={"revision": 2})
    sentence = "Body and query do not agree. Nothing was done."
    assert problem(differing) == (409, "contradiction", sentence)


@pytest.mark.parametrize(
    ("method", "url", "length", "limit", "settings"),
    [
        ("POST", "/notes", 65_537, 65_536, {}),
        ("POST", "/notes", 2_000_001, 2_000_000, {"max_body": 2_000_000}),
        ("PUT", "/boards/me", 3_000_001, 3_000_000, {}),
        ("PUT", "/boards/me", 3_000_001, 3_000_000, {"max_body": 4_000_000}),
    ],
)
async def test_a_body_that_is_too_long_is_refused(
    run_notes: Run, method: str, url: str, length: int, limit: int, settings: dict[str, int]
) -> None:
    async with run_notes(**settings) as client:
        headers = {"Content-Type": "application/json"}
        body = b'{"text":"a"' + b" " * (length - 12) + b"}"
        answer = await client.request(method, url, content=body, headers=headers)
        refusal = f"The body is longer than {limit} bytes."
        assert problem(answer) == (413, "body_too_large", refusal)
        at_most = body[: -(length - limit + 1)] + b"}"
        whole = await client.request(method, url, content=at_most, headers=headers)
        assert whole.status_code in (201, 428)


async def test_a_body_above_a_mebibyte_arrives_whole(run_notes: Run) -> None:
    text = "é" * 999_999 + "!"
    async with run_notes() as client:
        body = plugin_server.json_bytes({"text": text, "revision": 0})
        assert len(body) > 1_999_999
        headers = {"Content-Type": "application/json"}
        written = await client.put("/boards/me", content=body, headers=headers)
        assert written.status_code == 200
        assert (await client.get("/boards/me")).json() == {"text": text, "revision": 1}


async def test_without_a_person_the_path_names_whose_it_is(run_notes: Run) -> None:
    async with run_notes(auth="none") as client:
        await client.put("/boards/ann", json={"text": "hers", "revision": 0})
        assert (await client.get("/boards/ann")).json()["text"] == "hers"
        assert (await client.get("/boards/me")).json()["text"] == ""
        assert (await client.get("/me")).json() == {"name": "me"}


async def test_a_trusted_host_names_whose_it_is(run_notes: Run) -> None:
    async with run_notes(auth="service_http", service_tokens=[TOKEN]) as client:
        refused = await client.get("/notes")
        assert problem(refused)[:2] == (401, "unauthorized")
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        await client.put("/boards/ann", json={"text": "hers", "revision": 0})
        assert (await client.get("/boards/ann")).json()["text"] == "hers"
        await client.post("/notes", json={"text": "everybody's"})
        assert len((await client.get("/notes")).json()["notes"]) == 1
        assert (await client.get("/me")).json() == {"name": "me"}


async def test_a_person_has_what_is_theirs(
    notes_folder: Path, run_notes: Run, database_url: str
) -> None:
    tokens = {}
    async with run_notes(auth="user_http") as client:
        for name in ("ann", "bob", "guest"):
            made = await asyncio.to_thread(
                command, notes_folder, "token", "add", name, PLUGIN_DATABASE_URL=database_url
            )
            assert (made[0], made[2]) == (0, "")
            tokens[name] = {"Authorization": f"Bearer {made[1].strip()}"}
        ann, bob, guest = tokens.values()
        assert problem(await client.get("/notes"))[:2] == (401, "unauthorized")
        await client.post("/notes", json={"text": "hers"}, headers=ann)
        assert len((await client.get("/notes", headers=ann)).json()["notes"]) == 1
        assert (await client.get("/notes", headers=bob)).json() == {"notes": []}
        body = {"text": "hers", "revision": 0}
        assert (await client.put("/boards/me", json=body, headers=ann)).status_code == 200
        assert (await client.get("/boards/ann", headers=ann)).json()["text"] == "hers"
        assert (await client.get("/me", headers=ann)).json() == {"name": "ann"}
        foreign = await client.get("/boards/ann", headers=bob)
        sentence = "Your token is for yourself: use the username me."
        assert problem(foreign) == (403, "forbidden", sentence)
        refused = await client.post("/notes", json={"text": "mine"}, headers=guest)
        assert problem(refused) == (403, "forbidden", "A guest reads, and writes nothing.")
    forgotten = command(notes_folder, "forget", "ann", PLUGIN_DATABASE_URL=database_url)
    assert forgotten == (
        0,
        "deleted: notes 1, boards 1, tokens 1, grants 0, sessions 0, people 0\n",
        "",
    )
