"""What the page's cards have to copy works as it stands: run by a shell, or used by the client.

What Claude Code, Codex and LangChain take is run by scripts/clients.sh, which installs them.
"""

import json
import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.front_door import TOKEN
from tests.running import Server, running_server

from .front_page import cards, copied, send
from .mcp_listing import TOOLS
from .pages import shell

NAMES = [tool["name"] for tool in TOOLS]
MODES = {
    "none": {},
    "service_http": {"PLUGIN_AUTH": "service_http", "PLUGIN_SERVICE_TOKENS": TOKEN},
    "basic": {
        "PLUGIN_AUTH": "service_http",
        "PLUGIN_SERVICE_TOKENS": TOKEN,
        "PLUGIN_AUTHORIZATION_TYPE": "basic",
    },
}


class Page(NamedTuple):
    """A server, its page, and what a person puts where the page says TOKEN."""

    server: Server
    html: str
    token: str

    def copied(self, host: str) -> str:
        """What the host's card has to copy."""
        return cards(self.html)[host].copied

    def settings(self, host: str, variable: str) -> dict[str, Any]:
        """The settings of the card, with the token in the place of the variable."""
        filled = re.sub(re.escape(variable), self.token, self.copied(host))
        found: dict[str, Any] = json.loads(filled)
        return found


@pytest.fixture(scope="module", name="page", params=MODES)
def fixture_page(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    mode = request.param
    with running_server(tmp_path_factory.mktemp(mode), **MODES[mode]) as server:
        yield Page(server, httpx.get(f"{server.url}/").text, TOKEN if mode != "none" else "")


async def tools(url: str, headers: dict[str, str]) -> list[str]:
    """The names of the tools that the protocol's own client finds there."""
    async with httpx2.AsyncClient(headers=headers) as http:
        transport = streamable_http_client(url, http_client=http)
        async with Client(transport, cache=None, read_timeout_seconds=20) as client:
            return [tool.name for tool in (await client.list_tools()).tools]


def bearing(page: Page) -> dict[str, str]:
    scheme = "Basic" if "Basic token" in page.html else "Bearer"
    return {"Authorization": f"{scheme} {page.token}"} if page.token else {}


def test_the_command_for_a_terminal_lists_the_tools(page: Page, tmp_path: Path) -> None:
    command = page.copied("Anything else").replace("TOKEN", page.token)
    ran = shell(command, tmp_path)
    assert ran.stderr == ""
    assert [tool["name"] for tool in json.loads(ran.stdout)["result"]["tools"]] == NAMES


@pytest.mark.parametrize("host", ["ChatGPT", "Open WebUI"])
async def test_the_address_of_mcp_is_one(page: Page, host: str) -> None:
    assert await tools(page.copied(host), bearing(page)) == NAMES


async def test_the_settings_of_vs_code_lead_to_the_tools(page: Page) -> None:
    found = page.settings("VS Code", "${input:todo-token}")
    assert found.keys() == ({"servers", "inputs"} if page.token else {"servers"})
    server = found["servers"]["todo"]
    assert server["type"] == "http"
    assert await tools(server["url"], server.get("headers", {})) == NAMES


async def test_the_settings_of_cursor_lead_to_the_tools(page: Page) -> None:
    server = page.settings("Cursor", "${env:TODO_TOKEN}")["mcpServers"]["todo"]
    assert await tools(server["url"], server.get("headers", {})) == NAMES


async def test_the_address_for_a_gpt_is_the_contract(page: Page, tmp_path: Path) -> None:
    ran = shell(f"curl -s {page.copied('GPT Action')}", tmp_path)
    assert re.findall(r"operationId: (\w+)", ran.stdout) == NAMES


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("addTodo", {"username": "ä b?c&d#", "todo": 'it\'s "milk"\n$HOME \\ `x` 🍏'}),
        ("getTodos", {"username": "ä b?c&d#"}),
        ("deleteTodo", {"username": "ä b?c&d#", "todo_idx": "0"}),
        ("addTodo", {"username": "'; touch broken; '", "todo": "-d @/etc/passwd"}),
    ],
)
async def test_what_was_tried_is_the_command_that_is_shown(
    page: Page, tmp_path: Path, name: str, fields: dict[str, str]
) -> None:
    arguments = {f"argument:{each}": text for each, text in fields.items()}
    async with httpx.AsyncClient(base_url=page.server.url) as client:
        html = (await send(client, f"/try/{name}", token=page.token, **arguments)).text
    (answer,) = re.findall(r"<pre tabindex[^>]*><code>(.*?)</code>", html, re.DOTALL)
    ran = shell(f"{copied(html, f'curl-{name}')} -s", tmp_path, TOKEN=page.token)
    assert ran.stderr == ""
    assert without_counts(json.loads(ran.stdout)) == without_counts(json.loads(unescape(answer)))
    assert os.listdir(tmp_path) == []


def without_counts(answer: dict[str, Any]) -> dict[str, Any]:
    """What is not another one when a call is repeated."""
    return {name: each for name, each in answer.items() if name not in ("todo_idx", "revision")}
