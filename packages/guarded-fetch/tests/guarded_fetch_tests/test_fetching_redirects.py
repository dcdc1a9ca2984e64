"""Which redirects are followed, and what is sent after them."""

from collections.abc import Mapping

import pytest

from guarded_fetch.answers import Fetch, Hop
from guarded_fetch.testing.hostile_servers import PUBLIC, START, ok, plants, redirect


async def follow(*answers: bytes) -> tuple[Fetch, list[str]]:
    """What became of the first answer, and the addresses that were reached."""
    async with plants(*answers) as (client, network, _):
        return await client.fetch("manifest", "GET", START), network.reached


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("b", "http://plants.test/a/b"),
        ("/b?c=d#e", "http://plants.test/b?c=d"),
        ("../b", "http://plants.test/b"),
        ("?c", "http://plants.test/a/manifest?c"),
        ("//www.plants.test", "http://www.plants.test/"),
        ("HTTP://WWW.Plants.Test:80/ä", "http://www.plants.test/%C3%A4"),
        ("/\\www.plants.test", "http://plants.test/\\www.plants.test"),
        ("", "http://plants.test/a/manifest"),
    ],
)
async def test_a_redirect_is_followed(location: str, target: str) -> None:
    fetch, _ = await follow(redirect(location), ok(b"plants"))
    assert (fetch.url, fetch.status, fetch.body) == (target, 200, b"plants")
    assert fetch.hops == (Hop(START, target),)


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("file:///etc/passwd", '"file:/etc/passwd" is neither an http nor an https URL.'),
        ("gopher://plants.test/1", '"gopher://plants.test/1" is neither an http nor an https URL.'),
        ("javascript:alert(1)", '"javascript:alert(1)" is neither an http nor an https URL.'),
        ("http://me:secret@plants.test/", 'The URL of "plants.test" has a user name in it.'),
        ("http://plants.test\\@inside.test/", 'The URL of "inside.test" has a user name in it.'),
        ("https:///b", None),
        ("http://a,b/", '"http://a,b/" names no host and port to ask.'),
        ("http://%31%32%37.0.0.1/", '"http://%31%32%37.0.0.1/" names no host and port to ask.'),
        ("http://[fe80::1%25eth0]/", '"http://[fe80::1%25eth0]/" names no host and port to ask.'),
        ("http://plants.test:99999/", '"http://plants.test:99999/" names no host and port to ask.'),
        ("http://[::1", 'The Location "http://[::1" is not a URL.'),
        ("http://0177.0.0.1/", 'The Location "http://0177.0.0.1/" is not a URL.'),
    ],
)
async def test_a_redirect_to_what_cannot_be_asked_is_not_followed(
    location: str, why: str | None
) -> None:
    fetch, reached = await follow(redirect(location), ok(b"never"))
    (hop,) = fetch.hops
    assert (fetch.url, fetch.status, fetch.body) == (START, 302, b"")
    assert (fetch.failure_kind, fetch.failure) == (None, None)
    assert hop.refused is not None
    assert why in (None, hop.refused)
    assert reached == [PUBLIC]


async def test_a_redirect_to_two_places_is_not_followed() -> None:
    answer = ok(b"", "Location: /b", "Location: /c", status="301 Moved")
    fetch, _ = await follow(answer, ok(b"never"))
    assert fetch.hops == (Hop(START, "/b, /c", "The redirect names several places at once."),)


async def test_a_redirect_without_end_is_followed_five_times() -> None:
    fetch, reached = await follow(redirect("/b"))
    on = "http://plants.test/b"
    assert (fetch.url, fetch.status, fetch.failure_kind) == (on, 302, None)
    assert fetch.hops == (
        Hop(START, on),
        *[Hop(on, on)] * 4,
        Hop(on, on, "There are more than 5 redirects."),
    )
    assert len(reached) == 6


async def test_the_caller_may_refuse_a_redirect() -> None:
    asked: list[tuple[str, str]] = []

    def refuse(source: str, target: str) -> str:
        asked.append((source, target))
        return "It leads to a sibling."

    async with plants(redirect("https://inside.test/"), ok(b"never")) as (client, _, _):
        fetch = await client.fetch("manifest", "GET", START, may_follow=refuse)
    assert asked == [(START, "https://inside.test/")]
    assert (fetch.url, fetch.status, fetch.failure_kind) == (START, 302, None)
    assert fetch.hops == (Hop(START, "https://inside.test/", "It leads to a sibling."),)


async def test_a_redirect_to_a_name_that_does_not_exist_was_followed() -> None:
    fetch, _ = await follow(redirect("http://nowhere.test/"))
    assert (fetch.url, fetch.status, fetch.failure_kind) == (
        "http://nowhere.test/",
        None,
        "unresolved",
    )
    assert fetch.hops == (Hop(START, "http://nowhere.test/"),)


async def test_a_redirect_without_a_location_is_an_answer() -> None:
    fetch, _ = await follow(ok(b"plants", status="302 Found"))
    assert (fetch.status, fetch.body, fetch.hops) == (302, b"plants", ())


@pytest.mark.parametrize(
    ("location", "sent"),
    [
        ("/b", True),
        ("http://www.plants.test/b", False),
        ("http://plants.test:81/b", False),
    ],
)
async def test_credentials_stay_with_the_origin(location: str, sent: bool) -> None:
    headers = {"Authorization": "Bearer key", "COOKIE": "a=b", "X-Kept": "yes"}
    async with plants(redirect(location), redirect("http://plants.test/c"), ok(b"")) as (
        client,
        _,
        seen,
    ):
        await client.fetch("probe", "GET", START, headers=headers)
    assert ["Bearer key" in each for each in seen] == [True, sent, sent]
    assert ["a=b" in each for each in seen] == [True, sent, sent]
    assert ["x-kept: yes" in each for each in seen] == [True] * 3


@pytest.mark.parametrize(
    ("method", "status", "then"),
    [
        ("POST", 301, "GET"),
        ("POST", 302, "GET"),
        ("POST", 303, "GET"),
        ("POST", 307, "POST"),
        ("POST", 308, "POST"),
        ("PUT", 302, "PUT"),
        ("PUT", 303, "GET"),
        ("HEAD", 303, "HEAD"),
    ],
)
async def test_the_method_after_a_redirect_is_the_one_of_browsers(
    method: str, status: int, then: str
) -> None:
    headers: Mapping[str, str] = {"Content-Type": "application/json"}
    body = None if method == "HEAD" else b"{}"
    async with plants(redirect("/b", status), ok(b"")) as (client, _, seen):
        fetch = await client.fetch("tools", method, START, headers=headers, body=body)
    assert fetch.method == method
    assert seen[1].split(" ")[0] == then
    assert ("content-length: 2" in seen[1], "content-type" in seen[1]) == (
        (True, True) if then in ("POST", "PUT") else (False, then == "HEAD")
    )
