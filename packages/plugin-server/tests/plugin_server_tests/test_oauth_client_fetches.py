"""The document of a client is fetched from wherever its identifier leads, without harm."""

import asyncio
import json
from typing import Any

import pytest

from guarded_fetch import Limits
from guarded_fetch.testing.certificates import Certificate
from guarded_fetch.testing.hostile_servers import CHUNKED, HEAD, ok, redirect, repeating, silence
from guarded_fetch.testing.web import ORIGIN, Web, made_up_web
from plugin_server import Settings
from plugin_server.auth.oauth import fetching
from plugin_server.auth.oauth.client_documents import is_document_url
from plugin_server.auth.oauth.clients import Clients

from .client_samples import PATH, URL, WHAT, document


@pytest.fixture(name="clients")
def fixture_clients(web: Web) -> Clients:
    return Clients(Settings(auth="oauth"), web.network)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            ok(b"{}", "Content-Type: text/html"),
            f"{WHAT} is not served as application/json.",
        ),
        (ok(b"{}"), f"{WHAT} is not served as application/json."),
        (
            ok(b"{}", "Content-Type: application/json", status="404 Not Found"),
            f"{WHAT} cannot be fetched: the answer is 404 and not 200.",
        ),
        (
            ok(b"{}", "Content-Type: application/json", status="201 Created"),
            f"{WHAT} cannot be fetched: the answer is 201 and not 200.",
        ),
        (
            redirect(f"{ORIGIN}/other.json", 302),
            f"{WHAT} cannot be fetched: the answer is 302 and not 200.",
        ),
        (
            redirect(URL, 308),
            f"{WHAT} cannot be fetched: the answer is 308 and not 200.",
        ),
        (
            ok(b" " * 65_537, "Content-Type: application/json"),
            f"{WHAT} cannot be fetched: The answer is larger than 65,536 bytes.",
        ),
        (
            repeating(CHUNKED, b"10000\r\n" + b"x" * 65536 + b"\r\n"),
            f"{WHAT} cannot be fetched: The answer is larger than 65,536 bytes.",
        ),
        (
            b"plants\r\n\r\n",
            f"{WHAT} cannot be fetched: {URL} does not answer in HTTP: illegal status line.",
        ),
    ],
)
async def test_an_answer_that_is_no_document_is_no_client(
    web: Web, clients: Clients, answer: Any, reason: str
) -> None:
    web.answers[PATH] = answer
    web.put("/other.json", document())
    assert (await clients.find(URL), clients.reason(URL)) == (None, reason)
    assert web.asked == [PATH]


@pytest.mark.parametrize(
    "slow", [silence, repeating(HEAD + b"Content-Length: 100000\r\n\r\n", b"x", 0.01)]
)
async def test_a_slow_answer_is_given_up(
    web: Web, clients: Clients, monkeypatch: pytest.MonkeyPatch, slow: Any
) -> None:
    monkeypatch.setattr(fetching, "LIMITS", Limits(0.2, 0.2, 65_536))
    web.answers[PATH] = slow
    assert await clients.find(URL) is None
    assert clients.reason(URL).startswith(f"{WHAT} cannot be fetched: ")
    assert "0.2 seconds" in clients.reason(URL)


def test_a_fetch_has_five_seconds_and_64_kib() -> None:
    assert Limits(5, 5, 65_536) == fetching.LIMITS


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("inside.plants.test", "inside.plants.test has the address 10.0.0.1, which is not"),
        ("both.plants.test", "both.plants.test has the address 10.0.0.1, which is not"),
        ("localhost", "localhost has the address 127.0.0.1, which is not"),
        ("10.0.0.1", "10.0.0.1 is not"),
        ("169.254.169.254", "169.254.169.254 is not"),
        ("[::1]", "::1 is not"),
        ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1 is not"),
        ("2130706433", "2130706433 has the address 127.0.0.1, which is not"),
    ],
)
async def test_nothing_private_is_asked(web: Web, clients: Clients, host: str, why: str) -> None:
    url = f"https://{host}{PATH}"
    web.put(PATH, document(client_id=url))
    told = f"{WHAT} cannot be fetched: {why} a public address: nothing public leads there."
    if is_document_url(url):
        assert (await clients.find(url), clients.reason(url)) == (None, told)
    else:
        # httpx writes the address in another way.
        assert await clients.find(url) is None
    assert (web.asked, web.network.reached) == ([], [])


@pytest.mark.parametrize("certificate", ["of a stranger", "of another name", "with old TLS"])
async def test_only_who_the_certificate_names_is_believed(certificate: Certificate) -> None:
    async with made_up_web(certificate) as web:
        web.put(PATH, document())
        assert await Clients(Settings(auth="oauth"), web.network).find(URL) is None
        assert web.asked == []


@pytest.mark.parametrize(
    ("client_id", "is_one"),
    [
        (URL, True),
        ("https://chatgpt.com/oauth/client.json", True),
        ("https://plants.test:8443/a?b=c", True),
        ("https://plants.test/a/", True),
        ("https://plants.test", False),
        ("https://plants.test/", False),
        ("https://plants.test:443/a", False),
        ("http://plants.test/a", False),
        ("https://Plants.test/a", False),
        ("HTTPS://plants.test/a", False),
        ("https://plants.test/a#b", False),
        ("https://plants.test/a#", False),
        ("https://ann@plants.test/a", False),
        ("https://plants.test/a/../b", False),
        ("https://plants.test/./a", False),
        ("https://plants.test/a/%2e%2e/b", False),
        ("https://plänts.test/a", False),
        ("https://plants.test\\@evil.test/a", False),
        ("https://plants.test/a b", False),
        ("https:///a", False),
        ("https://[::1/a", False),
        ("https://plants.test/" + "a" * 2_048, False),
        ("plants", False),
        ("", False),
    ],
)
def test_an_address_has_one_form(client_id: str, is_one: bool) -> None:
    assert is_document_url(client_id) is is_one


async def test_what_is_no_address_of_a_document_is_not_asked_for(
    web: Web, clients: Clients
) -> None:
    for client_id in ("plants", "http://app.plants.test/a", "https://app.plants.test/a#b", ""):
        assert await clients.find(client_id) is None
    assert clients.reason("plants") == "There is no client of this name."
    assert clients.reason("https://app.plants.test/a#b") == (
        "The client is named by an address that is not in its normal form: https, a host in lower"
        " case and a path, without a fragment."
    )
    assert web.network.reached == []


async def test_however_many_ask_it_is_fetched_once(web: Web, clients: Clients) -> None:
    web.put(PATH, document())
    found = await asyncio.gather(*(clients.find(URL) for _ in range(20)))
    assert ({client.name for client in found if client}, web.asked) == ({"Plants"}, [PATH])


async def test_who_stops_waiting_stops_nobody_else(web: Web, clients: Clients) -> None:
    arrived, may_go = asyncio.Event(), asyncio.Event()

    async def handler(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await may_go.wait()
        writer.write(ok(json.dumps(document()).encode(), "Content-Type: application/json"))

    web.answers[PATH] = handler
    impatient = asyncio.create_task(clients.find(URL))
    await arrived.wait()
    patient = asyncio.create_task(clients.find(URL))
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    may_go.set()
    found = await patient
    assert found is not None
    assert web.asked == [PATH]
