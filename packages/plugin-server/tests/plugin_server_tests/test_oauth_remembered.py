"""How long what was fetched is remembered, and how much of it."""

import asyncio
from typing import Any

import pytest

from guarded_fetch import Fetch
from guarded_fetch.testing.web import ORIGIN, made_up_web
from plugin_server.auth.oauth.client_documents import client_documents
from plugin_server.auth.oauth.fetching import NoDocument, seconds_kept
from plugin_server.auth.oauth.remembered import AT_ONCE, BUSY, Remembered

DATE = "Sat, 28 Nov 2026 12:00:00 GMT"


class Clock:
    """Stands still until it is set."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """Gives a number, and a higher one each time; fails while `fails`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails = False

    async def __call__(self, url: str) -> tuple[int, float]:
        self.asked.append(url)
        if self.fails:
            raise NoDocument(f"{url} is away.")
        return len(self.asked), 100.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 300),
        ({"cache-control": "max-age=3600"}, 3_600),
        ({"cache-control": "public, MAX-AGE=3600, must-revalidate"}, 3_600),
        ({"cache-control": "max-age=3600", "age": "600"}, 3_000),
        ({"cache-control": "max-age=3600", "age": "4000"}, 60),
        ({"cache-control": "max-age=3600", "age": "-5"}, 3_600),
        ({"cache-control": "max-age=0"}, 60),
        ({"cache-control": "max-age=31536000"}, 86_400),
        ({"cache-control": "max-age=99999999999999999999"}, 300),
        ({"cache-control": "max-age=plants"}, 300),
        ({"cache-control": "s-maxage=3600"}, 300),
        ({"cache-control": "no-store"}, 60),
        ({"cache-control": "no-cache, max-age=3600"}, 60),
        ({"cache-control": "max-age=3600", "expires": DATE, "date": DATE}, 3_600),
        ({"expires": "Sat, 28 Nov 2026 13:00:00 GMT", "date": DATE}, 3_600),
        ({"expires": DATE, "date": DATE}, 60),
        ({"expires": "0", "date": DATE}, 60),
        ({"expires": DATE}, 60),
        ({"expires": "Sat, 28 Nov 2026 13:00:00", "date": DATE}, 60),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 GMT", "date": DATE}, 86_400),
    ],
)
def test_headers_say_how_long_within_bounds(headers: dict[str, str], seconds: float) -> None:
    assert seconds_kept(Fetch("document", "GET", ORIGIN, headers=headers)) == seconds


async def test_a_value_is_asked_for_again_when_its_time_is_over() -> None:
    clock, source = Clock(), Source()
    remembered = Remembered(source, clock=clock)
    told = [await remembered.get("a"), await remembered.get("a")]
    clock.now += 99.9
    told.append(await remembered.get("a"))
    clock.now += 0.1
    told.append(await remembered.get("a"))
    assert told == [1, 1, 1, 2]


async def test_a_failure_is_remembered_for_a_minute() -> None:
    clock, source = Clock(), Source()
    remembered, source.fails = Remembered(source, clock=clock), True
    for _ in range(3):
        with pytest.raises(NoDocument, match="a is away"):
            await remembered.get("a")
    source.fails = False
    clock.now += 59.9
    with pytest.raises(NoDocument):
        await remembered.get("a")
    assert source.asked == ["a"]
    clock.now += 0.1
    assert (await remembered.get("a"), source.asked) == (2, ["a", "a"])
    assert remembered.failure("a") is None


async def test_a_value_of_a_certain_age_is_asked_for_again_and_stays_when_that_fails() -> None:
    clock, source = Clock(), Source()
    remembered = Remembered(source, clock=clock)
    await remembered.get("a")
    clock.now += 59.9
    assert await remembered.get("a", oldest=60) == 1
    clock.now += 0.1
    assert await remembered.get("a", oldest=60) == 2
    clock.now += 60
    source.fails = True
    with pytest.raises(NoDocument):
        await remembered.get("a", oldest=60)
    assert await remembered.get("a") == 2


async def test_there_is_room_for_so_many_and_failures_displace_no_value() -> None:
    source = Source()
    remembered = Remembered(source, most=3, clock=Clock())
    for url in ("a", "b", "c", "a", "d"):
        await remembered.get(url)
    source.fails = True
    for number in range(10):
        with pytest.raises(NoDocument):
            await remembered.get(f"away {number}")
    source.asked.clear()
    assert [await remembered.get(url) for url in ("c", "a", "d")] == [3, 1, 4]
    with pytest.raises(NoDocument):
        await remembered.get("b")
    with pytest.raises(NoDocument):
        await remembered.get("away 0")
    assert source.asked == ["b", "away 0"]


async def test_only_so_many_are_fetched_at_once_and_who_waits_too_long_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plugin_server.auth.oauth.remembered.WAIT_SECONDS", 0.1)
    running = most = 0

    async def hang(_url: str) -> Any:
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            await asyncio.Event().wait()
        finally:
            running -= 1

    remembered = Remembered[int](hang)
    urls = [str(number) for number in range(AT_ONCE + 4)]
    told = await asyncio.gather(*map(remembered.get, urls), return_exceptions=True)
    assert {str(each) for each in told} == {BUSY}
    assert (most, running) == (AT_ONCE, 0)
    assert [remembered.failure(url) for url in urls] == [None] * len(urls)


async def test_a_document_that_changed_is_believed_when_its_time_is_over() -> None:
    url, clock = f"{ORIGIN}/client.json", Clock()
    whole = {"client_id": url, "client_name": "Plants"}
    async with made_up_web() as web:
        documents = client_documents(web.network, clock)

        def publish(back: str) -> None:
            web.put("/client.json", {**whole, "redirect_uris": [back]}, "Cache-Control: max-age=90")

        async def redirect_uris() -> tuple[str, ...]:
            return (await documents.get(url)).redirect_uris

        publish("https://app.plants.test/old")
        seen = [await redirect_uris()]
        publish("https://app.plants.test/new")
        for seconds in (89.9, 0.1):
            clock.now += seconds
            seen.append(await redirect_uris())
    old, new = ("https://app.plants.test/old",), ("https://app.plants.test/new",)
    assert (seen, web.asked) == ([old, old, new], ["/client.json"] * 2)
