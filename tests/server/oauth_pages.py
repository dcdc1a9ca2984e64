"""The pages of sign-in in a real browser, for the tests and for scripts/screenshots_oauth.py."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic

import httpx

from plugin_server.storage import connect
from tests.running import Server, running_server

from .browser import PATIENCE, Browser
from .signing_in import CALLBACK, GPT, PASSWORD, SECRET, Flow, query_of

SETTINGS = {
    "PLUGIN_AUTH": "oauth",
    "PLUGIN_OAUTH_CLIENT_ID": GPT,
    "PLUGIN_OAUTH_CLIENT_SECRET": SECRET,
}
ASKED = {
    "response_type": "code",
    "client_id": GPT,
    "redirect_uri": CALLBACK,
    "scope": "read write",
    "state": "xyz",
}


@contextmanager
def serving_people(folder: Path, **variables: str) -> Iterator[Server]:
    """A server that ann and bob can sign in at, and ann has allowed a client something."""
    with running_server(folder, **SETTINGS, **variables) as server:
        asyncio.run(_add_people(server.url, f"sqlite:///{folder}/todo-plugin.db"))
        yield server


async def _add_people(url: str, database_url: str) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        with closing(connect(database_url, guest=True)) as database:
            flow = Flow(client, database)
            for name in ("ann", "bob"):
                await flow.add_person(name)
            await flow.sign_in("ann")
            await flow.tokens()


def login(browser: Browser, url: str) -> None:
    """Who comes for themselves."""
    browser.visit(f"{url}/login")


def login_for_a_host(browser: Browser, url: str) -> None:
    """Who is sent by a host."""
    browser.visit(f"{url}/authorize?{query_of(ASKED)}")


def wrong_password(browser: Browser, url: str) -> None:
    login_for_a_host(browser, url)
    sign_in(browser, "ann", "four words that are wrong")
    browser.wait("document.querySelector('[role=alert]')")


def consent(browser: Browser, url: str) -> None:
    login_for_a_host(browser, url)
    sign_in(browser, "ann")
    browser.wait("document.querySelector('[name=decision]')")


def refusal(browser: Browser, url: str) -> None:
    asked = {**ASKED, "redirect_uri": "https://evil.example/callback"}
    browser.visit(f"{url}/authorize?{query_of(asked)}")


def account(browser: Browser, url: str, name: str = "ann") -> None:
    login(browser, url)
    sign_in(browser, name)
    browser.wait("document.title.startsWith('Your account')")


def account_of_somebody_new(browser: Browser, url: str) -> None:
    account(browser, url, "bob")


def sign_out(browser: Browser) -> None:
    """Forget who was signed in."""
    browser.devtools("Network.clearBrowserCookies")


def sign_in(browser: Browser, name: str, password: str = PASSWORD) -> None:
    """Fill in the page that is open, and press its button."""
    browser.find("[name=name]").type(name)
    browser.find("[name=password]").type(password)
    browser.find("button.first").click()


def allow(browser: Browser, callback: str) -> None:
    """Press the button of the next page, and wait to be sent back."""
    browser.wait("document.querySelector('[value=allow]')")
    browser.find("[value=allow]").click()
    deadline = monotonic() + PATIENCE
    while not browser.url.startswith(f"{callback}?"):
        assert monotonic() < deadline, browser.url
