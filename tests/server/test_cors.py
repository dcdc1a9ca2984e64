"""Pages of the allowed origins, and of no others, may read every answer from a browser."""

import sqlite3
from typing import Any

import httpx
import pytest

from app.main import create_app
from plugin_server.settings import Settings
from tests.answers import routes
from tests.front_door import TOKEN, front_door

CHATGPT = ["https://chatgpt.com", "https://chat.openai.com"]
CONFIGURED = "https://todo.example.org,http://localhost:3000"
FOREIGN = [
    "https://evil.example",
    "https://chatgpt.com.evil.example",
    "https://evil.chatgpt.com",
    "https://chatgpt.com:8443",
    "http://chatgpt.com",
    "https://chatgptxcom",
    "null",
    "*",
    "",
]
EXPOSED = "ETag, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, Allow"
READABLE = {"access-control-expose-headers": EXPOSED}
OPEN = {
    **READABLE,
    "access-control-allow-methods": "GET, HEAD, POST, DELETE, OPTIONS",
    "access-control-allow-headers": "authorization, content-type, if-match",
    "access-control-max-age": "600",
}
PREFLIGHT = {
    "Access-Control-Request-Method": "DELETE",
    "Access-Control-Request-Headers": "authorization, content-type, if-match",
}
JSON = {"Content-Type": "application/json"}
STALE = {"todo": "x", "revision": 7}


def cors(answer: httpx.Response) -> dict[str, str]:
    """The answer's headers that browsers look at."""
    return {
        name: value for name, value in answer.headers.items() if name.startswith("access-control")
    }


# What only POST is for, what is not there until a setting says it, and what has another name.
WITHOUT_GET = [
    "/mcp",
    "/mcp/",
    "/.well-known/openai-apps-challenge",
    "/try/<operation>",
    "/page/<name>",
]
WITHOUT_GET += ["/list/add", "/list/restore"]


def varies(answer: httpx.Response) -> set[str]:
    return {name.strip() for name in answer.headers.get("Vary", "").split(",")}


@pytest.mark.parametrize("origin", CHATGPT)
async def test_chatgpt_may_read_every_route(sqlite_url: str, origin: str) -> None:
    async with front_door(sqlite_url) as client:
        for path in routes():
            answer = await client.get(path, headers={"Origin": origin})
            assert answer.status_code == 200 or path in WITHOUT_GET, path
            assert cors(answer) == {"access-control-allow-origin": origin, **READABLE}, path
            assert "Origin" in varies(answer)


@pytest.mark.parametrize("origin", CONFIGURED.split(","))
async def test_configured_origins_take_the_place_of_chatgpt(sqlite_url: str, origin: str) -> None:
    async with front_door(sqlite_url, cors_origins=CONFIGURED) as client:
        for path in routes():
            answer = await client.get(path, headers={"Origin": origin})
            assert cors(answer) == {"access-control-allow-origin": origin, **READABLE}, path
            answer = await client.get(path, headers={"Origin": CHATGPT[0]})
            assert cors(answer) == {}, path
            assert answer.status_code == 200 or path in WITHOUT_GET, path


@pytest.mark.parametrize("origin", FOREIGN)
async def test_another_origin_may_read_no_route(sqlite_url: str, origin: str) -> None:
    headers = {"Origin": origin, **PREFLIGHT, "Access-Control-Request-Private-Network": "true"}
    async with front_door(sqlite_url) as client:
        for path in [*routes(), "/nope", "/todos/%ff"]:
            for method in ("GET", "POST", "OPTIONS"):
                answer = await client.request(method, path, headers=headers)
                assert cors(answer) == {}, (method, path)
                assert "Origin" in varies(answer), (method, path)


async def test_every_answer_varies_by_origin_even_to_callers_who_have_none(
    sqlite_url: str,
) -> None:
    async with front_door(sqlite_url) as client:
        for path in [*routes(), "/nope", "/todos/%ff"]:
            for method in ("GET", "HEAD", "POST", "OPTIONS"):
                answer = await client.request(method, path)
                assert cors(answer) == {}, (method, path)
                assert "Origin" in varies(answer), (method, path)


@pytest.mark.parametrize("auth", ["none", "service_http", "user_http"])
async def test_a_preflight_needs_no_token_on_any_route(sqlite_url: str, auth: str) -> None:
    async with front_door(sqlite_url, auth=auth, service_tokens=TOKEN) as client:
        for path in routes():
            for origin in CHATGPT:
                answer = await client.options(path, headers={"Origin": origin, **PREFLIGHT})
                assert (answer.status_code, answer.content) == (200, b""), path
                assert cors(answer) == {"access-control-allow-origin": origin, **OPEN}, path
                assert "Origin" in varies(answer)


async def test_a_page_may_tell_of_the_conversation(sqlite_url: str) -> None:
    names = "openai-conversation-id, openai-ephemeral-user-id, openai-subdivision-1-iso-code"
    asked = {**PREFLIGHT, "Access-Control-Request-Headers": names, "Origin": CHATGPT[0]}
    async with front_door(sqlite_url) as client:
        for path in routes():
            answer = await client.options(path, headers=asked)
            assert cors(answer)["access-control-allow-headers"] == names, path


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"Access-Control-Request-Private-Network": "true"}, {"true"}),
        ({"Access-Control-Request-Private-Network": "false"}, set()),
        ({}, set()),
    ],
)
async def test_a_private_network_is_opened_only_to_those_who_ask(
    sqlite_url: str, asked: dict[str, str], told: set[str]
) -> None:
    async with front_door(sqlite_url) as client:
        for path in routes():
            answer = await client.options(
                path, headers={"Origin": CHATGPT[0], **PREFLIGHT, **asked}
            )
            assert {
                value
                for name, value in cors(answer).items()
                if name == "access-control-allow-private-network"
            } == told, path


@pytest.mark.parametrize(
    ("status", "method", "path", "request_"),
    [
        (304, "GET", "/todos/ann", {"headers": {"If-None-Match": "*"}}),
        (304, "GET", "/openapi.yaml", {"headers": {"If-None-Match": "*"}}),
        (304, "GET", "/logo.png", {"headers": {"If-None-Match": "*"}}),
        (400, "POST", "/todos/ann", {"headers": JSON, "content": b"{"}),
        (400, "GET", "/todos/%ff", {}),
        (400, "GET", "/healthz", {"headers": {"Host": "a b"}}),
        (401, "GET", "/todos/ann", {"headers": {"Authorization": "Bearer wrong"}}),
        (404, "GET", "/nope", {}),
        (404, "DELETE", "/todos/ann", {"json": {"todo_idx": 0}}),
        (405, "PUT", "/todos/ann", {}),
        (405, "POST", "/legal", {}),
        (409, "POST", "/todos/ann", {"json": STALE}),
        (412, "POST", "/todos/ann", {"json": {"todo": "x"}, "headers": {"If-Match": '"7"'}}),
        (413, "POST", "/todos/ann", {"headers": JSON, "content": b" " * 65_537}),
        (414, "GET", "/" + "a" * 8192, {}),
        (415, "POST", "/todos/ann", {"content": b"{}"}),
        (422, "POST", "/todos/ann", {"json": {"todo": 1}}),
        (431, "GET", "/healthz", {"headers": {"X-Wide": "a" * 16_385}}),
    ],
)
async def test_a_page_may_read_answers_of_every_status(
    sqlite_url: str, status: int, method: str, path: str, request_: dict[str, Any]
) -> None:
    token = {"Authorization": f"Bearer {TOKEN}"}
    async with front_door(sqlite_url, auth="service_http", service_tokens=TOKEN) as client:
        for origin in CHATGPT:
            headers = {**token, **request_.get("headers", {}), "Origin": origin}
            answer = await client.request(method, path, **{**request_, "headers": headers})
            assert answer.status_code == status
            assert cors(answer) == {"access-control-allow-origin": origin, **READABLE}
            assert "Origin" in varies(answer)


async def test_a_page_may_read_that_the_server_is_broken(sqlite_url: str) -> None:
    async with front_door(sqlite_url) as client:
        connection = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
        connection.execute("DROP TABLE todos")
        connection.close()
        answer = await client.get("/todos/ann", headers={"Origin": CHATGPT[0]})
    assert answer.status_code == 500
    assert cors(answer) == {"access-control-allow-origin": CHATGPT[0], **READABLE}


async def test_a_page_may_read_that_the_server_is_shutting_down(sqlite_url: str) -> None:
    app = create_app(Settings(database_url=sqlite_url))
    app.draining.begin()
    for path in routes():
        answer = await app.test_client().get(path, headers={"Origin": CHATGPT[0]})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert answer.headers["Access-Control-Allow-Origin"] == CHATGPT[0]
        assert answer.headers["Access-Control-Expose-Headers"] == EXPOSED
