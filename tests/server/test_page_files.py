"""What is beside the page at /: previews, robots.txt, llms.txt, what load balancers are told."""

import asyncio
import re
from pathlib import Path

from tests.answers import answered
from tests.front_door import front_door
from tests.running import running_server

ORIGIN = "http://localhost:5002"
PUBLIC = "https://todo.example.org"


async def test_links_to_it_have_a_preview(sqlite_url: str) -> None:
    async with front_door(sqlite_url, public_url=PUBLIC) as client:
        html = (await client.get("/")).text
        image = await client.get("/favicon.ico")
        logo = await client.get("/logo.png")
    about = "Keep a todo list: see it, add to it and delete from it."
    assert dict(re.findall(r'<meta property="og:([\w:]+)" content="(.*?)">', html)) == {
        "type": "website",
        "site_name": "TODO List",
        "title": "TODO List",
        "description": about,
        "url": f"{PUBLIC}/",
        "image": f"{PUBLIC}/logo.png",
        "image:alt": "The logo of TODO List",
    }
    assert (image.content, image.headers["Content-Type"]) == (logo.content, "image/png")


async def test_robots_find_the_page_and_nobodys_data(sqlite_url: str) -> None:
    async with front_door(sqlite_url) as client:
        answer = await client.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text == (
        "User-agent: *\nAllow: /$\nAllow: /legal\nAllow: /llms.txt\nAllow: /logo.png\n"
        "Allow: /page/\nAllow: /openapi.\nAllow: /.well-known/\nDisallow: /\n"
    )


async def test_a_model_reads_what_it_is(sqlite_url: str) -> None:
    async with front_door(sqlite_url) as client:
        answer = await client.get("/llms.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "# TODO List"
    assert lines[2].startswith("> Plugin for keeping a person's todo list: get it, add a todo,")
    assert lines[4] == (
        f"An MCP client connects to {ORIGIN}/mcp (Streamable HTTP). Open: nobody is asked who they"
        " are."
    )
    assert (
        f"- [Contract]({ORIGIN}/openapi.yaml): OpenAPI; as JSON at {ORIGIN}/openapi.json" in lines
    )
    assert [line.partition(":")[0] for line in lines if "/todos/" in line] == [
        "- getTodos (GET /todos/{username})",
        "- addTodo (POST /todos/{username})",
        "- deleteTodo (DELETE /todos/{username})",
    ]


async def test_turned_off_there_is_no_page(sqlite_url: str) -> None:
    async with front_door(sqlite_url, page="off") as client:
        for path in ("/", "/list", "/try/addTodo", "/page/page.css", "/robots.txt", "/llms.txt"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
        assert (await client.get("/todos/ann")).status_code == 200


def test_a_load_balancer_is_told_whether_it_runs(tmp_path: Path) -> None:
    """Some send HTTP/1.0, without a host."""
    with running_server(tmp_path) as server:
        answer = answered(server, "GET / HTTP/1.0\r\n\r\n")
        assert answer.status == 200
        head = answered(server, "HEAD / HTTP/1.0\r\n\r\n")
        assert (head.status, head.body) == (200, b"")


async def test_a_page_without_a_database_says_so(sqlite_url: str) -> None:
    async with front_door(sqlite_url) as client:
        database = client._transport.app.extensions["database"]  # type: ignore[attr-defined]
        await asyncio.to_thread(database.close)
        answer = await client.get("/")
        assert answer.status_code == 503
        assert "The database does not answer" in answer.text
        gone = await client.get("/list")
        assert (gone.status_code, gone.headers["Content-Type"]) == (
            503,
            "text/html; charset=utf-8",
        )
        assert "The database is away. Try again in a moment." in gone.text
