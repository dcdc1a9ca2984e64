"""Below a path of a host that others use too: whether a proxy takes the path away or not."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from tests.answers import a_list, problem
from tests.caddy import free_port
from tests.front_door import front_door
from tests.running import environment, running_server

from .front_page import cards
from .mcp_messages import ERAS, Era, message, result, succeeded, tool_call
from .signing_in import oauth_door, query_of

PUBLIC = "https://example.org/todo"
FROM = {"Host": "example.org"}
# As a proxy passes a path on that keeps it, and as one does that takes it away.
PREFIXES = ["/todo", ""]
NOWHERE = problem(
    404, "not_found", "There is nothing at this path. The operations are listed in /openapi.yaml."
)
AT_THE_ROOT = problem(
    404,
    "not_found",
    "Hosts look for this manifest at the root of a host only, and this plugin is below a path. Give"
    " them its contract, /openapi.yaml, or /mcp.",
)


@pytest.mark.parametrize("prefix", PREFIXES)
async def test_the_documents_have_the_path_and_are_served_below_it(
    sqlite_url: str, prefix: str
) -> None:
    async with front_door(sqlite_url, public_url=PUBLIC) as client:
        for name in ("openapi.json", "openapi.yaml"):
            answer = await client.get(f"{prefix}/{name}", headers=FROM)
            assert answer.status_code == 200
            assert "PLUGIN_HOSTNAME" not in answer.text
        contract = (await client.get(f"{prefix}/openapi.json", headers=FROM)).json()
        assert contract["servers"] == [{"url": PUBLIC}]
        for path in ("/logo.png", "/legal", "/healthz"):
            assert (await client.get(prefix + path, headers=FROM)).status_code == 200, path
        # A link from the root of the host would lead to another service.
        assert 'href="/' not in (await client.get(f"{prefix}/legal")).text


@pytest.mark.parametrize("prefix", PREFIXES)
async def test_the_operations_are_below_the_path(database_url: str, prefix: str) -> None:
    async with front_door(database_url, public_url=PUBLIC) as client:
        added = await client.post(f"{prefix}/todos/ann", json={"todo": "milk"}, headers=FROM)
        assert added.json() == {"todo": "milk", "todo_idx": 0, "revision": 1}
        listed = await client.get(f"{prefix}/todos/ann", headers=FROM)
        assert listed.json() == a_list(["milk"], 1)
        assert (await client.get(f"{prefix}/todos/todo")).json() == a_list([], 0)
        slash = await client.get(f"{prefix}/todos/ann/")
        told = "This path has a slash too many: it is /todos/{username}."
        assert slash.json() == problem(404, "not_found", told)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("era", ERAS)
async def test_mcp_is_below_the_path_and_open_to_pages_of_the_host(
    sqlite_url: str, prefix: str, era: Era
) -> None:
    async with front_door(sqlite_url, public_url=PUBLIC) as client:
        client.base_url = httpx.URL(f"http://localhost:5002{prefix}")
        origin = {"host": "example.org", "origin": "https://example.org"}
        listed = await result(client, message("tools/list", era=era), **origin)
        assert len(listed["tools"]) == 3
        call = tool_call("getTodos", {"username": "ann"}, era)
        assert await result(client, call, **origin) == succeeded(a_list([], 0))


@pytest.mark.parametrize("prefix", PREFIXES)
async def test_the_manifest_says_why_it_is_not_there(sqlite_url: str, prefix: str) -> None:
    async with front_door(sqlite_url, public_url=PUBLIC) as client:
        answer = await client.get(f"{prefix}/.well-known/ai-plugin.json", headers=FROM)
        assert (answer.status_code, answer.json()) == (404, AT_THE_ROOT)


@pytest.mark.parametrize("prefix", PREFIXES)
async def test_the_links_of_the_pages_stay_below_the_path(sqlite_url: str, prefix: str) -> None:
    async with front_door(sqlite_url, public_url=PUBLIC) as client:
        for path in ("/", "/list", "/try/getTodos", "/try/none"):
            page = await client.get(prefix + path)
            links = re.findall(r'(?:href|src|action)="(/.*?)"', page.text)
            assert [each for each in links if not each.startswith("/todo/")] == [], path
            for link in links:
                is_form = "/list/" in link or "/try/" in link
                assert is_form or (await client.get(link)).status_code == 200, link
        # A browser keeps the cookie for what is below the path.
        found = await client.get("/todo/list")
        fields = {"form_token": re.findall(r'"form_token" value="(\w+)"', found.text)[0]}
        action = "/todo/list/add?username=me"
        added = await client.post(action, data={**fields, "todo": "milk"})
        assert (added.status_code, added.headers["Location"]) == (303, "/todo/list?username=me")
        assert "<span>milk</span>" in (await client.get(added.headers["Location"])).text


async def test_people_sign_in_and_stay_below_the_path(database_url: str) -> None:
    async with oauth_door(database_url, public_url=PUBLIC) as flow:
        flow.client.base_url = httpx.URL(PUBLIC)
        asked = await flow.authorize()
        assert asked.headers["Location"] == f"/todo/login?{query_of(flow.asked)}"
        login = await flow.client.get(f"https://example.org{asked.headers['Location']}")
        signed_in = await flow.sent_login(login)
        assert signed_in.headers["Location"] == "/todo/account"
        tokens = await flow.tokens()
        assert await flow.is_valid(tokens["access_token"])
        pages = [login, await flow.authorize(), await flow.client.get("/account")]
        links = re.findall(r'(?:href|action)="(/.*?)"', "".join(page.text for page in pages))
        assert len(links) > 8
        assert [each for each in links if not each.startswith("/todo/")] == []
        refused = await flow.client.post("/mcp", content=message("tools/list").body)
    told = refused.headers["WWW-Authenticate"]
    assert f'resource_metadata="{PUBLIC}/.well-known/oauth-protected-resource/mcp"' in told


async def test_programs_are_told_the_paths_below_it(sqlite_url: str) -> None:
    async with front_door(sqlite_url, public_url=PUBLIC) as client:
        robots = (await client.get("/todo/robots.txt")).text
        llms = (await client.get("/todo/llms.txt")).text
        page = (await client.get("/todo/")).text
    assert "Allow: /todo/$\n" in robots
    assert robots.endswith("Disallow: /todo/\n")
    assert f"]({PUBLIC}/openapi.yaml)" in llms
    assert "ai-plugin.json" not in llms
    assert cards(page)["ChatGPT"] == (f"{PUBLIC}/mcp", [])


@pytest.mark.parametrize("path", ["/todo/todo/openapi.yaml", "/Todo/legal", "/todo/todo/"])
async def test_nothing_else_is_below_it(sqlite_url: str, path: str) -> None:
    async with front_door(sqlite_url, public_url=PUBLIC) as client:
        answer = await client.get(path)
        assert (answer.status_code, answer.json()) == (404, NOWHERE)


@pytest.mark.parametrize(
    ("path", "route"),
    [("/todos", "/todos/{username}"), ("/legal", "/legal")],
)
def test_a_path_that_a_route_begins_with_ends_the_start(
    tmp_path: Path, path: str, route: str
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=tmp_path,
        env=environment(PLUGIN_BIND="127.0.0.1:0", PLUGIN_PUBLIC_URL=f"https://example.org{path}"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    told = f"todo-plugin: PLUGIN_PUBLIC_URL: has a path that a route begins with: {route}\n"
    assert (ran.returncode, ran.stderr) == (2, told)


CADDYFILE = """
{
    admin off
    auto_https off
}
http://127.0.0.1:%(port)d {
    %(handle)s /todo/* {
        reverse_proxy %(server)s
    }
}
"""


@contextmanager
def proxy(folder: Path, handle: str, server: str) -> Iterator[str]:
    """The address of a Caddy that passes on what is below /todo, by this directive."""
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("caddy is not installed")
    port = free_port()
    file = folder / "Caddyfile"
    file.write_text(CADDYFILE % {"port": port, "handle": handle, "server": server})
    command = [program, "run", "--adapter", "caddyfile", "--config", str(file)]
    home = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with subprocess.Popen(command, env=home, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}/todo"
        finally:
            process.kill()


def _wait_for(url: str) -> None:
    deadline = monotonic() + 20
    while True:
        try:
            httpx.get(url)
            return
        except httpx.ConnectError:
            assert monotonic() < deadline, "Caddy did not start"
            sleep(0.02)


@pytest.mark.parametrize("handle", ["handle", "handle_path"])
def test_a_real_proxy_may_keep_the_path_or_take_it_away(tmp_path: Path, handle: str) -> None:
    variables: dict[str, Any] = {"PLUGIN_PUBLIC_URL": "http://127.0.0.1/todo"}
    with (
        running_server(tmp_path, **variables) as server,
        proxy(tmp_path, handle, server.url.removeprefix("http://")) as url,
    ):
        added = httpx.post(f"{url}/todos/ann", json={"todo": "milk"})
        assert added.json() == {"todo": "milk", "todo_idx": 0, "revision": 1}
        contract = httpx.get(f"{url}/openapi.json").json()
        assert contract["servers"] == [{"url": "http://127.0.0.1/todo"}]
        call = tool_call("getTodos", {"username": "ann"})
        told = httpx.post(f"{url}/mcp", content=call.body).json()["result"]
        assert told == succeeded(a_list(["milk"], 1))
