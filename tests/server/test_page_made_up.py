"""The pages of other plugins: large, without a logo, hostile, or with templates of their own."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from tests.running import Server, running_server

from .accessibility import barriers
from .browser import Browser
from .front_page import cards, send
from .made_up_plugin import HOSTILE, LONG, NAME, write_hostile, write_made_up

MARKS = re.compile(r"<(script|img|b)\b[^>]*>")
OURS = re.compile(r'<script src="/page/page\.js\?v=\w{12}" defer>')


@pytest.fixture(scope="module", name="made_up")
def fixture_made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(write_made_up(tmp_path_factory.mktemp("large") / "plugin")) as server:
        yield server


@pytest.fixture(scope="module", name="hostile")
def fixture_hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(write_hostile(tmp_path_factory.mktemp("hostile") / "plugin")) as server:
        yield server


def test_a_large_plugin_without_a_logo_has_a_page_for_everybody(
    browser: Browser, made_up: Server
) -> None:
    for width, scheme in ((320, "dark"), (1280, "light")):
        browser.look(width, 800, scheme)
        browser.visit(f"{made_up.url}/")
        browser.value("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert browser.value("document.querySelectorAll('details').length") == 12
        assert browser.value("document.querySelectorAll('img').length") == 0
        assert barriers(browser, width) == [], (width, scheme)
    assert browser.complaints() == []
    assert [url for url in browser.requested() if not url.startswith(made_up.url)] == []


def test_it_has_no_logo_and_no_picture_for_previews(made_up: Server) -> None:
    page = httpx.get(f"{made_up.url}/").text
    assert "og:image" not in page
    assert 'rel="icon"' not in page
    assert httpx.get(f"{made_up.url}/logo.png").status_code == 404
    # Browsers ask for this one all the same, and would complain of 404.
    assert httpx.get(f"{made_up.url}/favicon.ico").status_code == 204
    assert len(page.encode()) < 250_000


def test_each_kind_of_argument_has_a_field_that_takes_it(made_up: Server) -> None:
    page = httpx.get(f"{made_up.url}/try/changeThing3").text
    assert re.findall(r'<(\w+) id="changeThing3-\d+" name="argument:(\w+)"', page) == [
        ("select", "colour"),
        ("select", "is_fast"),
        ("textarea", "sizes"),
        ("textarea", "address"),
        ("input", "x" * 120),
    ]
    assert "<option>a green that has a rather long name</option>" in page
    for kind in (
        "one of red, a green that has a rather long name, blue; in the body",
        "optional, list of whole number, at least 1, at most 5 items, as JSON; in the body",
    ):
        assert kind in " ".join(page.split())
    assert '<dt><code>address.street</code></dt><dd><span class="kind">text.</span>' in page


def test_a_hostile_document_writes_text_and_nothing_else(hostile: Server) -> None:
    with httpx.Client(base_url=hostile.url) as client:
        for path in ("/", "/try/odd", "/try/none"):
            page = client.get(path).text
            marks = [mark[0] for mark in MARKS.finditer(page)]
            assert len(marks) == 1
            assert OURS.fullmatch(marks[0])
        page = client.get("/").text
        told = " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
        assert " ".join(HOSTILE.split()) in told
        for card in cards(page).values():
            assert "touch broken" not in card.copied
            assert "<" not in card.copied
        assert cards(page)["Codex"].copied.startswith("codex mcp add script-alert-1-script")
        assert re.findall(r'href="(?!/|#|http://127\.0\.0\.1:)([^"]*)"', page) == []


def test_a_browser_runs_nothing_of_it(browser: Browser, hostile: Server) -> None:
    browser.visit(f"{hostile.url}/")
    browser.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert browser.value("document.scripts.length") == 1
    assert browser.value("document.images.length") == 0
    assert browser.complaints() == []
    assert [url for url in browser.requested() if not url.startswith(hostile.url)] == []


async def test_hostile_operations_are_tried_like_others(hostile: Server) -> None:
    async with httpx.AsyncClient(base_url=hostile.url) as client:
        tried = await send(client, "/try/odd", page="/try/odd", **{"argument:n": "\\ud800"})
        assert tried.status_code == 200
        # The made-up plugin has no route for it.
        assert '<span class="bad">404</span>' in tried.text


def test_a_model_reads_hostile_texts_as_texts(hostile: Server) -> None:
    lines = httpx.get(f"{hostile.url}/llms.txt").text.splitlines()
    assert [line for line in lines if line.startswith("#")][1:] == ["## Documents", "## Operations"]
    assert not [line for line in lines if re.search(r"(?<!\\)\[link", line)]


def test_a_plugin_has_templates_and_a_stylesheet_of_its_own(tmp_path: Path) -> None:
    folder = write_made_up(tmp_path / "plugin")
    templates = folder / "app/templates"
    templates.mkdir()
    (templates / "page.css").write_text("body { color: green; }\n")
    (templates / "own.js").write_text("// mine\n")
    (templates / "own.html").write_text("<p>{{ name }} at {{ origin }}</p>")
    (templates / "problem.html").write_text("{{ problem.status }}: {{ problem.detail }}")
    with running_server(folder) as server, httpx.Client(base_url=server.url) as client:
        page = client.get("/").text
        (style,) = re.findall(r'href="(/page/page\.css[^"]*)"', page)
        assert client.get(style).text == "body { color: green; }\n"
        assert client.get("/page/own.js").text == "// mine\n"
        assert f"<p>{NAME} at {server.url}</p>" in page
        assert client.get("/try/none").text.startswith("404: There is nothing at this path.")
        assert LONG.strip() in page
        (templates / "index.html").write_text(
            "{% extends 'layout.html' %}{% block main %}Mine{% endblock %}"
        )
    with running_server(folder) as server:
        page = httpx.get(f"{server.url}/").text
        assert re.search(r'<main id="main" tabindex="-1">\s*Mine\s*</main>', page)
