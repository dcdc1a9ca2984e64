"""Failures: one shape on every route, whatever is sent and whatever breaks."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import psycopg
import pytest

from plugin_server import storage
from tests.answers import EMPTY, NO_HOST, UNREADABLE, answered, problem, routes
from tests.front_door import TOKEN, front_door
from tests.running import Server, only_uvicorn, running_server

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")
JSON = "application/json"
PROBLEM = "application/problem+json"
CLOSE = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
COOKIE = f"Cookie: form={'x' * 43}\r\n"  # without one, each page sets another
LISTS = ["/list", "/list/add", "/list/delete", "/list/restore"]
GET = "GET /todos/ann HTTP/1.1\r\nHost: localhost\r\n"
POST = "POST /todos/ann HTTP/1.1\r\nHost: localhost\r\n"
SMUGGLED = f"0\r\n\r\nGET /healthz {CLOSE}\r\n"
KEY = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
BOTH_LENGTHS = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
NOT_ALLOWED = problem(
    405,
    "method_not_allowed",
    "This path does not take this method. The Allow header lists those that it takes.",
)
AMBIGUOUS = problem(
    400, "ambiguous_length", "A request has Content-Length or Transfer-Encoding, not both."
)
REPEATED = problem(400, "repeated_header", "A header that may stand once is repeated.")
WIDE_HEADERS = problem(431, "headers_too_large", "The headers are longer than 16384 bytes.")
WIDE_BODY = problem(413, "body_too_large", "The body is longer than 65536 bytes.")
MISTAKE = problem(
    500, "internal_error", "The server made a mistake. The request may be tried again later."
)
AWAY = problem(503, "unavailable", "The database is away. Try again in a moment.")


@pytest.fixture(name="door")
async def fixture_door(sqlite_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with front_door(sqlite_url) as client:
        yield client


@pytest.fixture(name="server", scope="module")
def fixture_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


def commas(value: str) -> set[str]:
    return {part.strip() for part in value.split(",")}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"headers": {"Host": "a b"}}, NO_HOST),
        ({"headers": {"Content-Length": "0", "Transfer-Encoding": "chunked"}}, AMBIGUOUS),
        ({"headers": [("Content-Type", JSON), ("Content-Type", JSON)]}, REPEATED),
        ({"headers": {"X-Wide": "a" * 16_385}}, WIDE_HEADERS),
        ({"content": b" " * 65_537}, WIDE_BODY),
    ],
    ids=["host", "lengths", "repeated", "headers", "body"],
)
async def test_a_refusal_looks_the_same_on_every_route(
    door: httpx.AsyncClient, request_: dict[str, Any], expected: dict[str, Any]
) -> None:
    for path in [*routes(), "/nope"]:
        for method in METHODS:
            answer = await door.request(method, path, **request_)
            assert (answer.status_code, answer.json()) == (expected["status"], expected), path
            assert answer.headers["Content-Type"] == PROBLEM


async def test_a_method_that_a_route_does_not_take_is_405_with_those_it_takes(
    door: httpx.AsyncClient,
) -> None:
    for path, methods in routes().items():
        for method in set(METHODS) - methods:
            answer = await door.request(method, path)
            assert (answer.status_code, answer.json()) == (405, NOT_ALLOWED), (method, path)
            assert answer.headers["Content-Type"] == PROBLEM
            assert commas(answer.headers["Allow"]) == methods


async def test_options_tells_the_methods_of_every_route(door: httpx.AsyncClient) -> None:
    for path, methods in routes().items():
        answer = await door.options(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert commas(answer.headers["Allow"]) == methods


async def test_only_what_is_for_people_is_html(door: httpx.AsyncClient) -> None:
    asked = [(method, path) for path in [*routes(), "/nope"] for method in (*METHODS, "HEAD")]
    answers = [(path, await door.request(method, path)) for method, path in asked]
    html = {path for path, each in answers if "html" in each.headers.get("Content-Type", "")}
    assert html == {"/legal", "/", "/page/<name>", "/try/<operation>", *LISTS}


def test_head_is_get_without_the_body_on_every_route(server: Server) -> None:
    for path, methods in {**routes(), "/nope": {"GET"}, "/todos/%ff": {"GET"}}.items():
        if "GET" in methods:
            head = answered(server, f"HEAD {path} {CLOSE}{COOKIE}\r\n")
            get = answered(server, f"GET {path} {CLOSE}{COOKIE}\r\n")
            dateless = [{**answer.headers, "date": ""} for answer in (head, get)]
            assert (head.status, dateless[0], head.body) == (get.status, dateless[1], b""), path
            assert int(get.headers["content-length"]) == len(get.body)


@pytest.mark.parametrize(
    "value", [b"\xe9", b"\xff\xfe", b"Basic \xe9", b'"' * 9000, b'"' + b"9" * 9000 + b'"', b",;=\\"]
)
async def test_no_header_makes_us_stumble(sqlite_url: str, value: bytes) -> None:
    names = ["Authorization", "Content-Type", "Content-Encoding", "If-Match", "If-None-Match"]
    names += ["Origin", "Access-Control-Request-Headers", "Accept", "Cookie", "Range", "Forwarded"]
    stumbled = []
    for auth in ({}, {"auth": "service_http", "service_tokens": TOKEN}):
        async with front_door(sqlite_url, authorization_type="basic", **auth) as client:
            for name in names:
                for method in ("GET", "POST", "DELETE", "OPTIONS"):
                    headers: dict[bytes, bytes] = {
                        b"Authorization": b"Basic " + TOKEN.encode(),
                        b"Content-Type": JSON.encode(),
                        b"Origin": b"https://chatgpt.com",
                        b"Access-Control-Request-Method": b"POST",
                        name.encode(): value,
                    }
                    answer = await client.request(
                        method, "/todos/ann", headers=headers, content=b'{"todo":"x","todo_idx":9}'
                    )
                    if answer.status_code >= 500:
                        stumbled.append((auth.get("auth"), name, method))
    assert stumbled == []


async def test_a_mistake_of_ours_is_500_and_tells_nothing(
    client: httpx.AsyncClient, database_url: str
) -> None:
    database = storage.connect(database_url, guest=True)
    await database.write(
        lambda connection: connection.execute("ALTER TABLE todos DROP COLUMN todo")
    )
    database.close()
    for method, body in (("GET", None), ("POST", {"todo": "x"}), ("DELETE", {"todo_idx": 0})):
        answer = await client.request(method, "/todos/ann", json=body)
        assert (answer.status_code, answer.json()) == (500, MISTAKE)
        assert answer.headers["Content-Type"] == PROBLEM
    assert (await client.get("/openapi.json")).status_code == 200


def cut_connections(postgres_url: str, database_url: str, *, accept: bool) -> None:
    """End the sessions of a database; `accept` tells whether new ones may begin."""
    name = psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]
    with psycopg.connect(postgres_url, autocommit=True) as session:
        session.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {accept}".encode())
        end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        session.execute(end, [name])


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_while_the_database_is_away_what_needs_it_is_503(
    client: httpx.AsyncClient, database_url: str, postgres_url: str, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: cut_connections(postgres_url, database_url, accept=True))
    cut_connections(postgres_url, database_url, accept=False)
    for answer in await asyncio.gather(
        client.get("/healthz"),
        client.get("/todos/ann"),
        client.post("/todos/ann", json={"todo": "milk"}),
        client.request("DELETE", "/todos/ann", json={"todo_idx": 0}),
    ):
        assert (answer.status_code, answer.json()) == (503, AWAY)
        assert (answer.headers["Content-Type"], answer.headers["Retry-After"]) == (PROBLEM, "1")
    assert (await client.get("/openapi.yaml")).status_code == 200


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_connections_that_were_cut_cost_nobody_an_answer(
    client: httpx.AsyncClient, database_url: str, postgres_url: str
) -> None:
    await asyncio.gather(*(client.get("/todos/ann") for _ in range(20)))
    cut_connections(postgres_url, database_url, accept=True)
    assert (await client.get("/todos/ann")).json() == EMPTY


@only_uvicorn("what is no HTTP gets problem+json")
@pytest.mark.parametrize(
    ("request_", "status", "expected"),
    [
        (f"{POST}{BOTH_LENGTHS}\r\n{SMUGGLED}", 400, UNREADABLE),
        (f"{POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, UNREADABLE),
        (f"{POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{{}}", 400, UNREADABLE),
        (f"{GET}Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n", 200, EMPTY),
        (f"{GET}Connection: Upgrade, close\r\nUpgrade: websocket\r\n{KEY}\r\n", 200, EMPTY),
        ("\x16\x03\x01\x02\r\n\r\n", 400, UNREADABLE),
    ],
    ids=["smuggled", "chunk", "unequal lengths", "h2c", "websocket", "tls"],
)
def test_the_server_answers_once_in_http_1_and_closes(
    server: Server, request_: str, status: int, expected: dict[str, Any]
) -> None:
    answer = answered(server, request_)
    assert (answer.status, json.loads(answer.body)) == (status, expected)
    assert "upgrade" not in answer.headers


@only_uvicorn("an upgrade is ignored")
def test_http_2_by_prior_knowledge_is_refused_in_http_1(server: Server) -> None:
    answer = answered(server, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
    assert answer.status == 400
    assert set(re.findall(rb"HTTP/\S+ \d+", answer.body)) <= {b"HTTP/1.1 400"}


@only_uvicorn("what is no HTTP gets problem+json")
@pytest.mark.parametrize(
    ("request_", "status", "title"),
    [
        (f"{POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, "Not Implemented"),
        (f"{POST}X-Wide: ".ljust(32_769, "a"), 431, "Request Header Fields Too Large"),
    ],
    ids=["encoding", "wide"],
)
def test_what_cannot_be_read_has_the_title_of_its_status(
    server: Server, request_: str, status: int, title: str
) -> None:
    answer = answered(server, request_)
    told = json.loads(answer.body)
    assert (answer.status, told["status"], told["title"]) == (status, status, title)


async def test_nothing_that_was_sent_is_told_back(door: httpx.AsyncClient) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "ZANZIBAR"):
        for path in ("/zanzibar", "/todos/zanzibar", "/todos/zanzibar%ff", "/todos/zanzibar%00"):
            for body in ('{"todo":"zanzibar\\u0000"}', '{"zanzibar":', '{"todo_idx":"zanzibar"}'):
                for content_type in (JSON, "text/zanzibar"):
                    headers = {"Content-Type": content_type, "If-Match": "zanzibar"}
                    headers |= {"Origin": "https://zanzibar.example", "X-Zanzibar": "zanzibar"}
                    answer = await door.request(
                        method, f"{path}?todo_idx=zanzibar", headers=headers, content=body
                    )
                    assert answer.status_code == 200 or answer.headers["Content-Type"] == PROBLEM
                    assert "zanzibar" not in f"{answer.headers} {answer.text}".lower()
