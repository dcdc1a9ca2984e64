"""No request changes where the proxy asks, no page of a stranger asks, and no token is told."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.answers import UNREADABLE, Answer, answered, problem
from tests.front_door import SHARED
from tests.running import SERVERS

from .mcp_messages import tool_call
from .proxy_api import OK, Front, answer, fronted

pytestmark = SHARED
SECRET = "k7Qm2zXw9RtLs4Vb8NcJ"
CALLERS_SECRET = "p3Hd6yGf1WaEu5Ti0OqZ"
PAGE = "https://chatgpt.com"


@pytest_asyncio.fixture(name="front", scope="module", loop_scope="module", params=SERVERS)
async def fixture_front(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Front]:
    folder = tmp_path_factory.mktemp("proxy")
    options = ("--header", f"X-Key: {SECRET}", "--seconds", "2")
    async with fronted(folder, *options, PLUGIN_SERVER=request.param) as front:
        yield front


async def send(front: Front, target: str, *lines: str, method: str = "GET") -> Answer:
    """The answer to a request whose target and headers are written as they are here."""
    named = [] if any(line.lower().startswith("host:") for line in lines) else ["Host: localhost"]
    request = [f"{method} {target} HTTP/1.1", *named, *lines, "Connection: close", "", ""]
    return await asyncio.to_thread(answered, front.proxy, "\r\n".join(request))


DOTS = problem(
    400,
    "invalid_path",
    "The path begins with two slashes, or has a backslash or a segment of dots: write the path that"
    " is meant.",
)
NO_PATH = problem(400, "invalid_path", "The request target is not a path.")
CONTROL = problem(
    400, "invalid_path", "The path has a control character or U+FFFD, which no name here may have."
)
FOREIGN = problem(
    403,
    "foreign_host",
    "The proxy asks for no token, so it answers only under localhost, an address, or the host of"
    " --public-url.",
)
PATHS = {
    "/a/../b": DOTS,
    "/..": DOTS,
    "/a/%2e%2E/b": DOTS,
    "/a/.%2e": DOTS,
    "/a/./b": DOTS,
    "/a%2f..%2fb": DOTS,
    "/a/..%5cb": DOTS,
    "/a/..;x=1/b": DOTS,
    "/a\\..\\b": DOTS,
    "/\\evil.example/": DOTS,
    "//evil.example/": DOTS,
    "///evil.example/": DOTS,
    "/a%0d%0aHost:%20evil.example": CONTROL,
    "/a%00": CONTROL,
    "/a%zz": NO_PATH,
    "http://evil.example/things": FOREIGN,
    "http://localhost@evil.example/": problem(
        400, "invalid_host", "The Host header is not a host and port."
    ),
    "http://localhost//evil.example/": DOTS,
    "https://evil.example:443/": FOREIGN,
}


@pytest.mark.parametrize("target", PATHS)
async def test_a_target_that_could_lead_elsewhere_is_refused(front: Front, target: str) -> None:
    before = len(front.api.asked)
    got = await send(front, target)
    assert (got.status, json.loads(got.body)) == (PATHS[target]["status"], PATHS[target])
    assert len(front.api.asked) == before


@pytest.mark.parametrize("target", ["*", "@evil.example/", "evil.example:443", "ftp://localhost/x"])
async def test_what_is_no_path_is_refused(front: Front, target: str) -> None:
    before = len(front.api.asked)
    got = await send(front, target)
    assert got.status == 400
    if got.body:
        assert json.loads(got.body) in (NO_PATH, UNREADABLE)
    assert len(front.api.asked) == before


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("http://localhost/things?q=1", "/things?q=1"),
        ("/a?next=//evil.example/../b\\c", "/a?next=//evil.example/../b%5Cc"),
        ("/a//b/", "/a//b/"),
        ("/...", "/..."),
        ("/a;b=..c", "/a;b=..c"),
        ("/%2540evil.example", "/%2540evil.example"),
        ("/@evil.example:80", "/@evil.example:80"),
        ("/http://evil.example/", "/http://evil.example/"),
    ],
)
async def test_any_other_target_is_a_path_of_the_api(front: Front, target: str, asked: str) -> None:
    got = await send(front, target)
    assert (got.status, got.body) == (200, b'{"ok":true}')
    assert front.api.asked[-1].target == asked
    assert ("host", front.api.url.removeprefix("http://")) in front.api.asked[-1].headers


@pytest.mark.parametrize(
    "name", ["X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded"]
)
async def test_no_header_leads_elsewhere(front: Front, name: str) -> None:
    got = await send(front, "/things", f"{name}: http://evil.example/")
    assert got.status == 200
    assert (front.api.asked[-1].target, name.lower()) == ("/things", name.lower())
    assert name.lower() not in dict(front.api.asked[-1].headers)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"]
)
async def test_a_name_that_somebody_leads_here_is_refused(front: Front, host: str) -> None:
    for target in ("/things", "/openapi.json", "/mcp"):
        got = await send(front, target, f"Host: {host}")
        assert (got.status, json.loads(got.body)) == (403, FOREIGN)


async def test_a_page_of_a_stranger_is_refused_and_asks_nothing(front: Front) -> None:
    before = len(front.api.asked)
    for method in ("GET", "POST", "OPTIONS"):
        for origin in ("https://evil.example", "null", "http://localhost:1"):
            got = await send(front, "/things", f"Origin: {origin}", method=method)
            assert got.status == 403
            assert json.loads(got.body)["code"] == "foreign_origin"
            assert "access-control-allow-origin" not in got.headers
    assert len(front.api.asked) == before


async def test_a_page_that_may_call_reads_the_answer(front: Front) -> None:
    got, _ = await front.told("GET", "/things/1", headers={"Origin": PAGE})
    assert got.headers["Access-Control-Allow-Origin"] == PAGE
    assert "plugin-server-flag" in got.headers["Access-Control-Expose-Headers"]
    assert got.headers["Vary"] == "Origin"
    wanted = "authorization, x-trace, x-unknown, mcp-protocol-version, cookie"
    preflight = await front.client.options(
        "/things/1",
        headers={
            "Origin": PAGE,
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": wanted,
            "Access-Control-Request-Private-Network": "true",
        },
    )
    assert preflight.status_code == 204
    told = {name: value for name, value in preflight.headers.items() if "control" in name}
    assert told.pop("access-control-expose-headers")
    assert told == {
        "access-control-allow-origin": PAGE,
        "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        "access-control-allow-headers": "authorization, x-trace, mcp-protocol-version",
        "access-control-allow-private-network": "true",
        "access-control-max-age": "600",
    }


async def test_a_trace_tells_nobody_what_the_proxy_adds(front: Front) -> None:
    await send(front, "/things", f"Authorization: Bearer {CALLERS_SECRET}", method="TRACE")
    host = front.api.url.removeprefix("http://")
    assert sorted(front.api.asked[-1].headers) == [("host", host), ("via", "1.1 plugin-server")]


async def test_a_proxy_that_asks_itself_says_so(front: Front) -> None:
    got = await send(front, "/things", "Via: 1.0 other, 1.1 plugin-server")
    assert json.loads(got.body) == problem(502, "loop", "The API is this proxy itself.")


async def test_no_token_is_in_a_log_or_in_an_answer_of_the_proxy(front: Front) -> None:
    async def break_off(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")

    front.api.answers |= {
        "/ok": OK,
        "/odd": answer("200 OK", b"{"),
        "/away": answer("302 Found", b"", "Location: http://[", "Content-Length: 0"),
        "/broken": break_off,
    }
    headers = {"Authorization": f"Bearer {CALLERS_SECRET}"}
    for path in ("/ok", "/odd", "/away", "/broken", f"/{CALLERS_SECRET}/.."):
        target = f"{path}?key={CALLERS_SECRET}"
        got = await send(front, target, f"Authorization: Bearer {CALLERS_SECRET}")
        assert CALLERS_SECRET.encode() not in got.body
        assert SECRET.encode() not in got.body
    call = tool_call("getThing", {"id": CALLERS_SECRET})
    conversation = {"openai-conversation-id": str(uuid.uuid4())}
    await front.client.post("/mcp", content=call.body, headers={**headers, **conversation})
    await front.line(conversation["openai-conversation-id"])
    told = "".join((front.folder / name).read_text() for name in ("proxy.log", "proxy.out"))
    assert '"contract":"no_operation"' in told
    assert SECRET not in told
    assert CALLERS_SECRET not in told
