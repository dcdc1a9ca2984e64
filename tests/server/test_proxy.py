"""The proxy in front of an API: what passes either way, on each HTTP server."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.answers import problem
from tests.front_door import SHARED
from tests.running import SERVERS

from .proxy_api import OK, Front, answer, fronted, running_api

pytestmark = SHARED
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")
REDIRECTED = problem(
    502,
    "redirected",
    "The API redirects to another place, and hosts do not follow: the contract must name the place"
    " itself.",
)


@pytest_asyncio.fixture(name="front", scope="module", loop_scope="module", params=SERVERS)
async def fixture_front(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Front]:
    folder = tmp_path_factory.mktemp("proxy")
    added = ("--header", "X-Key: of the proxy")
    async with fronted(folder, *added, PLUGIN_SERVER=request.param) as front:
        yield front


ADDED = [("via", "1.1 plugin-server"), ("accept-encoding", "identity"), ("x-key", "of the proxy")]


@pytest.mark.parametrize("method", METHODS)
async def test_a_request_of_any_method_passes_as_it_is(front: Front, method: str) -> None:
    target = "/v1/th%C3%ADngs/a%2Fb;v=1?q=a+b&tag=%5B1%5D&empty="
    headers = {"Authorization": "Bearer t", "Content-Type": "text/plain", "If-Match": '"1"'}
    await front.client.request(method, target, headers=headers, content=b"\x00body")
    asked = front.api.asked[-1]
    assert (asked.method, asked.target, asked.body) == (method, target, b"\x00body")
    host = front.api.url.removeprefix("http://")
    sent = [(name.lower(), value) for name, value in headers.items()]
    expected = [("host", host), ("content-length", "5"), *sent, *ADDED]
    assert sorted(asked.headers) == sorted(expected)


async def test_headers_that_no_contract_is_about_stay_here(front: Front) -> None:
    left_out = {
        "Connection": "keep-alive, x-trace",
        "Keep-Alive": "timeout=5",
        "Proxy-Authorization": "Basic eDp5",
        "TE": "trailers",
        "Cookie": "session=1",
        "X-Forwarded-For": "192.0.2.1",
        "Forwarded": "for=192.0.2.1",
        "X-Unknown": "1",
        "X-Trace": "named by the contract, and by Connection",
    }
    passing = {"Accept": "text/html", "X-Key": "of the caller", "User-Agent": "a test"}
    await front.client.get("/things/1", headers=left_out | passing)
    host = front.api.url.removeprefix("http://")
    sent = [("accept", "text/html"), ("user-agent", "a test")]
    assert sorted(front.api.asked[-1].headers) == sorted([("host", host), *sent, *ADDED])
    await front.client.get("/things/1", headers={"X-Trace": "named by the contract"})
    assert ("x-trace", "named by the contract") in front.api.asked[-1].headers


async def test_headers_of_an_answer_pass_that_a_contract_is_about(front: Front) -> None:
    passing = {"ETag": '"1"', "Retry-After": "5", "X-Total": "3", "WWW-Authenticate": "Bearer"}
    left_out = {
        "Connection": "keep-alive, age",
        "Keep-Alive": "timeout=5",
        "Age": "1",
        "Set-Cookie": "session=1",
        "Server": "the API",
        "Strict-Transport-Security": "max-age=9",
        "Access-Control-Allow-Origin": "*",
    }
    lines = [f"{name}: {value}" for name, value in (passing | left_out).items()]
    front.api.answers["/headers"] = answer("429 Too Many Requests", b'{"ok":false}', *lines)
    got = await front.client.get("/headers")
    assert got.status_code == 429
    own = {"content-type", "content-length", "date", "vary"}
    assert {name: got.headers[name] for name in got.headers.keys() - own} == {
        name.lower(): value for name, value in passing.items()
    }


ANSWERS: dict[str, tuple[bytes, tuple[int, bytes, dict[str, str | None]]]] = {
    "whole": (OK, (200, b'{"ok":true}', {"Content-Length": "11"})),
    "chunked": (
        answer("200 OK", b"", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        (200, b"abcde", {"Content-Length": "5", "Transfer-Encoding": None}),
    ),
    "without a length": (
        answer("200 OK", b"", "Connection: close") + b"abc",
        (200, b"abc", {"Content-Length": "3"}),
    ),
    "204": (answer("204 No Content"), (204, b"", {"Content-Length": None, "Content-Type": None})),
    "304": (
        answer("304 Not Modified", b"", 'ETag: "7"', "Content-Length: 900"),
        (304, b"", {"ETag": '"7"', "Content-Length": None}),
    ),
    "500": (answer("500 Broken", b"{"), (500, b"{", {"Content-Type": "application/json"})),
    "599": (answer("599 Odd", b"x", json=False), (599, b"x", {"Content-Type": None})),
    "empty": (answer("200 OK", b"", "Content-Length: 0"), (200, b"", {"Content-Length": "0"})),
    "made": (
        answer("201 Created", b"{}", "Location: https://other.example/1"),
        (201, b"{}", {"Location": "https://other.example/1"}),
    ),
}


@pytest.mark.parametrize("about", ANSWERS)
async def test_an_answer_passes_as_it_is(front: Front, about: str) -> None:
    sent, (status, body, headers) = ANSWERS[about]

    async def script(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)

    front.api.answers["/answer"] = script
    got = await front.client.get("/answer")
    assert (got.status_code, got.content) == (status, body)
    assert {name: got.headers.get(name) for name in headers} == headers


async def test_the_answer_to_head_has_a_length_and_no_content(front: Front) -> None:
    front.api.answers["/head"] = answer("200 OK", b"", "Content-Length: 1234", "Content-Type: a/b")
    got = await front.client.head("/head")
    assert (got.status_code, got.content, got.headers["Content-Length"]) == (200, b"", "1234")


@pytest.mark.parametrize(
    ("accepted", "asked"),
    [
        ("gzip, br, zstd", "gzip"),
        ("br;q=1, *;q=0.1", "gzip"),
        ("gzip;q=0", "identity"),
        ("br", "identity"),
    ],
)
async def test_gzip_passes_and_no_other_coding_is_asked_for(
    front: Front, accepted: str, asked: str
) -> None:
    packed = gzip.compress(b'{"ok":true}')
    front.api.answers["/things/gz"] = answer("200 OK", packed, "Content-Encoding: gzip")
    got, line = await front.told("GET", "/things/gz", headers={"Accept-Encoding": accepted})
    assert (got.headers["Content-Encoding"], got.json()) == ("gzip", {"ok": True})
    assert got.headers["Content-Length"] == str(len(packed))
    assert ("accept-encoding", asked) in front.api.asked[-1].headers
    assert line["contract"] == "matches"


def redirect(status: int, location: str) -> bytes:
    return answer(f"{status} Moved", b"", f"Location: {location}", "Content-Length: 0")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/elsewhere?x=1#part", "{proxy}/elsewhere?x=1#part"),
        ("next", "{proxy}/old/next"),
        ("{api}/new", "{proxy}/new"),
        ("{api}//evil.example/", "{proxy}//evil.example/"),
    ],
)
async def test_a_redirect_to_the_api_itself_leads_by_way_of_the_proxy(
    front: Front, status: int, location: str, leads_to: str
) -> None:
    location = location.format(api=front.api.url)
    front.api.answers["/old/place"] = redirect(status, location)
    got = await front.client.get("/old/place")
    assert got.status_code == status
    assert got.headers["Location"] == leads_to.format(proxy=front.proxy.url)


@pytest.mark.parametrize(
    "location",
    [
        "{other}/",
        "//{host}/",
        "https://{api_host}/",
        "http://x@{host}/",
        "javascript:1",
        "http://[",
    ],
)
async def test_a_redirect_to_another_place_is_neither_followed_nor_passed_on(
    front: Front, location: str
) -> None:
    async with running_api() as other:
        target = location.format(
            other=other.url,
            host=other.url.removeprefix("http://"),
            api_host=front.api.url.removeprefix("http://"),
        )
        front.api.answers["/away"] = redirect(302, target)
        got = await front.client.get("/away", headers={"Authorization": "Bearer t"})
        assert (got.status_code, got.json()) == (502, REDIRECTED)
        assert other.asked == []
