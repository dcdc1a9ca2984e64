"""Documents are kept, found by questions, read and deleted, on each database."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.embeddings import is_installed
from app.measure import measured

Running = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
OURS = {"title": "Opening hours", "url": "https://a.example/hours", "source": "handbook"}
HOURS = {
    "id": "hours",
    "text": "The shop is open from 8 to 6.",
    "metadata": {**OURS, "author": "Ann", "created_at": "2026-05-01"},
}
PRICES = {
    "id": "prices",
    "text": "A bicycle costs 15 a day, in the shop and online.",
    "metadata": {"title": "Prices", "url": "", "source": "web", "created_at": "2026-07-01"},
}
ONLY_TEXT = {"text": "Dogs ride in the box."}


async def keep(client: httpx.AsyncClient, *documents: dict[str, Any]) -> list[str]:
    answer = (await client.post("/upsert", json={"documents": documents})).raise_for_status()
    ids: list[str] = answer.json()["ids"]
    return ids


async def ask(client: httpx.AsyncClient, *queries: dict[str, Any]) -> list[list[str]]:
    """The ids of what was found for each query."""
    answer = (await client.post("/query", json={"queries": queries})).raise_for_status()
    return [[each["id"] for each in result["results"]] for result in answer.json()["results"]]


async def test_what_is_kept_is_found_with_all_that_is_known(client: httpx.AsyncClient) -> None:
    (made_up,) = await keep(client, ONLY_TEXT)
    assert await keep(client, HOURS, PRICES) == ["hours", "prices"]
    asked = {"queries": [{"query": "When does the shop open?", "top_k": 1}, {"query": "a dog"}]}
    shop, dog = (await client.post("/query", json=asked)).json()["results"]
    (found,) = shop["results"]
    assert found.pop("score") > 0
    assert (shop["query"], found) == ("When does the shop open?", HOURS)
    assert [each["id"] for each in dog["results"]] == [made_up]
    unknown = {"title": "", "url": "", "source": None, "author": None, "created_at": None}
    assert dog["results"][0]["metadata"] == unknown


async def test_a_document_without_an_id_that_is_sent_again_is_kept_once(
    client: httpx.AsyncClient,
) -> None:
    assert await keep(client, ONLY_TEXT) == await keep(client, ONLY_TEXT)
    assert len((await ask(client, {"query": "dogs"}))[0]) == 1


async def test_a_document_takes_the_place_of_one_with_its_id(client: httpx.AsyncClient) -> None:
    await keep(client, HOURS)
    await keep(client, {"id": "hours", "text": "Closed for ever."})
    assert await ask(client, {"query": "shop"}, {"query": "closed"}) == [[], ["hours"]]
    assert (await client.get("/documents/hours")).json() == {
        "id": "hours",
        "title": "",
        "text": "Closed for ever.",
        "url": "",
        "metadata": {},
    }


FILTERS: dict[str, tuple[dict[str, str], list[str]]] = {
    "a source": ({"source": "web"}, ["prices"]),
    "an author": ({"author": "Ann"}, ["hours"]),
    "after": ({"created_after": "2026-06-01"}, ["prices"]),
    "before": ({"created_before": "2026-06-01"}, ["hours"]),
    "two that no document has": ({"source": "web", "author": "Ann"}, []),
    "nobody's words": ({"source": "' OR 1=1 --"}, []),
}


@pytest.mark.parametrize("about", FILTERS)
async def test_a_filter_leaves_out_the_others(client: httpx.AsyncClient, about: str) -> None:
    await keep(client, HOURS, PRICES)
    wanted, found = FILTERS[about]
    assert await ask(client, {"query": "the shop", "filter": wanted}) == [found]


@pytest.mark.parametrize(
    "question",
    ['"', "shop AND", "NEAR(", "shop*", "title:shop", "-shop", "(", "'", "\\", "who are you", "?!"],
)
async def test_a_question_is_words_and_no_language(
    client: httpx.AsyncClient, question: str
) -> None:
    await keep(client, HOURS)
    assert await ask(client, {"query": question}) == [["hours"] if "shop" in question else []]


async def test_an_answer_has_so_many_documents_and_no_more(client: httpx.AsyncClient) -> None:
    await keep(client, *({"id": f"d{number}", "text": "milk"} for number in range(12)))
    assert await ask(client, {"query": "milk"}) == [["d0", "d1", "d10"]]
    assert [len(ids) for ids in await ask(client, *[{"query": "milk", "top_k": 10}] * 2)] == [
        10,
        10,
    ]
    too_many = await client.post("/query", json={"queries": [{"query": "milk", "top_k": 7}] * 3})
    assert too_many.status_code == 422
    assert "Ask for at most 20 documents in all: lower top_k" in too_many.json()["detail"]
    searched = (await client.get("/search?query=milk")).json()["results"]
    assert len(searched) == 10


async def test_documents_are_deleted_by_id_by_source_or_all(client: httpx.AsyncClient) -> None:
    await keep(client, HOURS, PRICES, ONLY_TEXT)
    for named, deleted in (
        ({"ids": ["hours", "none"]}, 1),
        ({"source": "web"}, 1),
        ({"delete_all": True}, 1),
        ({"delete_all": True}, 0),
    ):
        answer = await client.request("DELETE", "/delete", json=named)
        assert (answer.status_code, answer.json()) == (200, {"deleted": deleted})
    assert await ask(client, {"query": "shop or dog"}) == [[]]
    await keep(client, HOURS, PRICES)
    assert (await client.delete("/delete?ids=hours&ids=prices")).json() == {"deleted": 2}
    for unclear in ("", "?delete_all=false", "?source=web&delete_all=true"):
        assert (await client.delete(f"/delete{unclear}")).status_code == 422


async def test_search_and_fetch_are_the_tools_that_hosts_look_for(
    client: httpx.AsyncClient,
) -> None:
    await keep(client, HOURS)

    async def call(name: str, arguments: dict[str, str]) -> Any:
        params = {"name": name, "arguments": arguments}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        result = (await client.post("/mcp", json=message)).json()["result"]
        (content,) = result["content"]
        told = json.loads(content["text"])
        assert result.get("structuredContent", told) == told
        return told

    named = {"id": "hours", "title": OURS["title"], "url": OURS["url"]}
    assert await call("search", {"query": "opening"}) == {"results": [named]}
    metadata = {"source": "handbook", "author": "Ann", "created_at": "2026-05-01"}
    read = {**named, "text": HOURS["text"], "metadata": metadata}
    assert await call("fetch", {"id": "hours"}) == read
    assert (await call("fetch", {"id": "none"}))["code"] == "not_found"


async def test_the_right_document_is_among_the_first_three(
    client: httpx.AsyncClient, database_url: str
) -> None:
    figures = await measured(client)
    assert figures.among >= 0.9 * figures.questions, figures
    database = "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"
    told = f"| {database}, words | {figures.first} of 40 | {figures.among} of 40 |"
    assert told in (Path(__file__).parent.parent / "README.md").read_text()


@pytest.mark.skipif(not is_installed(), reason="the extra `embeddings` is not installed")
@pytest.mark.filterwarnings("default")  # those of the model's own libraries
async def test_with_meaning_it_is_more_often(database_url: str, running: Running) -> None:
    async with running(database_url, embeddings=True) as client:
        by_meaning = await measured(client)
    assert by_meaning.among >= 0.95 * by_meaning.questions, by_meaning


@pytest.mark.skipif(is_installed(), reason="the extra `embeddings` is installed")
async def test_without_the_extra_meaning_cannot_be_asked_for(running: Running) -> None:
    with pytest.raises(ValueError, match="the extra `embeddings` is not installed"):
        async with running("sqlite:///unused.db", embeddings=True):
            pass
