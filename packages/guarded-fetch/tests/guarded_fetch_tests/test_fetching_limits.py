"""How long it takes, and servers and names that are not there."""

import asyncio
import subprocess
import sys

from guarded_fetch import Client, Limits
from guarded_fetch.testing.hostile_servers import (
    HEAD,
    MadeUpNetwork,
    answering,
    failure_of,
    ok,
    repeating,
    serving,
)


async def test_time_is_up_for_an_answer_in_drops() -> None:
    drops = repeating(HEAD + b"Content-Length: 100000\r\n\r\n", b"x", 0.01)
    async with serving(drops) as port:
        url = f"http://127.0.0.1:{port}/"
        async with Client(url, limits=Limits(seconds_a_request=0.2)) as client:
            fetch = await client.fetch("manifest", "GET", url)
    assert (fetch.status, failure_of(fetch)) == (
        200,
        ("timeout", "IT did not answer in full within 0.2 seconds."),
    )


async def test_when_the_time_of_all_is_over_nothing_is_asked_any_more() -> None:
    lines: list[str] = []
    async with serving(repeating(b"", b"")) as port:
        url = f"http://127.0.0.1:{port}/"
        async with Client(url, limits=Limits(seconds_in_all=0.2), progress=lines.append) as client:
            first = await client.fetch("manifest", "GET", url)
            second = await client.fetch("contract", "GET", url)
    over = ("timeout", "The 0.2 seconds for all requests together are over.")
    assert [failure_of(first), failure_of(second)] == [over, over]
    assert lines == [f"manifest: GET {url}"]


async def test_many_may_be_asked_at_once_and_each_has_its_own_time() -> None:
    async with serving(repeating(b"", b"")) as slow, serving(answering(ok(b"quick"))) as quick:
        start = f"http://127.0.0.1:{quick}/"
        async with Client(start, limits=Limits(seconds_a_request=1)) as client:
            fetches = await asyncio.gather(
                client.fetch("logo", "GET", f"http://127.0.0.1:{slow}/"),
                *(client.fetch("legal", "GET", start) for _ in range(5)),
            )
    assert [each.failure_kind for each in fetches] == ["timeout", *[None] * 5]


async def test_a_server_that_is_not_there_is_told_in_words() -> None:
    async with serving(answering(b"")) as port:
        pass
    url = f"http://127.0.0.1:{port}/"
    async with Client(url) as client:
        fetch = await client.fetch("manifest", "GET", url)
    assert (fetch.failure_kind, fetch.failure) == (
        "connection",
        f"127.0.0.1 port {port} takes no connection: connection refused.",
    )


async def test_the_next_address_is_tried_and_then_kept() -> None:
    async with serving(answering(ok(b"plants"))) as port:
        addresses = [["1.1.1.1", "8.8.8.8", "9.9.9.9"]]
        network = MadeUpNetwork({"plants.test": addresses}, {"8.8.8.8": port})
        async with Client("http://plants.test/", network=network) as client:
            for _ in range(2):
                fetch = await client.fetch("manifest", "GET", "http://plants.test/")
                assert fetch.body == b"plants"
    assert network.reached == ["1.1.1.1", "8.8.8.8", "8.8.8.8"]


async def test_a_name_that_does_not_exist_is_told_in_words() -> None:
    async with Client("http://plants.test/", network=MadeUpNetwork({}, {})) as client:
        fetch = await client.fetch("manifest", "GET", "http://plants.test/")
    assert (fetch.failure_kind, fetch.failure) == (
        "unresolved",
        "The host name plants.test cannot be resolved: Name or service not known.",
    )


async def test_a_name_that_is_none_is_not_resolved() -> None:
    async with Client("http://a..b/") as client:
        fetch = await client.fetch("manifest", "GET", "http://a..b/")
    assert fetch.failure_kind == "unresolved"


HANGING = """
import asyncio, socket, threading
from guarded_fetch import Client, Limits

socket.getaddrinfo = lambda *_, **__: threading.Event().wait()

async def main():
    async with Client("http://plants.test/", limits=Limits(seconds_a_request=0.2)) as client:
        for _ in range(2):
            print((await client.fetch("manifest", "GET", "http://plants.test/")).failure)
        print(threading.active_count())

asyncio.run(main())
"""


def test_a_resolver_that_hangs_neither_holds_up_the_check_nor_the_end_of_the_process() -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", HANGING],
        capture_output=True,
        text=True,
        timeout=30,
    )
    late = "http://plants.test/ did not answer in full within 0.2 seconds."
    assert (ran.stdout.splitlines(), ran.stderr) == ([late, late, "2"], "")
