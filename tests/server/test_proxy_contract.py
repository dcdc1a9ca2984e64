"""The proxy and the contract: its operations are tools, and each answer is held against it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.answers import problem
from tests.front_door import SHARED

from .mcp_messages import ERAS, Era, message, tool_call
from .proxy_api import OK, Front, answer, fronted

pytestmark = SHARED

JSON = "Content-Type: application/problem+json; charset=utf-8"
REDIRECTED = problem(
    502,
    "redirected",
    "The API redirects to another place, and hosts do not follow: the contract must name the place"
    " itself.",
)


@pytest_asyncio.fixture(name="front", scope="module", loop_scope="module")
async def fixture_front(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    async with fronted(tmp_path_factory.mktemp("proxy"), "--header", "X-Key: 1") as front:
        yield front


VERDICTS = {
    "matches": OK,
    "undeclared_status": answer("418 Teapot", b"{}"),
    "undeclared_type": answer("200 OK", b"ok", "Content-Type: text/plain", json=False),
    "not_json": answer("200 OK", b"{"),
    "breaks:properties/ok/type": answer("200 OK", b'{"ok":"secret"}'),
    "breaks:required": answer("200 OK", b'{"secret":true}'),
    "too_long": answer("200 OK", b" " * 100_001),
}


@pytest.mark.parametrize("verdict", VERDICTS)
async def test_a_line_says_whether_the_answer_matches_the_contract(
    front: Front, verdict: str
) -> None:
    front.api.answers["/things/1"] = VERDICTS[verdict]
    got, line = await front.told("GET", "/things/1?key=secret")
    assert line == {
        "level": "INFO",
        "method": "GET",
        "route": "/things/{id}",
        "status": got.status_code,
        "bytes": len(got.content),
        "contract": verdict,
    }


async def test_what_no_operation_is_about_says_so(front: Front) -> None:
    for method, path in (("POST", "/things/4"), ("GET", "/things/4/more"), ("GET", "/")):
        _, line = await front.told(method, path)
        assert (line["route"], line["contract"]) == (None, "no_operation")


async def test_an_answer_without_content_and_one_to_head_match(front: Front) -> None:
    front.api.answers["/things/2"] = answer("204 No Content")
    front.api.answers["/things/3"] = OK.removesuffix(b'{"ok":true}')
    for method, path in (("DELETE", "/things/2"), ("HEAD", "/things/3")):
        _, line = await front.told(method, path)
        assert (line["route"], line["contract"]) == ("/things/{id}", "matches")


@pytest.mark.parametrize("era", ERAS)
async def test_an_operation_is_a_tool(front: Front, era: Era) -> None:
    listed = await front.client.post("/mcp", content=message("tools/list", era="older").body)
    assert [tool["name"] for tool in listed.json()["result"]["tools"]] == [
        "getThing",
        "deleteThing",
    ]
    front.api.answers["/things/a%20b%3F"] = OK
    called = tool_call("getThing", {"id": "a b?"}, era)
    headers = {**called.headers, "Authorization": "Bearer t"}
    answered, line = await front.told("POST", "/mcp", content=called.body, headers=headers)
    told = answered.json()["result"]
    assert (told["isError"], told["structuredContent"]) == (False, {"ok": True})
    asked = front.api.asked[-1]
    assert (asked.method, asked.target) == ("GET", "/things/a%20b%3F")
    assert {"authorization": "Bearer t", "x-key": "1"}.items() <= dict(asked.headers).items()
    assert line == {
        "level": "INFO",
        "method": "POST",
        "route": "/mcp",
        "status": 200,
        "bytes": len(answered.content),
        "tool": "getThing",
        "tool_status": 200,
        "contract": "matches",
    }


TOOL_FAILURES: dict[str, tuple[bytes, str | dict[str, Any]]] = {
    "its own": (
        answer("404 Not Found", b'{"detail":"gone"}', JSON, json=False),
        '{"detail":"gone"}',
    ),
    "no path": (
        OK,
        problem(
            422, "invalid_request", "The request breaks the contract: id: Must not be a dot or two."
        ),
    ),
    "a redirect": (answer("302 Found", b"", "Location: /x", "Content-Length: 0"), REDIRECTED),
    "too long": (
        answer("200 OK", b'"' + b"x" * 1_000_000 + b'"'),
        problem(
            502,
            "answer_too_long",
            "The API's answer is longer than 1,000,000 bytes. Ask for less.",
        ),
    ),
}


@pytest.mark.parametrize("about", TOOL_FAILURES)
async def test_a_failure_is_a_result_of_the_tool(front: Front, about: str) -> None:
    front.api.answers["/things/1"], told = TOOL_FAILURES[about]
    called = tool_call("getThing", {"id": ".." if about == "no path" else "1"})
    answered = (await front.client.post("/mcp", content=called.body)).json()["result"]
    assert answered["isError"]
    (content,) = answered["content"]
    if isinstance(told, str):
        assert content["text"] == told
    else:
        for member in ("detail", "code"):
            assert told[member] in content["text"]


async def test_mcp_takes_post_alone(front: Front) -> None:
    got = await front.client.get("/mcp")
    assert (got.status_code, got.headers["Allow"]) == (405, "POST")
