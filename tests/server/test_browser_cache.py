"""A real browser's cache shows nobody another's list, and none that is no more."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running import Server, running_server

from .browser import Browser
from .copies import NO_SIGN_IN, command

# The page asks as any page does, in the browser's own cache mode.
LOOK = """
const [path, token, done] = arguments;
fetch(path, {headers: token ? {Authorization: `Bearer ${token}`} : {}})
    .then(async answer => done([answer.status, (await answer.json()).todos ?? null]));
"""


class Page:
    """A page of the server's own origin, in a browser whose cache is empty at first."""

    def __init__(self, browser: Browser, server: Server) -> None:
        browser.visit(f"{server.url}/healthz")
        self._browser = browser

    def look(self, path: str, token: str | None = None) -> tuple[int, list[str] | None]:
        """The status and the todos that the page gets."""
        status, todos = self._browser.run(LOOK, path, token)
        return status, todos


@pytest.fixture(name="url")
def fixture_url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database of each kind in turn, which the command line uses too."""
    monkeypatch.setenv("PLUGIN_DATABASE_URL", database_url)
    return database_url


@contextmanager
def serving(folder: Path, url: str, mode: str) -> Iterator[Server]:
    settings = {"PLUGIN_DATABASE_URL": url, "PLUGIN_AUTH": mode, "PLUGIN_LOG_FORMAT": "json"}
    with running_server(folder, **settings) as server:
        yield server


def add(server: Server, path: str, todo: str, token: str | None = None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    added = httpx.post(f"{server.url}{path}", json={"todo": todo}, headers=headers)
    assert added.status_code == 200
    return dict(added.json())


def new_token(name: str) -> str:
    code, printed, _ = command("token", "add", name)
    assert code == 0
    return printed.strip()


def test_one_person_after_the_other_sees_their_own_list(
    browser: Browser, url: str, tmp_path: Path
) -> None:
    with serving(tmp_path, url, "user_http") as server:
        ann, bob, eve = map(new_token, ("ann", "bob", "eve"))
        for token, todo in ((ann, "hers"), (bob, "his")):
            assert add(server, "/todos/me", todo, token)["revision"] == 1
        page = Page(browser, server)
        assert page.look("/todos/me", ann) == (200, ["hers"])
        assert page.look("/todos/me", ann) == (200, ["hers"])
        assert page.look("/todos/me", bob) == (200, ["his"])
        assert page.look("/todos/me", eve) == (200, [])
        assert page.look("/todos/me", ann) == (200, ["hers"])
        assert page.look("/todos/me", "nobody's") == (401, None)
        assert page.look("/todos/ann", ann) == (200, ["hers"])
        assert page.look("/todos/ann", bob) == (403, None)
        assert server.stop() == 0
    # The browser does keep it: the second answer to the same person was in its cache.
    lines = map(json.loads, (tmp_path / "server.log").read_text().splitlines())
    assert [
        line["status"]
        for line in lines
        if (line.get("method"), line.get("route")) == ("GET", "/todos/<username>")
    ] == [200, 304, 200, 200, 200, 401, 200, 403]


def test_a_forgotten_persons_list_that_begins_anew_is_the_new_one(
    browser: Browser, url: str, tmp_path: Path
) -> None:
    with serving(tmp_path, url, "user_http") as server:
        page = Page(browser, server)
        for path in ("/todos/me", "/todos/ann"):
            for todo in ("old", "new"):
                token = new_token("ann")
                assert add(server, path, todo, token)["revision"] == 1
                assert page.look(path, token) == (200, [todo])
                assert command("forget", "ann")[1] == f"deleted: lists 1, tokens 1, {NO_SIGN_IN}\n"


def test_a_forgotten_list_that_begins_anew_is_the_new_one(
    browser: Browser, url: str, tmp_path: Path
) -> None:
    with serving(tmp_path, url, "none") as server:
        page = Page(browser, server)
        for todo in ("old", "new"):
            assert add(server, "/todos/ann", todo)["revision"] == 1
            assert page.look("/todos/ann") == (200, [todo])
            assert command("forget", "ann")[1] == f"deleted: lists 1, tokens 0, {NO_SIGN_IN}\n"


def test_a_restored_list_that_moves_on_is_the_one_that_it_is(
    browser: Browser, tmp_path: Path
) -> None:
    with serving(tmp_path, "sqlite:///todo-plugin.db", "user_http") as server:
        token = new_token("ann")
        page = Page(browser, server)
        add(server, "/todos/me", "kept", token)
        assert command("backup", "copy.db")[0] == 0
        for todo in ("lost", "after"):
            assert add(server, "/todos/me", todo, token)["revision"] == 2
            for path in ("/todos/me", "/todos/ann"):
                assert page.look(path, token) == (200, ["kept", todo])
            assert command("restore", "--replace", "copy.db")[0] == 0
