"""What is not sound HTTP/1.1 is answered once, in HTTP/1.1, and nothing behind it is run."""

import asyncio
import itertools
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.answers import problem
from tests.callers import HEALTH
from tests.load import read_answer
from tests.running import SERVERS, Server, running_server

from . import show
from .hostile import BEHIND, CL, EITHER, LAST, LAST_BEHIND, MILK, SOUND, TE, UNSOUND, post

# What a reader who does not hold its answers against each other would be fooled by.
STATUS = re.compile(rb"HTTP/\d\S* (\d{3})")
PATIENCE = 20
LARGEST = 65_536
TOO_LARGE = problem(413, "body_too_large", "The body is longer than 65536 bytes.")
KEY = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
HTTP_2 = "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
NAMES = (f"list{number}" for number in itertools.count())
LAST_HEALTH = HEALTH.replace(b"localhost", b"localhost\r\nConnection: close")
# For a request that takes milliseconds, on a machine that may be busy with other tests.
AT_ONCE = 0.6


@pytest.fixture(name="server", scope="module")
def fixture_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("wire"), PLUGIN_SERVER="uvicorn") as server:
        yield server


@pytest.fixture(scope="module", params=SERVERS)
def each_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("wire"), PLUGIN_SERVER=request.param) as server:
        yield server


def heard(server: Server, said: bytes, *, falls_silent: bool = False) -> bytes:
    """All that the server says until it ends the connection, which it must do by itself."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        received = b""
        try:
            connection.sendall(said)
            if falls_silent:
                connection.shutdown(socket.SHUT_WR)
            while data := connection.recv(LARGEST):
                received += data
        except ConnectionError:
            # The server threw away what came after its answer.
            pass
        return received


def statuses(received: bytes) -> list[int]:
    return [int(status) for status in STATUS.findall(received)]


def todos(server: Server, name: str) -> list[str]:
    answer = heard(server, LAST_HEALTH.replace(b"/healthz", f"/todos/{name}".encode()))
    found: list[str] = json.loads(answer.partition(b"\r\n\r\n")[2])["todos"]
    return found


def outcome(
    server: Server, said: bytes, *, falls_silent: bool = False
) -> tuple[list[int], list[str]]:
    """The statuses of the answers, and what is then in the list that was LIST in what was said."""
    name = next(NAMES)
    received = heard(server, said.replace(b"LIST", name.encode()), falls_silent=falls_silent)
    return statuses(received), todos(server, name)


def test_what_is_not_sound_is_answered_once_and_nothing_behind_it_is_run(
    each_server: Server,
) -> None:
    slowest = 0.0
    for request in UNSOUND:
        began = time.monotonic()
        answers, made = outcome(each_server, request + BEHIND)
        assert (len(answers), made) == (1, []), (request, answers)
        assert answers[0] in (400, 501, 505), request
        slowest = max(slowest, time.monotonic() - began)
    show(
        "not sound", f"{len(UNSOUND)} requests refused, once each; slowest {slowest * 1000:.0f} ms"
    )


def test_what_is_odd_and_sound_is_answered_and_so_is_the_next(each_server: Server) -> None:
    for request in SOUND:
        expected = ([200, 200], ["milk", "gift"])
        assert outcome(each_server, request + LAST_BEHIND) == expected, request


def test_what_some_refuse_hides_nothing_behind_it(each_server: Server) -> None:
    for request in EITHER:
        seen = outcome(each_server, request + LAST_BEHIND)
        assert seen in (([400], []), ([200, 200], ["milk", "gift"])), (request, seen)


@pytest.mark.parametrize("behind", [BEHIND, b"\r\n", b"\0"], ids=["request", "line", "byte"])
def test_what_is_behind_a_last_request_changes_nothing_of_its_answer(
    server: Server, behind: bytes
) -> None:
    for request in LAST:
        assert outcome(server, request + behind) == ([200], ["milk"]), request


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        (post(f"Content-Length: {LARGEST}") + MILK.ljust(LARGEST), [200]),
        (post(TE) + b"10000\r\n" + MILK.ljust(LARGEST) + b"\r\n0\r\n\r\n", [200]),
        (post(f"Content-Length: {LARGEST + 1}") + MILK.ljust(LARGEST + 1), [413]),
        (post(TE) + b"10001\r\n" + MILK.ljust(LARGEST + 1) + b"\r\n0\r\n\r\n", [413]),
        (post("Content-Length: 1000000000") + MILK.ljust(1_100_000), [413]),
        (post(TE) + b"3b9aca00\r\n" + MILK.ljust(1_100_000), [413]),
        (post("Content-Length: 70000", "Expect: 100-continue") + MILK.ljust(70_000), [413]),
        (post(CL, "Expect: 100-continue") + MILK, [100, 200]),
        # Too short a length: what is left over is no request.
        (post(CL) + MILK + MILK + b"\r\n\r\n", [200, 400]),
        # Too long a length, and then nothing more: there is nobody to answer.
        (post("Content-Length: 100") + MILK, []),
        (post(TE) + b"f\r\n" + MILK[:-1], []),
    ],
)
def test_a_body_has_64_kib_however_it_is_announced(
    server: Server, said: bytes, answers: list[int]
) -> None:
    expected = (answers, ["milk"] if 200 in answers else [])
    assert outcome(server, said, falls_silent=True) == expected


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        (post("Content-Length: 70000"), b"a" * 70_000),
        (post("Content-Length: 70000", "Expect: 100-continue"), b"a" * 70_000),
        (post(TE) + b"10001\r\n" + b"a" * (LARGEST + 1), b"\r\n0\r\n\r\n"),
    ],
    ids=["length", "expectation", "chunks"],
)
async def test_a_body_that_is_too_large_is_refused_before_all_of_it_has_come(
    server: Server, said: bytes, rest: bytes
) -> None:
    began = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(said)
    assert await read_answer(reader) == (413, TOO_LARGE, True)
    assert time.monotonic() - began < AT_ONCE
    # Who sends it all the same sees the end of the connection; a reset would raise here.
    writer.write(rest)
    assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
    writer.close()


def test_nobody_waits_while_a_body_comes_in_the_smallest_chunks(server: Server) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in MILK.ljust(LARGEST)) + b"0\r\n\r\n"
    rest = memoryview(post(TE, "Connection: close") + chunks)
    answer = b""
    slowest = 0.0
    with socket.create_connection(("127.0.0.1", server.port)) as caller:
        caller.setblocking(False)
        while not answer:
            with suppress(BlockingIOError):
                rest = rest[caller.send(rest) :]
            began = time.monotonic()
            assert statuses(heard(server, LAST_HEALTH)) == [200]
            slowest = max(slowest, time.monotonic() - began)
            with suppress(BlockingIOError):
                answer = caller.recv(LARGEST)
    assert statuses(answer) == [200]
    assert slowest < AT_ONCE
    show("65,536 chunks of a byte", f"taken; a probe waited {slowest * 1000:.0f} ms at most")


@pytest.mark.parametrize(
    "said",
    [
        *(
            post(CL, "Connection: Upgrade, HTTP2-Settings", f"Upgrade: {protocol}", HTTP_2) + MILK
            for protocol in ("h2c", "H2C", "h2c, websocket", "h2", "TLS/1.2, h2c", "websocket")
        ),
        post(CL, "Connection: Upgrade", "Upgrade: h2c") + MILK,
        post(CL, "Upgrade: h2c", HTTP_2, HTTP_2) + MILK,
        post(TE, "Connection: Upgrade", "Upgrade: h2c", HTTP_2)
        + b"f\r\n"
        + MILK
        + b"\r\n0\r\n\r\n",
        post(CL, "Connection: Upgrade", "Upgrade: websocket", KEY) + MILK,
        post(CL, "Connection: Upgrade", "uPGRADE: h2c", "Upgrade: websocket", HTTP_2, KEY) + MILK,
    ],
)
def test_an_upgrade_is_never_accepted(server: Server, said: bytes) -> None:
    # With a body and without: some servers switch only where there is none.
    bare = re.sub(
        rb"(Content-Length|Transfer-Encoding)[^\n]*\n", b"", said.partition(b"\r\n\r\n")[0]
    )
    bare = bare.replace(b"POST", b"GET") + b"\r\n\r\n"
    assert outcome(server, said + BEHIND, falls_silent=True) == ([200, 200], ["milk", "gift"])
    assert outcome(server, bare + BEHIND, falls_silent=True) == ([200, 200], ["gift"])
    received = heard(server, (bare + PREFACE).replace(b"LIST", b"other"))
    assert statuses(received) == [200, 400]
    assert b"upgrade" not in received.lower()


@pytest.mark.parametrize("end", [b"", BEHIND, HEALTH], ids=["alone", "change", "health"])
def test_http_2_by_prior_knowledge_gets_one_answer_in_http_1(server: Server, end: bytes) -> None:
    assert outcome(server, PREFACE + end) == ([400], [])


def test_100_requests_in_one_packet_are_answered_and_the_101st_is_not(server: Server) -> None:
    assert statuses(heard(server, HEALTH * 10_000)) == [200] * 100


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (HEALTH[:-2] + b"a: b\r\n" * 100_000 + b"\r\n", 431),
        (HEALTH[:-2] + b"a" * 1_000_000 + b": b\r\n\r\n", 431),
        (HEALTH[:-2] + b"a:b\r\n" * 10_000 + b"\r\n", 431),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
        (b"\r\n" * 50_000, 431),
        (b"\0" * 50_000, 400),
    ],
    ids=["lines", "name", "short lines", "target", "empty lines", "zeros"],
)
def test_a_head_that_is_far_too_long_is_refused_at_once(
    server: Server, said: bytes, status: int
) -> None:
    began = time.monotonic()
    assert statuses(heard(server, said)) == [status]
    assert time.monotonic() - began < 1
