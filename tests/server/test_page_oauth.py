"""The pages in mode oauth: a person who is signed in sees what is theirs, and nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from plugin_server.storage import connect
from tests.front_door import front_door
from tests.running import running_server

from .accessibility import LOOKS, barriers
from .browser import Browser
from .front_page import send
from .signing_in import PASSWORD, SETTINGS, Flow, oauth_door

NOBODY = "A list is shown here to a person who is signed in."


@pytest.fixture(name="flow")
async def fixture_flow(database_url: str) -> AsyncIterator[Flow]:
    async with oauth_door(database_url) as flow:
        yield flow


async def shown(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200
    return answer.text


async def test_who_is_not_signed_in_is_led_to_the_login_and_sees_no_list(flow: Flow) -> None:
    page = await shown(flow.client, "/")
    assert '<a href="/login">Sign in</a>' in page
    assert 'href="/list"' not in page
    for path in ("/list", "/list?username=ann", "/list?username=me"):
        refused = await flow.client.get(path)
        assert (refused.status_code, NOBODY in refused.text) == (404, True)
        assert '<a href="/login">Sign in</a>' in refused.text
    assert (await send(flow.client, "/list/add", todo="milk")).status_code == 404


async def test_who_is_signed_in_sees_their_own_list_whatever_name_is_asked_for(flow: Flow) -> None:
    await flow.add_person("ben")
    await flow.sign_in()
    page = await shown(flow.client, "/")
    assert "Signed in as <bdi>ann</bdi>." in page
    assert 'href="/account"' in page
    assert 'href="/list"' in page
    added = await send(flow.client, "/list/add?username=ben", page="/list", todo="buy milk")
    assert (added.status_code, added.headers["Location"]) == (303, "/list?username=ann")
    for path in ("/list", "/list?username=ben"):
        found = await shown(flow.client, path)
        assert "<h1>Your list</h1>" in found
        assert "<span>buy milk</span>" in found
        assert 'href="/account"' in found
    flow.client.cookies.clear()
    await flow.sign_in("ben")
    assert "There is nothing on this list." in await shown(flow.client, "/list?username=ann")


async def test_when_the_session_has_ended_there_is_no_list_any_more(flow: Flow) -> None:
    await flow.sign_in()
    await shown(flow.client, "/list")
    await flow.age("oauth_sessions", 14 * 24 * 3600)
    assert (await flow.client.get("/list")).status_code == 404
    assert 'href="/login"' in await shown(flow.client, "/")


async def test_the_pages_of_signing_in_lead_to_the_page_if_it_is_there(sqlite_url: str) -> None:
    for page, is_there in (("on", True), ("off", False)):
        async with front_door(sqlite_url, **SETTINGS, page=page) as client:
            assert ('<a href="/">' in await shown(client, "/login")) is is_there


async def test_where_people_sign_in_elsewhere_nobody_is_known_here(sqlite_url: str) -> None:
    settings = {
        "auth": "oauth",
        "oauth_issuer": "https://login.example.org",
        "public_url": "https://todo.example.org",
    }
    async with front_door(sqlite_url, **settings) as client:
        page = await shown(client, "/")
        assert "Each person signs in at another server" in page
        assert "/login" not in page
        assert (await client.get("/list")).status_code == 404


def test_in_a_browser_somebody_signs_in_and_writes_on_their_list(
    browser: Browser, sqlite_url: str, tmp_path: Path
) -> None:
    variables = {"PLUGIN_AUTH": "oauth", "PLUGIN_DATABASE_URL": sqlite_url}
    with running_server(tmp_path, **variables) as server:
        with closing(connect(sqlite_url, guest=True)) as database:
            asyncio.run(Flow(httpx.AsyncClient(), database).add_person("ann"))
        browser.visit(f"{server.url}/")
        assert barriers(browser, 1280) == []
        browser.find("a[href='/login']").click()
        browser.find("[name=name]").type("ann")
        browser.find("[name=password]").type(PASSWORD)
        browser.find("button.first").click()
        browser.wait("location.pathname === '/account'")
        browser.find("footer a[href='/']").click()
        browser.find("a[href='/list']").click()
        browser.find("#todo").type("milk")
        browser.find("form.line button").click()
        browser.wait("document.querySelector('#todos span')?.textContent === 'milk'")
        for path in ("/", "/list"):
            for width, scheme in LOOKS:
                browser.look(width, 800, scheme)
                browser.visit(server.url + path)
                assert barriers(browser, width) == [], (path, width, scheme)
        assert browser.complaints() == []
