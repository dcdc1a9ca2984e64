"""README.md is true: the page of the example plugin."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from .notes_plugin import README, Run

HTML = "text/html; charset=utf-8"


async def form_token(client: httpx.AsyncClient) -> str:
    """The token of the page's form; the client keeps the cookie."""
    (token,) = re.findall(r'name="form_token" value="(\w+)"', (await client.get("/mine")).text)
    return str(token)


def shown(page: httpx.Response) -> list[str]:
    assert (page.status_code, page.headers["Content-Type"]) == (200, HTML)
    return re.findall(r"<li>(.*?)</li>", page.text)


async def test_a_form_adds_a_note_and_leads_to_the_page_that_shows_it(
    notes: httpx.AsyncClient,
) -> None:
    fields = {"form_token": await form_token(notes), "text": "milk & <b>eggs</b>", "due": ""}
    added = await notes.post("/mine", data=fields)
    assert (added.status_code, added.headers["Location"]) == (303, "/mine")
    page = await notes.get("/mine")
    assert shown(page) == ["milk &amp; &lt;b&gt;eggs&lt;/b&gt;"]
    (note,) = (await notes.get("/notes")).json()["notes"]
    assert note == {"number": 1, "text": "milk & <b>eggs</b>", "due": None}
    kept = await notes.get("/mine", headers={"If-None-Match": page.headers["ETag"]})
    assert (kept.status_code, kept.content) == (304, b"")


@pytest.fixture(name="client")
async def fixture_client(run_notes: Run) -> AsyncIterator[httpx.AsyncClient]:
    async with run_notes() as client:
        yield client


@pytest.mark.parametrize(
    ("headers", "fields", "status", "told"),
    [
        ({"Origin": "https://evil.example"}, {}, 403, "Another site sent this"),
        ({"Sec-Fetch-Site": "cross-site"}, {}, 403, "Another site sent this"),
        ({}, {"form_token": "made up"}, 403, "This form does not belong to the page"),
        ({}, {"due": "soon"}, 422, "due: Must be a date such as 2030-01-31"),
        ({}, {"text": ""}, 422, "text: Must not be empty"),
    ],
)
async def test_what_fails_is_shown_as_a_page(
    client: httpx.AsyncClient,
    headers: dict[str, str],
    fields: dict[str, str],
    status: int,
    told: str,
) -> None:
    sent = {"form_token": await form_token(client), "text": "milk", **fields}
    refused = await client.post("/mine", data=sent, headers=headers)
    assert (refused.status_code, refused.headers["Content-Type"]) == (status, HTML)
    assert told in refused.text
    assert (await client.get("/notes")).json() == {"notes": []}


async def test_where_nobody_is_signed_in_there_are_no_notes(run_notes: Run) -> None:
    async with run_notes(auth="user_http") as client:
        page = await client.get("/mine")
        assert (page.status_code, page.headers["Content-Type"]) == (404, HTML)
        assert "Notes are shown here to a person who is signed in." in page.text


async def test_turned_off_there_are_no_pages(run_notes: Run) -> None:
    told = re.search(r"`PLUGIN_PAGE=off` turns it off, and with it .*?\((.*?)\)", README, re.DOTALL)
    assert told
    paths = ["/", "/mine", *re.findall(r"`(/.*?)`", told[1])]
    assert len(paths) == 5
    async with run_notes() as client:
        assert {(await client.get(path)).status_code for path in paths} == {200}
    async with run_notes(page="off") as client:
        assert {(await client.get(path)).status_code for path in paths} == {404}
