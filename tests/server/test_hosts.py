"""PLUGIN_HOSTNAME: a caller's Host reaches the documents as a URL, or it is refused."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import yaml
from pydantic import ValidationError

from plugin_server.settings import Settings
from tests.answers import EMPTY, NO_HOST, UNREADABLE, answered, problem
from tests.front_door import SHARED, TOKEN, front_door
from tests.running import Server, only_uvicorn, running_server

DOCUMENTS = ["/.well-known/ai-plugin.json", "/openapi.yaml", "/openapi.json"]
MANIFEST = DOCUMENTS[0]
NOT_ONE_HOST = problem(400, "invalid_host", "A request has exactly one Host header.")
CLOSE = "Connection: close\r\n\r\n"


@pytest_asyncio.fixture(name="door", scope="module", loop_scope="module")
async def shared_door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A front door for the tests that change nothing."""
    async with front_door(f"sqlite:///{tmp_path_factory.mktemp('hosts')}/todo-plugin.db") as client:
        yield client


@pytest.fixture(name="server", scope="module")
def fixture_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


async def origin(client: httpx.AsyncClient, headers: dict[str, str]) -> str:
    """The origin in the manifest for a request with these headers."""
    manifest = (await client.get(MANIFEST, headers=headers)).json()
    found: str = manifest["api"]["url"].removesuffix("/openapi.yaml")
    assert manifest["logo_url"] == f"{found}/logo.png"
    assert manifest["legal_info_url"] == f"{found}/legal"
    return found


def parsed(answer: httpx.Response) -> Any:
    return yaml.safe_load(answer.text) if "yaml" in str(answer.url) else answer.json()


def replaced(value: Any, old: str, new: str) -> Any:
    """A copy in which every text that begins with `old` begins with `new`."""
    if isinstance(value, dict):
        return {name: replaced(each, old, new) for name, each in value.items()}
    if isinstance(value, list):
        return [replaced(each, old, new) for each in value]
    return new + value.removeprefix(old) if str(value).startswith(old) else value


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", "http://localhost"),
        ("LOCALHOST:5002", "http://localhost:5002"),
        ("todo.localhost", "http://todo.localhost"),
        ("localhost.", "http://localhost"),
        ("127.0.0.1:80", "http://127.0.0.1"),
        ("127.254.3.2:8080", "http://127.254.3.2:8080"),
        ("[::1]", "http://[::1]"),
        ("0.0.0.0:5002", "http://0.0.0.0:5002"),
        ("[::]:5002", "http://[::]:5002"),
        ("[0:0::0:1]:5002", "http://[::1]:5002"),
        ("[::ffff:127.0.0.1]:5002", "http://127.0.0.1:5002"),
        ("[::ffff:192.0.2.1]", "https://192.0.2.1"),
        ("Todo.EXAMPLE.org:8443", "https://todo.example.org:8443"),
        ("todo.example.org.", "https://todo.example.org"),
        ("todo.example.org:443", "https://todo.example.org"),
        ("todo.example.org:80", "https://todo.example.org:80"),
        ("todo.example.org:65535", "https://todo.example.org:65535"),
        ("my_plugin", "https://my_plugin"),
        ("_todo.example.org", "https://_todo.example.org"),
        ("xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("192.0.2.1", "https://192.0.2.1"),
        ("[2001:DB8::7]:8443", "https://[2001:db8::7]:8443"),
        ("localhost.example.org", "https://localhost.example.org"),
        ("notlocalhost", "https://notlocalhost"),
    ],
)
@SHARED
async def test_the_host_is_the_origin(door: httpx.AsyncClient, host: str, expected: str) -> None:
    assert await origin(door, {"Host": host}) == expected


@pytest.mark.parametrize(
    "host",
    [
        *("", " ", ".", "..", "a..b", ".a", "-a", "a-", "a.-b", "a b", "a\tb", "*", "*.a", "a,b"),
        *('a"', 'a","auth":{"type":"none"},"x":"', "a'b", "a\\b", "a#b", "a/b", "a?b", "a%b"),
        *("a@b", "a:b@c", "a;b", "a&b", "<a>", "{a}", "$(a)", "PLUGIN_HOSTNAME/x", "https://a"),
        *("a:", "a:x", "a:-1", "a:65536", "a:99999", "a:000080", "a:80:80", "a: 80", "a:8O", ":80"),
        *("::1", "[::1", "::1]", "[]", "[:]", "[::g]", "[1.2.3.4]", "[::1%25eth0]", "[::1]x"),
        *("[v1.a]", "[1::2::3]", "[::1].", "[::1].:80", "[[::1]]", "[00000::1]", "[localhost]"),
        *("b\u00fccher.example", "\u212a.example", "a\u3002b", "a" * 64, "a." * 128 + "a"),
    ],
)
@SHARED
async def test_what_is_no_host_is_refused_everywhere(door: httpx.AsyncClient, host: str) -> None:
    headers = {b"Host": host.encode()}
    for path in (*DOCUMENTS, "/logo.png", "/healthz", "/todos/ann", "/nope"):
        answer = await door.get(path, headers=headers)
        assert (answer.status_code, answer.json().get("code")) == (400, "invalid_host"), path
    # What was refused is kept for nobody else.
    assert await origin(door, {}) == "http://localhost:5002"


@only_uvicorn("what is no HTTP gets problem+json")
@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("HTTP/1.1\r\n", NOT_ONE_HOST),
        ("HTTP/1.1\r\nHost: a.example\r\nHost: a.example\r\n", NOT_ONE_HOST),
        ("HTTP/1.1\r\nHost: a.example\r\nhOST: b.example\r\n", NOT_ONE_HOST),
        ("HTTP/1.0\r\n", NOT_ONE_HOST),
        ("HTTP/1.1\r\nHost:\r\n", NO_HOST),
        ("HTTP/1.1\r\nHost: a.example\xa0\r\n", NO_HOST),
        ("HTTP/1.1\r\nHost: a.example,b.example\r\n", NO_HOST),
        ("HTTP/1.1\r\nHost: a.example\r\n b.example\r\n", UNREADABLE),
        ("HTTP/1.1\r\nHost : a.example\r\n", UNREADABLE),
    ],
)
def test_a_request_has_one_host(server: Server, request_: str, expected: dict[str, object]) -> None:
    answer = answered(server, f"GET {MANIFEST} {request_}{CLOSE}")
    assert (answer.status, json.loads(answer.body)) == (400, expected)


def test_http_1_0_without_a_host_gets_what_does_not_depend_on_it(server: Server) -> None:
    # RFC 9112 section 3.2 asks for it from HTTP/1.1 on; health checks of load balancers send none.
    for path in ("/healthz", "/logo.png", "/legal"):
        assert answered(server, f"GET {path} HTTP/1.0\r\n\r\n").status == 200, path
    for line in (*(f"GET {path}" for path in (*DOCUMENTS, "/todos/ann")), "POST /mcp"):
        answer = answered(server, f"{line} HTTP/1.0\r\n\r\n")
        assert (answer.status, json.loads(answer.body)) == (400, NOT_ONE_HOST), line
    absolute = answered(server, f"GET http://todo.example.org{MANIFEST} HTTP/1.0\r\n\r\n")
    assert json.loads(absolute.body)["logo_url"] == "https://todo.example.org/logo.png"


def test_http_1_0_needs_no_host_where_the_settings_name_the_origin(tmp_path: Path) -> None:
    variables = {"PLUGIN_PUBLIC_URL": "https://todo.example.org", "PLUGIN_AUTH": "service_http"}
    with running_server(tmp_path, PLUGIN_SERVICE_TOKENS=TOKEN, **variables) as server:
        manifest = answered(server, f"GET {MANIFEST} HTTP/1.0\r\n\r\n")
        assert json.loads(manifest.body)["logo_url"] == "https://todo.example.org/logo.png"
        line = f"GET /todos/ann HTTP/1.0\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        assert json.loads(answered(server, line).body) == EMPTY


def test_the_authority_of_an_absolute_target_is_the_host(server: Server) -> None:
    line = f"GET http://todo.example.org:81{MANIFEST} HTTP/1.1\r\nHost: other.example\r\n"
    answer = answered(server, line + CLOSE)
    assert json.loads(answer.body)["logo_url"] == "https://todo.example.org:81/logo.png"


async def test_the_public_url_wins(sqlite_url: str) -> None:
    forwarded = {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
    settings = {"public_url": "https://Todo.Example.org/", "trusted_proxies": "1"}
    async with front_door(sqlite_url, **settings) as client:
        for host in ("localhost", "192.0.2.1:81", "evil.example"):
            found = await origin(client, {"Host": host, **forwarded})
            assert found == "https://todo.example.org"
    async with front_door(sqlite_url, public_url="https://todo.example.org") as client:
        assert (await client.get(MANIFEST, headers={"Host": "a b"})).json() == NO_HOST


@pytest.mark.parametrize(
    "url",
    ["https://a:99999", "https://a:x", "https://a b", 'https://a"b', "https://a?"],
)
def test_a_public_url_that_is_no_origin_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(public_url=url)


@pytest.mark.parametrize(
    ("hops", "proto", "host", "expected"),
    [
        ("0", "http", "b.example", "https://a.example"),
        ("1", "http", "b.example:81", "http://b.example:81"),
        ("1", "https", "localhost", "https://localhost"),
        ("1", None, "b.example", "https://b.example"),
        ("1", "http", None, "http://a.example"),
        ("1", None, None, "https://a.example"),
        ("1", "https, http", "evil.example, b.example", "http://b.example"),
        ("2", "http,https", "b.example,c.example", "http://b.example"),
        ("2", "https, http, https", "evil.example,b.example,c.example", "http://b.example"),
        ("2", "http", "b.example", "https://a.example"),
        ("proto=1,host=0", "http", "evil.example", "http://a.example"),
        ("host=1", "http", "b.example", "https://b.example"),
        ("proto=2, host=1", "http,https", "evil.example,b.example", "http://b.example"),
        ("1", "javascript", "b.example", "https://b.example"),
        ("1", "", "b.example", "https://b.example"),
    ],
)
async def test_forwarded_headers_count_only_from_trusted_proxies(
    sqlite_url: str, hops: str, proto: str | None, host: str | None, expected: str
) -> None:
    sent = {"Host": "a.example", "X-Forwarded-Proto": proto, "X-Forwarded-Host": host}
    sent |= {"Forwarded": "host=evil.example;proto=http", "X-Forwarded-Port": "81"}
    headers = {name: value for name, value in sent.items() if value is not None}
    async with front_door(sqlite_url, trusted_proxies=hops) as client:
        assert await origin(client, headers) == expected


async def test_a_forwarded_host_is_held_to_the_same_rules(sqlite_url: str) -> None:
    async with front_door(sqlite_url, trusted_proxies=1) as client:
        for host in ("a b", 'a","x":"', ".", "a.example:65536"):
            answer = await client.get(MANIFEST, headers={"X-Forwarded-Host": host})
            assert (answer.status_code, answer.json()) == (400, NO_HOST)


@pytest.mark.parametrize("path", DOCUMENTS)
@SHARED
async def test_documents_differ_only_in_the_url(door: httpx.AsyncClient, path: str) -> None:
    ours, theirs = "http://localhost:5002", "https://todo.example.org:8443"
    here = await door.get(path)
    there = await door.get(path, headers={"Host": "todo.example.org:8443"})
    assert parsed(here) != parsed(there)
    assert replaced(parsed(here), ours, theirs) == parsed(there)
    assert b"PLUGIN_HOSTNAME" not in here.content + there.content


@pytest.mark.parametrize("path", DOCUMENTS)
@SHARED
async def test_a_document_is_tagged_by_origin(door: httpx.AsyncClient, path: str) -> None:
    here = await door.get(path)
    there = await door.get(path, headers={"Host": "todo.example.org"})
    for answer in (here, there):
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["Vary"] == "Host, Origin"
    tag = here.headers["ETag"]
    for tags in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        unmodified = await door.get(path, headers={"If-None-Match": tags})
        assert (unmodified.status_code, unmodified.content) == (304, b"")
        assert dict(unmodified.headers) == {
            "etag": tag,
            "cache-control": "no-cache",
            "vary": "Host, Origin",
            "x-content-type-options": "nosniff",
        }
    elsewhere = {"Host": "todo.example.org", "If-None-Match": tag}
    assert (await door.get(path, headers=elsewhere)).content == there.content
    assert (await door.get(path)).content == here.content
