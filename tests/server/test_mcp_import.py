"""The protocol's SDK is imported by the first who calls; nobody else does it, or waits for it."""

import asyncio
import gc
import re
import threading
import time
from pathlib import Path

import httpx

from tests.callers import HEALTH, calling
from tests.front_door import front_door
from tests.running import Server, running_server

from .mcp_messages import ERAS, message, post, result, tool_call

LIST = message("tools/list").words()
READ = b"GET /todos/ann HTTP/1.1\r\nHost: localhost\r\n\r\n"
AT_ONCE = 0.5


def imported(folder: Path) -> set[str]:
    """The packages that the server has imported."""
    log = (folder / "server.log").read_text()
    return set(re.findall(r"^import time:.*\| +(\w+)", log, re.MULTILINE))


async def test_a_server_that_nobody_calls_over_mcp_never_imports_the_sdk(tmp_path: Path) -> None:
    with running_server(tmp_path, PYTHONPROFILEIMPORTTIME="1") as server:
        async with httpx.AsyncClient(base_url=server.url) as client:
            for path in ("/healthz", "/todos/ann", "/openapi.yaml", "/.well-known/ai-plugin.json"):
                assert (await client.get(path)).status_code == 200
            assert (await client.post("/todos/ann", json={"todo": "milk"})).status_code == 200
            assert (await client.get("/mcp")).status_code == 405
            foreign = {"Origin": "https://evil.example"}
            assert (await client.post("/mcp", headers=foreign)).status_code == 403
            assert {"app", "quart"} <= imported(tmp_path)
            assert not {"mcp", "mcp_types", "anyio", "opentelemetry"} & imported(tmp_path)
            assert (await post(client, message("ping"))).status_code == 200
            assert {"mcp", "mcp_types"} <= imported(tmp_path)
        assert server.stop() == 0


async def test_the_other_doors_answer_while_the_sdk_is_imported(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        waits = await asyncio.gather(first_call(server), first_call(server))
    assert min(len(each) for each in waits) >= 10
    assert max(max(each) for each in waits) < AT_ONCE


async def first_call(server: Server) -> list[float]:
    """How long others waited for their answers until the first message was answered."""
    waits = []
    async with calling(server) as caller, calling(server) as other:
        caller.say(LIST)
        answer = asyncio.create_task(caller.answer())
        while not answer.done():
            for words in (HEALTH, READ):
                began = time.monotonic()
                other.say(words)
                assert (await other.answer()).status == 200
                waits.append(time.monotonic() - began)
        assert len((await answer).body["result"]["tools"]) == 3
    return waits


async def test_calls_leave_no_task_or_thread_and_no_session_behind(sqlite_url: str) -> None:
    async with front_door(sqlite_url) as client:
        for era in ERAS:
            await post(client, message("tools/list", era=era))
        before = (asyncio.all_tasks(), set(threading.enumerate()))
        calls = [
            tool_call("addTodo", {"username": "ann", "todo": str(number)}, ERAS[number % 2], number)
            for number in range(500)
        ]
        came = await asyncio.gather(*(result(client, call) for call in calls))
        assert (asyncio.all_tasks(), set(threading.enumerate())) == before
        assert {each["isError"] for each in came} == {False}
        gc.collect()
        assert left_over() == []


def left_over() -> list[str]:
    """What the SDK made for requests that are over."""
    return [
        type(each).__qualname__
        for each in gc.get_objects()
        if type(each).__module__.startswith("mcp.server.")
        and type(each).__qualname__ in ("Connection", "ServerSession", "ServerRunner")
    ]


async def test_those_who_call_first_and_at_once_share_one_import(sqlite_url: str) -> None:
    async with front_door(sqlite_url) as client:
        before = set(threading.enumerate())
        answers = await asyncio.gather(*(post(client, message("tools/list")) for _ in range(100)))
        assert {answer.content for answer in answers} == {answers[0].content}
        assert len(set(threading.enumerate()) - before) <= 1
