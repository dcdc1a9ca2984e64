"""What a host tells of a conversation reaches a plugin's own code, and nothing else."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.main import create_app
from plugin_server import Conversation, conversation
from plugin_server.settings import Settings
from tests.answers import a_list
from tests.front_door import TOKEN, served
from tests.running import running_server

from .mcp_messages import ERAS, Era, result, succeeded, tool_call

URL = "/todos/ann"
ID = "6b3c7b0e-24f8-4c5a-9d63-0f3f1a2b4c5d"
HEADERS = {
    "openai-conversation-id": ID,
    "openai-ephemeral-user-id": "e5a9b0c1-0d5f",
    "openai-subdivision-1-iso-code": "US-CA",
}
PLACE: dict[str, str | float] = {
    "city": "Z\u00fcrich",
    "region": "ZH",
    "country": "CH",
    "timezone": "Europe/Zurich",
    "latitude": 47.4,
    "longitude": 8,
}
META = {"openai/locale": "de-CH", "openai/userLocation": PLACE}
NOTHING = Conversation(None, None, None, None, None)
BY_HEADERS = Conversation(ID, "e5a9b0c1-0d5f", "US-CA", None, None)
LONG = "x" * 129
ODD_LOCALES: list[Any] = [None, 7, "", "d", "de DE", "x" * 99, ["de"], "\u00e9\u00e9"]
ODD_PLACES: list[Any] = [None, "Z\u00fcrich", [], {}, {"street": "x"}]
ODD_PLACES += [{"city": "", "region": "x" * 101, "country": "a\nb", "timezone": 1e9}]
ODD_PLACES += [{"city": ["x"], "latitude": True, "longitude": -181}]


@asynccontextmanager
async def listening(
    database_url: str, **settings: Any
) -> AsyncIterator[tuple[httpx.AsyncClient, list[Conversation]]]:
    """A client, and what the plugin's own code hears, request by request: of a tool call the last
    is the tool's own.
    """
    app = create_app(Settings(database_url=database_url, **{"rate_limit": "off", **settings}))
    heard: list[Conversation] = []

    @app.before_request
    async def hear() -> None:
        heard.append(conversation())

    async with served(app) as client:
        yield client, heard


def with_meta(era: Era, meta: dict[str, Any]) -> Any:
    sent = tool_call("getTodos", {"username": "ann"}, era)
    params = sent.members["params"]
    params["_meta"] = {**params.get("_meta", {}), **meta}
    return sent


async def test_headers_tell_it_by_http(sqlite_url: str) -> None:
    async with listening(sqlite_url) as (client, heard):
        assert (await client.get(URL, headers=HEADERS)).json() == a_list([], 0)
        assert (await client.get(URL)).json() == a_list([], 0)
    assert heard == [BY_HEADERS, NOTHING]


@pytest.mark.parametrize("era", ERAS)
async def test_headers_and_meta_tell_it_by_mcp(sqlite_url: str, era: Era) -> None:
    async with listening(sqlite_url) as (client, heard):
        headers = {name.replace("-", "_"): value for name, value in HEADERS.items()}
        assert await result(client, with_meta(era, META), **headers) == succeeded(a_list([], 0))
        assert heard[-1] == BY_HEADERS._replace(locale="de-CH", location=PLACE)
        await result(client, with_meta(era, {}))
        assert heard[-1] == NOTHING


@pytest.mark.parametrize(
    "headers",
    [
        *({"openai-conversation-id": odd} for odd in ("", "a b", "a\tb", "\u00e9", LONG)),
        *({"openai-ephemeral-user-id": odd} for odd in ("", "x\x7f", LONG)),
        *(
            {"openai-subdivision-1-iso-code": odd}
            for odd in ("us-ca", "US", "US-", "USA-CA", "US-CAL1")
        ),
    ],
)
async def test_a_header_that_is_not_what_it_should_be_is_not_told(
    sqlite_url: str, headers: dict[str, str]
) -> None:
    async with listening(sqlite_url) as (client, heard):
        encoded = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
        await client.get(URL, headers=encoded)
        doubled = [(name, value) for name, value in HEADERS.items() for _ in range(2)]
        await client.get(URL, headers=doubled)
    assert heard == [NOTHING, NOTHING]


@pytest.mark.parametrize(
    "meta",
    [
        *({"openai/locale": odd} for odd in ODD_LOCALES),
        *({"openai/userLocation": odd} for odd in ODD_PLACES),
    ],
)
@pytest.mark.parametrize("era", ERAS)
async def test_nor_is_such_meta(sqlite_url: str, era: Era, meta: dict[str, Any]) -> None:
    async with listening(sqlite_url) as (client, heard):
        assert (await result(client, with_meta(era, meta)))["isError"] is False
        assert heard[-1] == NOTHING
        assert len(heard) == 2


async def test_what_fits_of_a_location_is_told(sqlite_url: str) -> None:
    place = {**PLACE, "city": 7, "region": "x" * 101, "latitude": "north", "zip": "8001"}
    async with listening(sqlite_url) as (client, heard):
        await result(client, with_meta("older", {"openai/userLocation": place}))
    kept = {"city": 7, "country": "CH", "timezone": "Europe/Zurich", "latitude": "north"}
    assert heard[-1].location == {**kept, "longitude": 8}


async def test_it_is_no_identity(sqlite_url: str) -> None:
    settings = {"auth": "service_http", "service_tokens": TOKEN}
    async with listening(sqlite_url, **settings) as (client, _):
        assert (await client.get(URL, headers=HEADERS)).status_code == 401
    async with listening(sqlite_url, rate_limit="1/hour") as (client, _):
        people = [{**HEADERS, "openai-ephemeral-user-id": each} for each in ("a", "b")]
        statuses = [(await client.get(URL, headers=each)).status_code for each in people]
    assert statuses == [200, 429]


def test_only_the_conversations_id_is_in_the_log(tmp_path: Path) -> None:
    with running_server(tmp_path, PLUGIN_LOG_FORMAT="json") as server:
        sent = with_meta("older", META)
        httpx.get(f"{server.url}{URL}", headers=HEADERS)
        httpx.post(f"{server.url}/mcp", content=sent.body, headers=HEADERS)
        assert server.stop() == 0
    text = (tmp_path / "server.log").read_text()
    lines = [json.loads(line) for line in text.splitlines() if '"method"' in line]
    assert [line["conversation"] for line in lines] == [ID, ID]
    for told in ("e5a9b0c1", "US-CA", "de-CH", "rich", "47.4"):
        assert told not in text
