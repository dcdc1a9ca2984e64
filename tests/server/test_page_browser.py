"""The pages in a real browser: with the keyboard alone, beside other clients, without a script."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.running import Server

from .browser import ENTER, TAB, Browser
from .front_page import api

TODOS = "[...document.querySelectorAll('#todos span')].map(each => each.textContent)"
FOCUSED = "document.activeElement.textContent || document.activeElement.id"


@pytest.fixture(name="browser")
def fixture_browser(browser: Browser, shown: Server) -> Iterator[Browser]:
    """The browser, which in the end has nothing to complain of, and asked nobody else."""
    yield browser
    assert browser.complaints() == []
    assert [url for url in browser.requested() if not url.startswith(shown.url)] == []


def shows(browser: Browser, *todos: str) -> None:
    """Wait until the page shows these."""
    browser.wait(f"JSON.stringify({TODOS}) === JSON.stringify(arguments[0])", list(todos))


def test_each_copy_button_copies_what_stands_under_it(browser: Browser, shown: Server) -> None:
    browser.visit(f"{shown.url}/")
    hosts = browser.value("[...document.querySelectorAll('.card .copy')].map(b => b.dataset.copy)")
    assert len(hosts) == 9
    for host in hosts:
        browser.find(f"[data-copy='{host}']").click()
        browser.wait(
            "document.querySelector(`[data-copy='${arguments[0]}']`).firstChild.data === 'Copied'",
            host,
        )
        pasted = browser.run("navigator.clipboard.readText().then(arguments[0])")
        assert pasted == browser.value("document.getElementById(arguments[0]).textContent", host)
        assert shown.url in pasted


def test_the_keyboard_alone_adds_deletes_and_undoes(browser: Browser, shown: Server) -> None:
    browser.visit(f"{shown.url}/list?username=keys")
    browser.press(TAB)
    assert browser.value(FOCUSED) == "Skip to the content"
    browser.press(TAB, TAB)
    for todo in ("milk", "bread", "eggs"):
        browser.press(*todo, ENTER)
        browser.wait(f"{TODOS}.includes(arguments[0])", todo)
        browser.wait("document.activeElement.id === 'todo' && !document.activeElement.value")
    browser.press(TAB, TAB, TAB)
    assert browser.value("document.activeElement.ariaLabel") == "Delete bread"
    browser.press(ENTER)
    shows(browser, "milk", "eggs")
    browser.wait(f"{FOCUSED} === 'Undo'")
    assert browser.find("#message p").text == "Deleted: bread"
    browser.press(ENTER)
    shows(browser, "milk", "bread", "eggs")
    browser.wait(f"{FOCUSED} === 'todo'")
    assert browser.value("document.getElementById('message').textContent") == ""
    assert api(shown, "keys") == ["milk", "bread", "eggs"]


def test_what_another_client_does_is_seen_within_two_seconds(
    browser: Browser, shown: Server
) -> None:
    api(shown, "live", "milk")
    browser.visit(f"{shown.url}/list?username=live")
    browser.find("#todo").type("half a tho")
    seconds = []
    for todo in ("bread", "eggs", "butter"):
        listed = api(shown, "live", todo)
        began = time.monotonic()
        shows(browser, *listed)
        seconds.append(time.monotonic() - began)
    # This machine may be busy with something else for once.
    assert sorted(seconds)[1] < 2
    assert browser.find("#count").text.startswith("4 to do.")
    # What is being written stays.
    browser.press(*"ught", ENTER)
    shows(browser, "milk", "bread", "eggs", "butter", "half a thought")


def test_the_focus_stays_with_the_todo_when_the_list_moves(browser: Browser, shown: Server) -> None:
    api(shown, "focus", "milk", "bread")
    browser.visit(f"{shown.url}/list?username=focus")
    browser.value("document.querySelector('[aria-label=\"Delete bread\"]').focus()")
    url = f"{shown.url}/todos/focus?todo_idx=0"
    assert httpx.delete(url).status_code == 200
    shows(browser, "bread")
    assert browser.value("document.activeElement.ariaLabel") == "Delete bread"


def test_a_page_that_asks_again_is_told_that_nothing_changed(
    browser: Browser, shown: Server
) -> None:
    browser.visit(f"{shown.url}/list?username=idle")
    script = """
    const done = arguments[0], ask = window.fetch, seen = [];
    window.fetch = async (...given) => {
        const answer = await ask(...given);
        if (seen.push(answer.status) === 3) done(seen);
        return answer;
    };
    """
    assert browser.run(script) == [200, 304, 304]


def test_a_refusal_is_told_in_place_and_what_was_written_stays(
    browser: Browser, shown: Server
) -> None:
    browser.visit(f"{shown.url}/list?username=refused")
    browser.value("document.getElementById('todo').value = 'x'.repeat(1001)")
    browser.find("form.line button").click()
    told = "todo: Must have 1000 characters or fewer."
    browser.wait("document.getElementById('message').textContent.includes(arguments[0])", told)
    assert browser.value("document.getElementById('todo').value.length") == 1001
    assert api(shown, "refused") == []
    assert "422" in browser.complaints()[0]


def test_an_operation_is_tried_in_place(browser: Browser, shown: Server) -> None:
    browser.visit(f"{shown.url}/")
    browser.find("details:nth-of-type(2) summary").click()
    browser.find("#addTodo-1").type("tried")
    browser.find("#addTodo-2").type("milk")
    browser.press(ENTER)
    answer = browser.wait("document.querySelector('#answer-addTodo pre')?.textContent")
    assert answer == '{\n  "todo": "milk",\n  "todo_idx": 0,\n  "revision": 1\n}'
    assert browser.value(FOCUSED) == "Answer: 200"
    browser.find("[data-copy='curl-addTodo']").click()
    assert browser.value("location.pathname") == "/"
    assert api(shown, "tried") == ["milk"]


def test_without_a_script_forms_do_the_same(browser: Browser, shown: Server) -> None:
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.visit(f"{shown.url}/list?username=plain")
        for todos in (["milk"], ["milk", "bread"]):
            browser.find("#todo").type(todos[-1])
            browser.find("form.line button").click()
            shows(browser, *todos)
        browser.find("[aria-label='Delete milk']").click()
        shows(browser, "bread")
        assert browser.find("#message p").text == "Deleted: milk"
        browser.devtools("Page.reload")
        browser.wait("document.getElementById('message').textContent.includes('has changed')")
        assert api(shown, "plain") == ["bread"]
        assert ["409" in each for each in browser.complaints()] == [True]
        browser.visit(browser.value("location.href"))
        browser.find("[aria-label='Delete bread']").click()
        shows(browser)
        browser.press(ENTER)
        shows(browser, "bread")
        assert browser.value("location.pathname + location.search") == "/list?username=plain"
        browser.visit(f"{shown.url}/")
        assert browser.value("getComputedStyle(document.querySelector('.copy')).display") == "none"
        browser.find("details summary").click()
        browser.find("#getTodos-1").type("plain")
        browser.press(ENTER)
        browser.wait("location.pathname === '/try/getTodos'")
        assert browser.find("#answer-getTodos pre").text.startswith('{\n  "todos": [')
    finally:
        browser.devtools("Emulation.setScriptExecutionDisabled", value=False)


def test_all_that_is_loaded_is_small(browser: Browser, shown: Server) -> None:
    browser.visit(f"{shown.url}/")
    sizes: dict[str, Any] = browser.value(
        "Object.fromEntries(['navigation', 'resource'].flatMap(kind =>"
        " performance.getEntriesByType(kind)).map(each => [each.name, each.decodedBodySize]))"
    )
    assert len(sizes) >= 4
    assert sum(sizes.values()) < 60_000
