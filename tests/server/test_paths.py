"""Targets and usernames: one name has one spelling, and what is no name is no list."""

import json
from collections.abc import AsyncIterator, Iterator
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio

from tests.answers import EMPTY, NO_HOST, UNREADABLE, a_list, answered, problem
from tests.front_door import SHARED, front_door
from tests.running import Server, only_uvicorn, running_server

NOT_FOUND = problem(
    404, "not_found", "There is nothing at this path. The operations are listed in /openapi.yaml."
)
NOT_UTF8 = problem(400, "invalid_path", "The path is not UTF-8: percent-encode its UTF-8 bytes.")
CONTROL = problem(
    400, "invalid_path", "The path has a control character or U+FFFD, which no name here may have."
)
NO_PATH = problem(400, "invalid_path", "The request target is not a path.")
NO_NAME = problem(400, "invalid_username", "A username has 1 to 100 characters.")
DOTS = problem(
    400,
    "invalid_username",
    "A username is not a dot or two: clients take such a path for another one.",
)
SLASH_IN_NAME = problem(
    400, "invalid_path", "A name in a path cannot hold a slash, and %2F is one."
)
TOO_LONG = problem(414, "target_too_long", "Path and query are longer than 8192 bytes.")


def slash_too_many(path: str) -> dict[str, object]:
    return problem(404, "not_found", f"This path has a slash too many: it is {path}.")


@pytest_asyncio.fixture(name="door", scope="module", loop_scope="module")
async def shared_door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A front door for the tests that change nothing."""
    async with front_door(f"sqlite:///{tmp_path_factory.mktemp('paths')}/todo-plugin.db") as client:
        yield client


@pytest.fixture(name="server", scope="module")
def fixture_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


def as_it_is(target: str) -> httpx.URL:
    """A URL whose target httpx does not tidy up."""
    return httpx.URL("http://localhost:5002").copy_with(raw_path=target.encode())


async def refusals(client: httpx.AsyncClient, target: str) -> list[object]:
    """What each operation answers there, in the shape of `[json, json, json]`."""
    url = as_it_is(target)
    return [
        (await client.get(url)).json(),
        (await client.post(url, json={"todo": "milk"})).json(),
        (await client.request("DELETE", url, json={"todo_idx": 0})).json(),
    ]


@pytest.mark.parametrize(
    "name",
    ["%ff", "%fe", "%C3", "ann%E9", "%C0%AF", "%E0%80%AF", "%ED%A0%80", "%F4%90%80%80"],
)
@SHARED
async def test_bytes_that_are_not_utf8_name_no_list(door: httpx.AsyncClient, name: str) -> None:
    assert await refusals(door, f"/todos/{name}") == [NOT_UTF8] * 3


@pytest.mark.parametrize(
    "name",
    ["%00", "ann%00", "%01", "%09", "%0A", "%0D", "%1F", "%7F", "%C2%80", "%C2%9F", "%EF%BF%BD"],
)
@SHARED
async def test_control_characters_and_the_replacement_character_name_no_list(
    door: httpx.AsyncClient, name: str
) -> None:
    assert await refusals(door, f"/todos/{name}") == [CONTROL] * 3


@pytest.mark.parametrize("name", ["%", "%4", "ann%", "%zz", "%u0041", "%+1", "%%41", "%c3%a"])
@SHARED
async def test_a_broken_escape_names_no_list(door: httpx.AsyncClient, name: str) -> None:
    assert await refusals(door, f"/todos/{name}") == [NO_PATH] * 3


@pytest.mark.parametrize("name", ["%2e", "%2E%2e", ".%2e"])
@SHARED
async def test_dots_name_no_list(door: httpx.AsyncClient, name: str) -> None:
    assert await refusals(door, f"/todos/{name}") == [DOTS] * 3


@pytest.mark.parametrize(
    ("composed", "decomposed"),
    [("caf\u00e9", "cafe\u0301"), ("\u1e69", "s\u0307\u0323"), ("\uac01", "\u1100\u1161\u11a8")],
)
async def test_composed_and_decomposed_are_one_list(
    client: httpx.AsyncClient, composed: str, decomposed: str
) -> None:
    await client.post(f"/todos/{quote(decomposed)}", json={"todo": "milk"})
    await client.post(f"/todos/{quote(composed)}", json={"todo": "bread"})
    both = a_list(["milk", "bread"], 2)
    assert (await client.get(f"/todos/{quote(composed)}")).json() == both
    assert (await client.get(f"/todos/{quote(decomposed)}")).json() == both


@pytest.mark.parametrize("character", ["a", "é", "e\u0301", "界", "🍏"])
async def test_a_name_has_at_most_100_characters_however_many_bytes(
    client: httpx.AsyncClient, character: str
) -> None:
    longest = f"/todos/{quote(character * 100)}"
    assert (await client.post(longest, json={"todo": "milk"})).json() == {
        "todo": "milk",
        "todo_idx": 0,
        "revision": 1,
    }
    assert (await client.get(longest)).json() == a_list(["milk"], 1)
    assert await refusals(client, f"/todos/{quote(character * 101)}") == [NO_NAME] * 3


async def test_every_other_character_makes_a_name_of_its_own(client: httpx.AsyncClient) -> None:
    names = ["a?b", "a#b", "a%b", "a%2Fb", "a%252Fb", "a b", "a+b", " ", "a;b", "a\\b", "...", "~"]
    names += ["a", "\uff41", "<a>", "'; DROP TABLE lists; --", ":username", "%s", "%(username)s"]
    for name in names:
        await client.post(f"/todos/{quote(name, safe='')}", json={"todo": name})
    lists = {name: (await client.get(f"/todos/{quote(name, safe='')}")).json() for name in names}
    assert lists == {name: a_list([name], 1) for name in names}


@pytest.mark.parametrize(
    "target",
    [
        *("//", "/nope", "/nope/", "/todos", "/todos/", "/todos//", "//todos", "/todos/ann/0"),
        *("/Todos/ann", "/static/logo.png", "/.well-known/", "//localhost/healthz"),
        *("/openapi.yml", "/healthz%20", "/mcp/x"),
    ],
)
@SHARED
async def test_nothing_is_at_another_path(door: httpx.AsyncClient, target: str) -> None:
    assert await refusals(door, target) == [NOT_FOUND] * 3
    assert (await door.get(as_it_is(target))).headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("target", "right"),
    [
        *(
            (target, "/todos/{username}")
            for target in ("//todos/ann", "/todos//ann", "/todos/ann/")
        ),
        *((target, "/todos/{username}") for target in ("/todos/ann//", "///todos///ann///")),
        *[("/openapi.json/", "/openapi.json"), ("//openapi.yaml", "/openapi.yaml")],
        *[("/.well-known//ai-plugin.json/", "/.well-known/ai-plugin.json"), ("//mcp", "/mcp")],
        *[("/legal/", "/legal"), ("/healthz/", "/healthz"), ("/mcp//", "/mcp")],
    ],
)
@SHARED
async def test_a_slash_too_many_is_told_with_the_right_path(
    door: httpx.AsyncClient, target: str, right: str
) -> None:
    assert await refusals(door, target) == [slash_too_many(right)] * 3


@pytest.mark.parametrize("name", ["a%2Fb", "ann%2f", "%2Fann", "..%2Fann"])
@SHARED
async def test_a_slash_in_a_name_is_told(door: httpx.AsyncClient, name: str) -> None:
    assert await refusals(door, f"/todos/{name}") == [SLASH_IN_NAME] * 3


@SHARED
async def test_a_target_of_more_than_8192_bytes_is_414(door: httpx.AsyncClient) -> None:
    longest = "/todos/".ljust(8192, "a")
    assert await refusals(door, longest) == [NO_NAME] * 3
    assert await refusals(door, longest + "a") == [TOO_LONG] * 3
    assert await refusals(door, "/todos/" + "%61" * 3000) == [TOO_LONG] * 3
    assert await refusals(door, "/todos/ann?page=".ljust(8300, "a")) == [TOO_LONG] * 3


@only_uvicorn("what is no HTTP gets problem+json")
@pytest.mark.parametrize(
    ("line", "status", "body"),
    [
        ("GET http://a.localhost/todos/ann", 200, EMPTY),
        ("GET HTTPS://LOCALHOST:8443/todos/ann", 200, EMPTY),
        ("GET http://example.org", 400, UNREADABLE),
        ("GET http://example.org?/todos/ann", 400, UNREADABLE),
        ("GET http://ann@example.org/todos/ann", 400, NO_HOST),
        ("GET http:///todos/ann", 400, UNREADABLE),
        ("GET ftp://example.org/todos/ann", 400, NO_PATH),
        ("GET http:/todos/ann", 400, UNREADABLE),
        ("GET todos/ann", 400, UNREADABLE),
        ("GET ?x", 400, UNREADABLE),
        ("OPTIONS *", 400, NO_PATH),
        ("CONNECT example.org:443", 400, UNREADABLE),
        ("GET /todos/.", 400, DOTS),
        ("GET /todos/..", 400, DOTS),
        ("GET /todos/../healthz", 404, NOT_FOUND),
        ("GET /./healthz", 404, NOT_FOUND),
        ("GET //todos/ann", 404, slash_too_many("/todos/{username}")),
        ("GET http://example.org//healthz", 404, slash_too_many("/healthz")),
        ("GET //example.org/healthz", 404, NOT_FOUND),
        pytest.param("GET /" + "a" * 20_000, 414, TOO_LONG, id="a path of 20,001 bytes"),
    ],
)
def test_the_server_reads_every_form_of_target(
    server: Server, line: str, status: int, body: dict[str, object]
) -> None:
    answer = answered(server, f"{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert (answer.status, json.loads(answer.body)) == (status, body)
