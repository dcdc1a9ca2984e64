"""In a real browser, by the keyboard alone, somebody signs in, allows a client, and ends that."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from plugin_server.storage import connect
from tests.running import Server, running_server

from .browser import ENTER, TAB, Browser
from .signing_in import PASSWORD, VERIFIER, Flow, PublicFlow, query_of, registered

SECONDS = 20
# What has the focus, and whether the page is wider than the window.
FOCUS = """
const [done] = arguments, focus = document.activeElement;
done([focus.labels?.length ? focus.labels[0].textContent.trim() : focus.textContent.trim(),
      document.documentElement.scrollWidth <= window.innerWidth]);
"""


class Callback(ThreadingHTTPServer):
    """A program on the person's own machine, which waits for the browser to come back."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Back)
        self.address = f"http://127.0.0.1:{self.server_port}/callback"


class _Back(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>Back</title>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's
        """Nobody reads it."""


@pytest.fixture(name="callback")
def fixture_callback() -> Iterator[Callback]:
    with Callback() as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def move_to(browser: Browser, what: str) -> None:
    """Press the tab key until this has the focus."""
    seen = []
    for _ in range(20):
        browser.press(TAB)
        focused, fits = browser.run(FOCUS)
        assert fits
        seen.append(focused)
        if focused == what:
            return
    raise AssertionError(f"{what} is not among {seen}")


def press(browser: Browser, button: str, title: str) -> None:
    """Press a button, and wait for the page of this title."""
    move_to(browser, button)
    browser.press(ENTER)
    deadline = monotonic() + SECONDS
    while not browser.title.startswith(title):
        assert monotonic() < deadline, (browser.title, browser.url)


def signed_in_at(browser: Browser, address: str) -> None:
    browser.visit(address)
    assert browser.title.startswith("Sign in")
    move_to(browser, "Name")
    browser.press(*"ann")
    move_to(browser, "Password")
    browser.press(*PASSWORD)


def came_back(browser: Browser, callback: Callback) -> dict[str, str]:
    """What the browser brings to the client."""
    address = urlsplit(browser.url)
    assert address._replace(query="").geturl() == callback.address
    return dict(parse_qsl(address.query))


@pytest.fixture(name="server")
def fixture_server(tmp_path: Path, database_url: str) -> Iterator[Server]:
    variables = {"PLUGIN_AUTH": "oauth", "PLUGIN_OAUTH_REGISTRATION": "on"}
    variables["PLUGIN_DATABASE_URL"] = database_url
    with running_server(tmp_path, **variables) as server:
        yield server


async def made(database_url: str, callback: Callback) -> PublicFlow:
    """A person, and a client on their machine."""
    with closing(connect(database_url, guest=True)) as database:
        flow = Flow(httpx.AsyncClient(), database)
        await flow.add_person("ann")
        tool = await registered(flow, callback.address)
        tool.asked["redirect_uri"] = callback.address
        return tool


def test_by_the_keyboard_somebody_signs_in_allows_and_ends_it(
    browser: Browser, server: Server, database_url: str, callback: Callback
) -> None:
    tool = asyncio.run(made(database_url, callback))
    asked = f"{server.url}/authorize?{query_of(tool.asked)}"
    signed_in_at(browser, asked)
    press(browser, "Sign in", "Allow access")
    press(browser, "Do not allow", "Back")
    told = came_back(browser, callback)
    assert (told["error"], told["state"], told["iss"]) == ("access_denied", "xyz", server.url)
    browser.visit(asked)
    press(browser, "Allow", "Back")
    told = came_back(browser, callback)
    assert (set(told), told["state"]) == ({"code", "state", "iss"}, "xyz")
    fields = {**tool.proof, "grant_type": "authorization_code", "code": told["code"]}
    fields |= {"redirect_uri": callback.address, "code_verifier": VERIFIER}
    given = httpx.post(f"{server.url}/token", data=fields).json()
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    listed = httpx.get(f"{server.url}/todos/me", headers=headers)
    assert (listed.status_code, listed.json()["todos"]) == (200, [])
    browser.visit(f"{server.url}/account")
    assert "A tool" in page_text(browser)
    press(browser, "End this access", "Your account")
    deadline = monotonic() + SECONDS
    while "Nobody but you." not in page_text(browser):
        assert monotonic() < deadline
    assert httpx.get(f"{server.url}/todos/me", headers=headers).status_code == 401
    press(browser, "Sign out", "Sign in")


def test_signing_in_leads_back_to_a_client_that_asked_wrongly(
    browser: Browser, server: Server, database_url: str, callback: Callback
) -> None:
    tool = asyncio.run(made(database_url, callback))
    asked = query_of(tool.of(response_type="token"))
    signed_in_at(browser, f"{server.url}/authorize?{asked}")
    # The policy of the form lets the last of the redirects through.
    press(browser, "Sign in", "Back")
    assert came_back(browser, callback)["error"] == "unsupported_response_type"


def page_text(browser: Browser) -> str:
    """What the page shows."""
    return str(json.loads(browser.run("arguments[0](JSON.stringify(document.body.innerText))")))
