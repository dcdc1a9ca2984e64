"""The pages are for everybody: WCAG 2.2 AA as far as axe-core can tell, narrow and wide."""

from collections.abc import Callable

import pytest

from tests.running import Server

from .accessibility import LOOKS, barriers
from .browser import ENTER, Browser
from .front_page import api

STATES: dict[str, tuple[str, Callable[[Browser], None]]] = {
    "the page": ("/", lambda _: None),
    "its operations": ("/", lambda browser: open_all(browser)),
    "a list": ("/list?username=axe", lambda _: None),
    "a todo deleted": ("/list?username=axe", lambda browser: delete_first(browser)),
    "an operation tried": ("/try/getTodos", lambda browser: try_it(browser)),
}


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_in_anybodys_way(browser: Browser, shown: Server, state: str) -> None:
    path, prepare = STATES[state]
    for width, scheme in LOOKS:
        api(shown, "axe", "milk", "x" * 300, "a" + " b" * 200)
        browser.look(width, 800, scheme)
        browser.visit(f"{shown.url}{path}")
        prepare(browser)
        assert barriers(browser, width) == [], (width, scheme)


def test_a_refusal_is_in_nobodys_way(browser: Browser, shown: Server) -> None:
    for width, scheme in LOOKS:
        browser.look(width, 800, scheme)
        browser.visit(f"{shown.url}/try/none")
        assert barriers(browser, width) == [], (width, scheme)
    assert all("404" in each for each in browser.complaints())


def test_what_is_in_the_way_is_found(browser: Browser, shown: Server) -> None:
    browser.visit(f"{shown.url}/")
    browser.value("document.documentElement.removeAttribute('lang')")
    browser.value("document.querySelector('h1').style.cssText = 'color: #999; width: 2000px'")
    names = [each.partition(":")[0] for each in barriers(browser, 1280)]
    assert names[:2] == ["color-contrast", "html-has-lang"]
    assert names[2].startswith("it is ")


def delete_first(browser: Browser) -> None:
    browser.find("#todos button").click()
    browser.wait("document.querySelector('#message button')")


def try_it(browser: Browser) -> None:
    browser.find("#getTodos-1").type("axe")
    browser.press(ENTER)
    browser.wait("document.querySelector('#answer-getTodos pre')")


def open_all(browser: Browser) -> None:
    browser.value("document.querySelectorAll('details').forEach(each => each.open = true)")
