"""Asking servers that answer too much, too slowly, or nonsense."""

import asyncio
import gzip
import subprocess
import sys
import zlib
from collections.abc import Mapping

import pytest

from guarded_fetch import Client, Limits
from guarded_fetch.answers import Fetch
from guarded_fetch.testing.hostile_servers import (
    CHUNKED,
    HEAD,
    answering,
    failure_of,
    ok,
    request,
    serving,
)

HOSTILE = """an endless body: size
a gzip bomb: size
a gzip bomb in gzip: protocol
headers in drops: timeout
a body in drops: timeout
silence: timeout
an immediate end: connection
garbage: protocol
10 MB of headers: size
one header without end: size
early hints for ever: timeout
empty gzip for ever: size
"""


async def ask(answer: bytes, *, limits: Limits = Limits(), method: str = "GET") -> Fetch:  # noqa: B008
    """The fetch with a server that sends this."""
    async with serving(answering(answer)) as port:
        url = f"http://127.0.0.1:{port}/"
        async with Client(url, limits=limits) as client:
            return await client.fetch("manifest", method, url)


def test_twelve_hostile_servers_each_end_in_a_failure_and_within_100_mb() -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "guarded_fetch.testing.hostile_servers"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    *kinds, memory = ran.stdout.splitlines()
    assert [*kinds, ran.stderr] == [*HOSTILE.splitlines(), ""]
    assert int(memory) < 100_000_000


async def test_an_answer_is_kept_as_it_came() -> None:
    fetch = await ask(ok(b'{"a": 1}', "Content-Type: text/json", "Vary: A", "VARY: B"))
    assert (fetch.status, fetch.body, fetch.failure_kind, fetch.failure, fetch.tls) == (
        200,
        b'{"a": 1}',
        None,
        None,
        None,
    )
    assert fetch.headers == {
        "content-length": "8",
        "content-type": "text/json",
        "vary": "A, B",
    }
    assert 0 < fetch.seconds < 10


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Encoding: gzip", gzip.compress(b"plants", mtime=0)),
        (
            "Content-Encoding: GZIP",
            gzip.compress(b"pla", mtime=0) + gzip.compress(b"nts", mtime=0) + b"\0\0\0",
        ),
        ("Content-Encoding: x-gzip", gzip.compress(b"plants", mtime=0)),
        ("Content-Encoding: deflate", zlib.compress(b"plants")),
        ("Content-Encoding: deflate", zlib.compress(b"plants", wbits=-15)),
        ("Content-Encoding: identity", b"plants"),
    ],
)
async def test_an_answer_is_unpacked(headers: str, body: bytes) -> None:
    fetch = await ask(ok(body, headers))
    assert (fetch.body, fetch.failure_kind) == (b"plants", None)


async def test_an_answer_without_a_body_needs_no_unpacking() -> None:
    fetch = await ask(b"HTTP/1.1 204 Nothing\r\nContent-Encoding: br\r\n\r\n")
    assert (fetch.status, fetch.body, fetch.failure_kind) == (204, b"", None)


async def test_gzip_within_gzip_is_unpacked_once() -> None:
    inner = gzip.compress(bytes(10_000_000))
    fetch = await ask(ok(gzip.compress(inner, mtime=0), "Content-Encoding: gzip"))
    assert (fetch.body, fetch.failure_kind) == (inner, None)


@pytest.mark.parametrize(
    ("answer", "failure_kind", "failure"),
    [
        (
            ok(b"x", "Content-Encoding: br"),
            "protocol",
            'The answer is encoded as "br"; only gzip was asked for.',
        ),
        (
            ok(b"x", "Content-Encoding: gz\xa0ip" + "p" * 100),
            "protocol",
            f'The answer is encoded as "gzâ\\xa0ip{"p" * 50}…"; only gzip was asked for.',
        ),
        (
            ok(b"plants", "Content-Encoding: gzip"),
            "protocol",
            "The answer is not the gzip that it says it is.",
        ),
        (
            ok(gzip.compress(b"plants", mtime=0)[:-4], "Content-Encoding: gzip"),
            "protocol",
            "The answer is not the gzip that it says it is.",
        ),
        (
            HEAD + b"Content-Length: 9\r\n\r\nx",
            "connection",
            "IT closed the connection within its answer.",
        ),
        (b"", "connection", "IT closed the connection without an answer."),
        (
            b"SSH-2.0-\x1b[31mred\x1b[0m\r\n\r\n",
            "protocol",
            "IT does not answer in HTTP: illegal status line.",
        ),
        (HEAD + b"X: " + b"x" * 200_000, "size", "IT answers with headers that are too large."),
        (CHUNKED + b"zz\r\n", "protocol", "IT does not answer in HTTP: illegal chunk header."),
        (HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", "protocol", None),
        (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "protocol", None),
        (b"HTTP/1.1 000 Zero\r\n\r\n", "protocol", None),
    ],
)
async def test_a_broken_answer_is_told_in_words(
    answer: bytes, failure_kind: str, failure: str | None
) -> None:
    fetch = await ask(answer)
    assert fetch.failure_kind == failure_kind
    assert fetch.failure is not None
    assert fetch.failure.isprintable()
    if failure:
        assert failure_of(fetch) == (failure_kind, failure)


async def test_a_body_is_read_up_to_the_limit() -> None:
    limits = Limits(bytes_a_document=1000)
    whole = await ask(ok(b"x" * 1000), limits=limits)
    more = await ask(ok(b"x" * 1001), limits=limits)
    packed = await ask(
        ok(gzip.compress(b"x" * 1001, mtime=0), "Content-Encoding: gzip"), limits=limits
    )
    assert [(each.status, each.failure_kind, each.failure) for each in (whole, more, packed)] == [
        (200, None, None),
        (200, "size", "The answer is larger than 1,000 bytes."),
        (200, "size", "The answer is larger than 1,000 bytes."),
    ]
    assert [each.body for each in (whole, more, packed)] == [b"x" * 1000] * 3


async def test_headers_and_body_are_sent_and_what_follows_from_the_request_is_ours() -> None:
    seen: list[str] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await request(reader) + (await reader.readexactly(2)).decode())
        writer.write(ok(b""))

    headers: Mapping[str, str] = {
        "Content-Type": "application/json",
        "HOST": "bank.test",
        "content-length": "7",
        "Authorization": "Bearer key",
    }
    async with serving(handler) as port:
        url = f"http://127.0.0.1:{port}/mcp?a=b#c"
        async with Client(url) as client:
            await client.fetch("tools", "POST", url, headers=headers, body=b"{}")
    assert seen == [
        f"POST /mcp?a=b HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nuser-agent: guarded-fetch\r\n"
        "accept: */*\r\ncontent-type: application/json\r\nauthorization: Bearer key\r\n"
        "accept-encoding: gzip\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"
    ]


@pytest.mark.parametrize("value", ["a\r\nX: b", "a\nb", "a\0", "\ud800"])
async def test_a_header_that_cannot_be_sent_is_told_in_words(value: str) -> None:
    async with serving(answering(ok(b""))) as port:
        url = f"http://127.0.0.1:{port}/"
        async with Client(url) as client:
            fetch = await client.fetch("probe", "GET", url, headers={"Authorization": value})
    expected = None if value == "\ud800" else "protocol"
    assert fetch.failure_kind == expected
