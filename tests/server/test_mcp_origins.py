"""Who may come in at POST /mcp: by token, and by the page that calls."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.answers import problem
from tests.front_door import TOKEN, front_door

from .mcp_messages import ERAS, message, post
from .test_auth import BASIC, BEARER, BEARER_INVALID, INVALID, MISSING

CHATGPT = "https://chatgpt.com"
PUBLIC = "https://todo.example.org"
SERVICE = {"auth": "service_http", "service_tokens": TOKEN}
BEARS = {"Authorization": f"Bearer {TOKEN}"}
FOREIGN_ORIGIN = problem(
    403,
    "foreign_origin",
    "Pages of this origin may not call: PLUGIN_CORS_ORIGINS names those that may.",
)
PONG = {"jsonrpc": "2.0", "id": 1, "result": {}}
LOOPBACK = ["localhost", "localhost:5002", "127.0.0.1:80", "127.9.9.9", "[::1]:5002", "a.localhost"]


async def pinged(client: httpx.AsyncClient, headers: Mapping[str, str]) -> tuple[int, Any]:
    answer = await client.post("/mcp", content=message("ping").body, headers=headers)
    return answer.status_code, answer.json()


async def test_a_foreign_page_is_refused_even_with_a_token(sqlite_url: str) -> None:
    odd = ["null", "", "*", "https://", "http://[::1", "http://[x]", "http://a:b:c", "\x7f", "é"]
    near = ["http://chatgpt.com", "https://chatgpt.com:8443", "https://chatgpt.com.evil.example"]
    for settings, headers in (({}, {}), (SERVICE, BEARS)):
        async with front_door(sqlite_url, public_url=PUBLIC, **settings) as client:
            for origin in ("https://evil.example", "http://localhost.evil.example", *odd, *near):
                sent = {b"Origin": origin.encode(), **encoded(headers)}
                answer = await client.post("/mcp", content=message("ping").body, headers=sent)
                assert (answer.status_code, answer.json()) == (403, FOREIGN_ORIGIN), origin
                assert "Access-Control-Allow-Origin" not in answer.headers
            two = [("Origin", CHATGPT), ("Origin", "https://evil.example"), *headers.items()]
            answer = await client.post("/mcp", content=message("ping").body, headers=two)
            assert (answer.status_code, answer.json()) == (403, FOREIGN_ORIGIN)


def encoded(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    return {name.encode(): value.encode() for name, value in headers.items()}


async def test_a_foreign_page_is_refused_before_its_token_is_looked_at(sqlite_url: str) -> None:
    async with front_door(sqlite_url, **SERVICE) as client:
        headers = {"Origin": "https://evil.example", "Authorization": "Bearer wrong"}
        assert await pinged(client, headers) == (403, FOREIGN_ORIGIN)


async def test_pages_of_our_own_and_of_the_configured_origins_may_call(sqlite_url: str) -> None:
    for settings, origins in (
        ({}, [CHATGPT, "https://chat.openai.com"]),
        ({"cors_origins": "https://one.example"}, ["https://one.example"]),
        ({"public_url": PUBLIC}, [PUBLIC, CHATGPT]),
    ):
        async with front_door(sqlite_url, **settings) as client:
            for origin in origins:
                assert await pinged(client, {"Origin": origin}) == (200, PONG), origin


async def test_pages_of_the_callers_machine_need_a_setting_unless_they_are_the_servers_own(
    sqlite_url: str,
) -> None:
    elsewhere = ["http://localhost:6274", "http://127.0.0.1:3000", "https://[::1]:1"]
    async with front_door(sqlite_url, public_url=PUBLIC) as client:
        for host in LOOPBACK:
            assert await pinged(client, {"Origin": f"http://{host}", "Host": host}) == (200, PONG)
            for origin in elsewhere:
                answer = await pinged(client, {"Origin": origin, "Host": host})
                assert answer == (403, FOREIGN_ORIGIN)
        answer = await pinged(client, {"Origin": "http://192.0.2.1", "Host": "192.0.2.1"})
        assert answer == (403, FOREIGN_ORIGIN)
    async with front_door(sqlite_url, cors_origins=elsewhere[0]) as client:
        assert await pinged(client, {"Origin": elsewhere[0]}) == (200, PONG)


@pytest.mark.parametrize("mode", ["service_http", "user_http"])
@pytest.mark.parametrize(
    ("scheme", "authorization", "expected", "challenge"),
    [
        ("bearer", None, MISSING["Bearer"], BEARER),
        ("bearer", f"Basic {TOKEN}", MISSING["Bearer"], BEARER),
        ("bearer", f"Bearer {TOKEN}x", INVALID, BEARER_INVALID),
        ("basic", None, MISSING["Basic"], BASIC),
        ("basic", f"Basic {TOKEN}x", INVALID, BASIC),
    ],
)
async def test_who_has_no_token_is_told_how_to_authenticate_whatever_is_asked(
    sqlite_url: str,
    mode: str,
    scheme: str,
    authorization: str | None,
    expected: dict[str, Any],
    challenge: str,
) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    settings = {"auth": mode, "service_tokens": TOKEN, "authorization_type": scheme}
    async with front_door(sqlite_url, **settings) as client:
        for era in ERAS:
            for method in ("initialize", "tools/list", "tools/call", "server/discover", "odd"):
                answer = await post(client, message(method, era=era), **headers)
                assert (answer.status_code, answer.json()) == (401, expected)
                assert answer.headers["WWW-Authenticate"] == challenge


@pytest.mark.parametrize("settings", [{}, SERVICE])
async def test_a_browsers_client_may_send_its_headers_and_read_the_answers(
    sqlite_url: str, settings: dict[str, Any]
) -> None:
    asked = "authorization, content-type, mcp-method, mcp-name, mcp-protocol-version"
    preflight = {
        "Origin": CHATGPT,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": asked,
    }
    async with front_door(sqlite_url, **settings) as client:
        answer = await client.options("/mcp", headers=preflight)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["Access-Control-Allow-Origin"] == CHATGPT
        assert "POST" in answer.headers["Access-Control-Allow-Methods"].split(", ")
        allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
        assert sorted(allowed) == asked.split(", ")
        answer = await post(client, message("tools/list", era="newer"), origin=CHATGPT)
        assert answer.status_code == (401 if settings else 200)
        assert answer.headers["Access-Control-Allow-Origin"] == CHATGPT
        assert "WWW-Authenticate" in answer.headers["Access-Control-Expose-Headers"]
