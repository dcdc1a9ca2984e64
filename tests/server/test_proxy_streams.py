"""The proxy in front of an API that is slow, endless, broken or away, on each HTTP server."""

import asyncio
import gzip
import json
import uuid
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.answers import answered, problem
from tests.front_door import SHARED
from tests.running import SERVERS

from .proxy_api import OK, Front, answer, fronted, read_chunk

pytestmark = SHARED
SECONDS = 2
FLAG = "Plugin-Server-Flag"
OVER = "over-100000-characters"
AWAY = problem(502, "upstream_failed", "The API cannot be reached, or broke off.")
SLOW = problem(504, "upstream_too_slow", f"The API was not done within {SECONDS} seconds.")


@pytest_asyncio.fixture(name="front", scope="module", loop_scope="module", params=SERVERS)
async def fixture_front(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Front]:
    folder = tmp_path_factory.mktemp("proxy")
    options = ("--seconds", str(SECONDS))
    async with fronted(folder, *options, PLUGIN_SERVER=request.param) as front:
        yield front


async def test_an_api_that_is_away_or_speaks_no_http_is_502(front: Front) -> None:
    for said in (b"", b"SSH-2.0-OpenSSH_9.9\r\n", answer("200 OK", b"", "Content-Length: x")):

        async def script(
            _: asyncio.StreamReader, writer: asyncio.StreamWriter, said: bytes = said
        ) -> None:
            writer.write(said)

        front.api.answers["/broken"] = script
        got = await front.client.post("/broken")
        assert (got.status_code, got.json()) == (502, AWAY)
        assert got.headers["Content-Type"] == "application/problem+json"


async def test_an_api_that_is_slow_is_504(front: Front) -> None:
    async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    front.api.answers["/slow"] = say_nothing
    got = await front.client.get("/slow")
    assert (got.status_code, got.json()) == (504, SLOW)


async def test_an_answer_without_end_is_cut_when_the_time_is_over(front: Front) -> None:
    ended = asyncio.Event()

    async def go_on(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer("200 OK", b"", "Content-Type: text/plain", "Connection: close"))
        try:
            while True:
                writer.write(b"x" * 10_000)
                await writer.drain()
        finally:
            ended.set()

    front.api.answers["/endless"] = go_on
    named = {"openai-conversation-id": str(uuid.uuid4())}
    async with front.client.stream("GET", "/endless", headers=named) as got:
        assert (got.status_code, got.headers[FLAG]) == (200, OVER)
        parts = got.aiter_raw(chunk_size=200_000)
        assert await anext(parts) == b"x" * 200_000
        with pytest.raises(httpx.RemoteProtocolError):
            [part async for part in parts]
    async with asyncio.timeout(10):
        await ended.wait()
    assert (await front.line(named["openai-conversation-id"]))["contract"] == "cut"


async def test_the_api_is_left_when_the_caller_has_left(front: Front) -> None:
    ended = asyncio.Event()

    async def go_on(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer("200 OK", b"", "Connection: close"))
        try:
            while not writer.is_closing():
                writer.write(b"x" * 10_000)
                await writer.drain()
        finally:
            ended.set()

    front.api.answers["/endless"] = go_on
    async with front.client.stream("GET", "/endless") as got:
        await anext(got.aiter_raw())
    async with asyncio.timeout(SECONDS / 2):
        await ended.wait()


async def test_an_answer_passes_as_it_comes(front: Front) -> None:
    may_go_on = asyncio.Event()

    async def in_two_parts(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer("200 OK", b"", "Content-Type: text/event-stream", "Connection: close"))
        writer.write(b"data: 1\n\n")
        await may_go_on.wait()
        writer.write(b"data: 2\n\n")

    front.api.answers["/events"] = in_two_parts
    async with front.client.stream("GET", "/events") as got:
        parts = got.aiter_raw()
        assert await anext(parts) == b"data: 1\n\n"
        may_go_on.set()
        assert await anext(parts) == b"data: 2\n\n"


async def test_a_request_passes_as_it_comes(front: Front) -> None:
    arrived: asyncio.Queue[bytes] = asyncio.Queue()

    async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await read_chunk(reader):
            arrived.put_nowait(part)
        writer.write(OK)

    async def parts() -> AsyncIterator[bytes]:
        yield b"first"
        assert await arrived.get() == b"first"
        yield b"second"
        assert await arrived.get() == b"second"

    front.api.answers["/upload"] = read
    assert (await front.client.post("/upload", content=parts())).json() == {"ok": True}


async def test_an_answer_may_begin_before_the_request_has_ended(front: Front) -> None:
    has_begun = asyncio.Event()

    async def answer_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_chunk(reader)
        writer.write(answer("200 OK", b"", "Connection: close") + b"x" * 150_000)
        has_begun.set()
        while part := await read_chunk(reader):
            writer.write(part)

    async def parts() -> AsyncIterator[bytes]:
        yield b"first"
        await has_begun.wait()
        for _ in range(20):
            yield b"more"

    front.api.answers["/upload"] = answer_at_once
    got = await front.client.post("/upload", content=parts())
    assert got.content == b"x" * 150_000 + b"more" * 20


async def test_an_api_that_refuses_a_long_body_is_heard(front: Front) -> None:
    refusal = answer("413 Content Too Large", b'{"ok":false}', "Connection: close")

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(refusal)
        await writer.drain()
        # What is left unread makes the system reset the connection.
        await reader.read(1)

    front.api.answers["/upload"] = refuse
    for _ in range(10):
        got = await front.client.post("/upload", content=b"x" * 1_000_000)
        assert (got.status_code, got.json()) == (413, {"ok": False})


async def test_a_body_that_does_not_come_is_not_the_fault_of_the_api(front: Front) -> None:
    head = "POST /waits HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nConnection: close"
    got = await asyncio.to_thread(answered, front.proxy, f"{head}\r\n\r\nx")
    expected = problem(408, "request_timeout", "The body did not arrive in time.")
    assert (got.status, json.loads(got.body)) == (408, expected)


LONG = {
    "exactly as long as hosts take": (b"x" * 100_000, False),
    "a character more": (b"x" * 100_001, True),
    "bytes are not characters": ("é".encode() * 100_000, False),
    "a character of two bytes more": ("é".encode() * 100_001, True),
}


@pytest.mark.parametrize("about", LONG)
@pytest.mark.parametrize("packed", [False, True])
async def test_an_answer_that_hosts_refuse_is_flagged(
    front: Front, about: str, packed: bool
) -> None:
    body, is_long = LONG[about]
    sent = gzip.compress(body) if packed else body
    coding = ["Content-Encoding: gzip"] if packed else []
    front.api.answers["/long"] = answer("200 OK", sent, *coding)
    got, line = await front.told("GET", "/long", headers={"Accept-Encoding": "gzip"})
    assert (got.content, got.headers.get(FLAG)) == (body, OVER if is_long else None)
    assert line["contract"] == ("too_long" if is_long else "no_operation")
