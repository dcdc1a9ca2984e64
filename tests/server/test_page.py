"""The page at /: whether it runs, what it can do, and how to connect."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from tests.front_door import TOKEN, front_door

from .front_page import cards

ORIGIN = "http://localhost:5002"
PUBLIC = "https://todo.example.org"
HOSTS = ["Claude", "Codex", "VS Code", "Cursor", "LangChain", "Open WebUI"]
SERVICE = {"auth": "service_http", "service_tokens": TOKEN}
ELSEWHERE = "calls from its own servers: it needs a public https address, which PLUGIN_PUBLIC_URL"
NO_TOKEN = "takes no fixed token: the server must be open, or have people sign in."
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


async def page(client: httpx.AsyncClient, **headers: str) -> str:
    answer = await client.get("/", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.text


def words(html: str) -> str:
    """The text of a page, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.mark.parametrize(
    ("settings", "access"),
    [
        ({}, "Open: nobody is asked who they are."),
        (SERVICE, "For one trusted host, which calls with its token."),
        (
            {"auth": "user_http"},
            "Each person calls with a token of their own, and reaches what is theirs.",
        ),
    ],
)
async def test_it_says_what_runs_who_may_call_and_what_it_can_do(
    sqlite_url: str, settings: dict[str, Any], access: str
) -> None:
    async with front_door(sqlite_url, **settings) as client:
        text = words(await page(client))
    assert text.startswith("TODO List Skip to the content TODO List Keep a todo list:")
    assert f"Running {access} Version 0.1.0" in text
    for title, path in (
        ("Get the list of todos", "GET /todos/{username}"),
        ("Add a todo to the list", "POST /todos/{username}"),
        ("Delete a todo from the list", "DELETE /todos/{username}"),
    ):
        assert f"{title} {path}" in text
    assert "todo text, 1 to 1000 characters; in the body The text of the todo" in text
    assert "todos list of text. The todos, oldest first. The first has the index that" in text


async def test_each_host_has_a_card_with_the_address_under_which_the_page_was_reached(
    sqlite_url: str,
) -> None:
    async with front_door(sqlite_url) as client:
        here = cards(await page(client))
        there = cards(await page(client, Host="[::1]:81"))
    assert list(here) == [*HOSTS, "Anything else", "ChatGPT", "GPT Action"]
    assert {host: card.copied for host, card in here.items()} == {
        "Claude": f"claude mcp add --transport http todo {ORIGIN}/mcp",
        "Codex": f"codex mcp add todo --url {ORIGIN}/mcp",
        "VS Code": f'{{"servers": {{"todo": {{\n  "type": "http",\n  "url": "{ORIGIN}/mcp"\n}}}}}}',
        "Cursor": f'{{"mcpServers": {{"todo": {{\n  "url": "{ORIGIN}/mcp"\n}}}}}}',
        "LangChain": "from langchain_mcp_adapters.client import MultiServerMCPClient\n\n"
        'client = MultiServerMCPClient({"todo": {\n  "transport": "http",\n'
        f'  "url": "{ORIGIN}/mcp"\n}}}})\ntools = await client.get_tools()',
        "Open WebUI": f"{ORIGIN}/mcp",
        "Anything else": f"curl -s {ORIGIN}/mcp"
        ' -d \'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}\'',
        "ChatGPT": f"{ORIGIN}/mcp",
        "GPT Action": f"{ORIGIN}/openapi.yaml",
    }
    # A shell takes brackets for a pattern.
    assert there["Codex"].copied == "codex mcp add todo --url 'http://[::1]:81/mcp'"


@pytest.mark.parametrize(
    ("settings", "needs"),
    [
        (
            {},
            {
                "ChatGPT": [f"ChatGPT {ELSEWHERE} names."],
                "GPT Action": [f"OpenAI {ELSEWHERE} names."],
            },
        ),
        ({"public_url": PUBLIC}, {}),
        ({"public_url": PUBLIC, **SERVICE}, {"ChatGPT": [f"ChatGPT {NO_TOKEN}"]}),
        (
            SERVICE,
            {
                "ChatGPT": [f"ChatGPT {ELSEWHERE} names.", f"ChatGPT {NO_TOKEN}"],
                "GPT Action": [f"OpenAI {ELSEWHERE} names."],
            },
        ),
        (
            {"public_url": PUBLIC, **SERVICE, "authorization_type": "basic"},
            {
                "Codex": ["Codex sends bearer tokens, and this server asks for Basic."],
                "Open WebUI": ["Open WebUI sends bearer tokens, and this server asks for Basic."],
                "ChatGPT": [f"ChatGPT {NO_TOKEN}"],
            },
        ),
    ],
)
async def test_a_card_says_what_its_host_needs_and_does_not_get(
    sqlite_url: str, settings: dict[str, Any], needs: dict[str, list[str]]
) -> None:
    async with front_door(sqlite_url, **settings) as client:
        found = cards(await page(client))
    assert {host: card.needs for host, card in found.items() if card.needs} == needs
    # Those for which this server is enough come first.
    assert [bool(card.needs) for card in found.values()] == sorted(
        bool(card.needs) for card in found.values()
    )


async def test_where_a_token_is_asked_for_each_card_says_where_it_goes(sqlite_url: str) -> None:
    async with front_door(sqlite_url, auth="user_http") as client:
        found = cards(await page(client))
    assert found["Claude"].copied.endswith(' --header "Authorization: Bearer TOKEN"')
    assert found["Codex"].copied.endswith(" --bearer-token-env-var TODO_TOKEN")
    assert '"Authorization": "Bearer ${input:todo-token}"' in found["VS Code"].copied
    assert '"Authorization": "Bearer ${env:TODO_TOKEN}"' in found["Cursor"].copied
    assert '"Authorization": "Bearer TOKEN"' in found["LangChain"].copied


async def test_nothing_of_it_comes_from_elsewhere_or_stands_in_the_page_itself(
    sqlite_url: str,
) -> None:
    async with front_door(sqlite_url) as client:
        for path in ("/", "/list", "/try/addTodo"):
            answer = await client.get(path)
            assert answer.headers["Content-Security-Policy"] == POLICY
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert not re.search(r"<style|<script(?! src=)| on\w+=| style=", answer.text), path
            loaded = re.findall(
                r'(?:src|<link rel="(?:icon|stylesheet)"[^>]* href)="(.*?)"', answer.text
            )
            assert all(each.startswith(("/page/", "/logo.png")) for each in loaded), path


async def test_all_of_it_is_small_and_is_not_loaded_twice(sqlite_url: str) -> None:
    async with front_door(sqlite_url) as client:
        html = await page(client)
        files = re.findall(r'"(/page/[^"]+|/logo.png)"', html)
        answers = [await client.get(unescape(path)) for path in dict.fromkeys(files)]
        again = await client.get("/")
        tagged = {"If-None-Match": again.headers["ETag"]}
        kept = await client.get("/", headers=tagged)
    assert len(html.encode()) + sum(len(each.content) for each in answers) < 60_000
    assert [each.status_code for each in answers] == [200] * 3
    assert {each.headers["Cache-Control"] for each in answers} == {
        "public, max-age=31536000, immutable",
        "public, max-age=3600",
    }
    assert (kept.status_code, kept.content) == (304, b"")


async def test_a_file_under_another_address_is_asked_for_again_and_no_template_is_a_file(
    sqlite_url: str,
) -> None:
    async with front_door(sqlite_url) as client:
        old = await client.get("/page/page.css?v=0123456789ab")
        assert (old.status_code, old.headers["Cache-Control"]) == (200, "no-cache")
        for name in ("layout.html", "none.css", "page.css.html", "..page.css", ".css"):
            assert (await client.get(f"/page/{name}")).status_code == 404, name
