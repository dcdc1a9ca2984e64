"""POST /mcp, message by message: what both eras of the protocol say, and what is refused."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.answers import problem
from tests.front_door import SHARED, front_door

from .mcp_messages import (
    CLIENT,
    ERAS,
    HANDSHAKES,
    NEWER,
    SERVER,
    STAMP,
    VERSION,
    Era,
    error,
    message,
    post,
    result,
    tool_call,
)

pytestmark = SHARED

CAPABILITIES = {"tools": {"listChanged": False}}
NO_METHOD = error(-32601, "Method not found")
BAD_PARAMS = error(-32602, "Invalid request parameters")
NO_TOOL = error(-32602, "There is no such tool: tools/list has them.")
MISMATCHES = {
    VERSION: "mcp-protocol-version header does not match the request envelope's protocol version",
    "Mcp-Method": "mcp-method header does not match the request body's method",
    "Mcp-Name": "mcp-name header does not match the request body's 'name' parameter",
}
LOUD = "sEcReT-7f3a"


@pytest_asyncio.fixture(name="door", scope="module", loop_scope="module")
async def shared_door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A front door for the tests that change nothing."""
    async with front_door(f"sqlite:///{tmp_path_factory.mktemp('wire')}/todo-plugin.db") as client:
        yield client


def told(answer: httpx.Response) -> tuple[int, Any]:
    """Status and body; every answer with a body is JSON, and none is a stream."""
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.get("Content-Type") == ("application/json" if answer.content else None)
    return answer.status_code, answer.json() if answer.content else None


@pytest.mark.parametrize(
    ("asked", "agreed"),
    [*((each, each) for each in HANDSHAKES), *((each, HANDSHAKES[-1]) for each in (NEWER, "2030"))],
)
async def test_a_handshake_agrees_on_a_version(
    door: httpx.AsyncClient, asked: str, agreed: str
) -> None:
    opened = await result(door, message("initialize", {"protocolVersion": asked, **CLIENT}))
    assert "revision" in opened.pop("instructions")
    assert opened == {
        "protocolVersion": agreed,
        "capabilities": CAPABILITIES,
        "serverInfo": SERVER,
    }


async def test_the_newer_era_discovers_without_a_handshake(door: httpx.AsyncClient) -> None:
    answer = await post(door, message("server/discover", era="newer"))
    found = answer.json()["result"]
    assert "revision" in found.pop("instructions")
    assert found == {
        "supportedVersions": [NEWER],
        "capabilities": CAPABILITIES,
        "resultType": "complete",
        "ttlMs": 60_000,
        "cacheScope": "public",
        "_meta": STAMP,
    }


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("name", ["notifications/initialized", "notifications/cancelled", "odd"])
async def test_a_notification_is_taken_without_a_word(
    door: httpx.AsyncClient, era: Era, name: str
) -> None:
    sent = message(name, {"reason": LOUD}, era)
    del sent.members["id"]
    assert told(await post(door, sent)) == (202, None)


async def test_a_tool_is_not_called_by_a_notification(door: httpx.AsyncClient) -> None:
    for era in ERAS:
        sent = tool_call("addTodo", {"username": "nobody", "todo": "milk"}, era)
        del sent.members["id"]
        assert told(await post(door, sent)) == (202, None)
    assert (await door.get("/todos/nobody")).json()["revision"] == 0


async def test_an_answer_to_a_question_that_was_never_asked_is_taken(
    door: httpx.AsyncClient,
) -> None:
    answers: tuple[dict[str, Any], ...] = ({"result": {}}, {"error": {"code": 1, "message": "no"}})
    for members in answers:
        answer = await door.post("/mcp", json={"jsonrpc": "2.0", "id": 1, **members})
        assert told(answer) == (202, None)


async def test_the_older_era_pings(door: httpx.AsyncClient) -> None:
    assert await result(door, message("ping")) == {}
    for number in (0, -5, 2**70, "a text", ""):
        sent = message("ping", number=number)  # type: ignore[arg-type] # an id may be a text
        assert await result(door, sent) == {}


@pytest.mark.parametrize(
    ("era", "status", "methods"),
    [
        ("older", 200, ["resources/list", "prompts/list", "odd/one", "subscriptions/listen", ""]),
        ("newer", 404, ["resources/list", "prompts/list", "odd/one", "ping", "initialize"]),
    ],
)
async def test_a_method_that_is_not_there_is_said_to_be_missing(
    door: httpx.AsyncClient, era: Era, status: int, methods: list[str]
) -> None:
    for method in methods:
        sent = message(method, {"protocolVersion": NEWER, **CLIENT}, era)
        assert told(await post(door, sent)) == (status, NO_METHOD), method


async def test_nobody_can_listen_for_ever(door: httpx.AsyncClient) -> None:
    wanted = {"notifications": {"toolsListChanged": True}}
    sent = message("subscriptions/listen", wanted, "newer")
    answer = await post(door, sent, accept="text/event-stream")
    assert told(answer) == (404, NO_METHOD)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    "accept", ["text/event-stream", "application/json, text/event-stream", "*/*", "image/png", ""]
)
@pytest.mark.parametrize("content_type", ["application/octet-stream", "*/octet-stream", None, "x"])
async def test_the_answer_is_json_whatever_the_headers_say(
    door: httpx.AsyncClient, era: Era, accept: str, content_type: str | None
) -> None:
    more = {} if content_type is None else {"content_type": content_type}
    answer = await post(door, message("tools/list", era=era), accept=accept, **more)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert len(answer.json()["result"]["tools"]) == 3


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "PATCH"])
async def test_only_post_is_taken(door: httpx.AsyncClient, method: str) -> None:
    answer = await door.request(method, "/mcp", headers={"Accept": "text/event-stream"})
    detail = "This path does not take this method. The Allow header lists those that it takes."
    assert (answer.status_code, answer.json()) == (
        405,
        problem(405, "method_not_allowed", detail),
    )
    assert {each.strip() for each in answer.headers["Allow"].split(",")} == {"POST", "OPTIONS"}


@pytest.mark.parametrize("era", ERAS)
async def test_a_slash_after_the_path_changes_nothing(door: httpx.AsyncClient, era: Era) -> None:
    for sent in (message("tools/list", era=era), tool_call("getTodos", {"username": "ann"}, era)):
        there, with_slash = [
            await door.post(path, content=sent.body, headers=sent.headers)
            for path in ("/mcp", "/mcp/")
        ]
        assert told(with_slash) == told(there)
        assert with_slash.status_code == 200


@pytest.mark.parametrize("header", MISMATCHES)
async def test_a_header_that_says_something_else_than_the_body_is_refused(
    door: httpx.AsyncClient, header: str
) -> None:
    sent = tool_call("getTodos", {"username": "ann"}, "newer")
    others = [NEWER + "x"] if header == VERSION else ["", "tools/list", "=?base64?!?=", "gettodos"]
    for other in others:
        headers = {**sent.headers, header: other}
        answer = await door.post("/mcp", content=sent.body, headers=headers)
        assert told(answer) == (400, error(-32020, MISMATCHES[header])), other
    doubled = [*sent.headers.items(), (header, sent.headers[header])]
    answer = await door.post("/mcp", content=sent.body, headers=doubled)
    repeated = error(-32020, f"The header {header.lower()} is repeated.")
    assert told(answer) == (400, repeated)


@pytest.mark.parametrize("header", ["Mcp-Method", "Mcp-Name"])
async def test_a_header_that_is_missing_is_refused(door: httpx.AsyncClient, header: str) -> None:
    sent = tool_call("getTodos", {"username": "ann"}, "newer")
    del sent.headers[header]
    assert told(await post(door, sent)) == (400, error(-32020, MISMATCHES[header]))


async def test_a_name_may_come_in_base64(door: httpx.AsyncClient) -> None:
    sent = tool_call("getTodos", {"username": "ann"}, "newer")
    sent.headers["Mcp-Name"] = f"=?base64?{base64.b64encode(b'getTodos').decode()}?="
    assert (await result(door, sent))["isError"] is False


@pytest.mark.parametrize("version", HANDSHAKES)
async def test_the_older_era_may_name_its_version_in_each_request(
    door: httpx.AsyncClient, version: str
) -> None:
    sent = message("tools/list")
    sent.headers[VERSION] = version
    answer = await post(door, sent)
    assert len(answer.json()["result"]["tools"]) == 3


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    "params",
    [
        {"name": "getTodos", "arguments": ["ann"]},
        {"name": "getTodos", "arguments": LOUD},
        {"name": None, "arguments": {}},
        {"arguments": {}},
    ],
)
async def test_parameters_of_the_wrong_shape_are_refused(
    door: httpx.AsyncClient, era: Era, params: dict[str, Any]
) -> None:
    status = 200 if era == "older" else 400
    assert told(await post(door, message("tools/call", params, era))) == (status, BAD_PARAMS)
    sent = tool_call(LOUD, {}, era)
    assert told(await post(door, sent)) == (status, NO_TOOL)
