"""The pages of sign-in are for everybody: WCAG 2.2 AA as far as axe-core can tell, narrow and wide,
light and dark.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.running import Server

from . import oauth_pages
from .accessibility import LOOKS, barriers
from .browser import Browser

# What each one's title begins with, and how one comes there.
PAGES: dict[str, tuple[str, Callable[[Browser, str], None]]] = {
    "login": ("Sign in", oauth_pages.login),
    "login for a host": ("Sign in", oauth_pages.login_for_a_host),
    "a wrong password": ("Sign in", oauth_pages.wrong_password),
    "consent": ("Allow access", oauth_pages.consent),
    "a refusal": ("Not possible", oauth_pages.refusal),
    "an account": ("Your account", oauth_pages.account),
    "a new account": ("Your account", oauth_pages.account_of_somebody_new),
}


@pytest.fixture(scope="module", name="server")
def fixture_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with oauth_pages.serving_people(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_in_anybodys_way(browser: Browser, server: Server, page: str) -> None:
    title, come = PAGES[page]
    for width, scheme in LOOKS:
        oauth_pages.sign_out(browser)
        browser.look(width, 800, scheme)
        come(browser, server.url)
        assert browser.title.startswith(title)
        assert barriers(browser, width) == [], (width, scheme)


def test_what_is_in_the_way_is_found(browser: Browser, server: Server) -> None:
    oauth_pages.sign_out(browser)
    browser.look(320)
    oauth_pages.login(browser, server.url)
    browser.value(
        "document.querySelector('label').replaceWith(document.querySelector('label input'))"
    )
    browser.value("document.querySelector('h1').style.cssText = 'color: #999; width: 2000px'")
    found = [each.partition(":")[0] for each in barriers(browser, 320)]
    assert {"color-contrast", "label"} < set(found)
    assert found[-1].startswith("it is ")
