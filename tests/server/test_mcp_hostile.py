"""POST /mcp, and bytes that no client sends: refused, never echoed, never a failure of ours."""

import base64
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.answers import problem
from tests.front_door import SHARED, front_door

from .mcp_messages import ERAS, META, NEWER, VERSION, error, message, tool_call

pytestmark = SHARED

NOT_JSON = error(
    -32700, "The body is not well-formed JSON in UTF-8, nested at most 64 levels deep.", None
)
NO_REQUEST = error(-32600, "The body must be one JSON-RPC request or notification.", None)
PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
LOUD = "sEcReT-7f3a"
META_KEY = "io.modelcontextprotocol/"


@pytest_asyncio.fixture(name="door", scope="module", loop_scope="module")
async def shared_door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A front door for the tests that change nothing that another looks at."""
    async with front_door(
        f"sqlite:///{tmp_path_factory.mktemp('hostile')}/todo-plugin.db"
    ) as client:
        yield client


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        *((body, NOT_JSON) for body in (b"", b"{", b"\xff", b"\xef\xbb\xbf" + PING, b"ping")),
        (PING + PING, NOT_JSON),
        (b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', NOT_JSON),
        (b'{"jsonrpc":"2.0","id":NaN,"method":"ping"}', NOT_JSON),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":Infinity}}', NOT_JSON),
        (b'{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}', NOT_JSON),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"\\udfff":1}}', NOT_JSON),
        (b"[" * 60_000, NOT_JSON),
        (b'{"a":' * 13_000, NOT_JSON),
        (b"[" + b",".join([PING] * 21) + b"]", NO_REQUEST),
        *((body, NO_REQUEST) for body in (b"[]", b"{}", b"5", b"null", b'"ping"')),
        *(
            (PING.replace(b":1,", b":%s," % number), NO_REQUEST)
            for number in (b"null", b"true", b"1.5", b"1e400", b"[]", b"{}")
        ),
        (PING.replace(b"2.0", b"1.0"), NO_REQUEST),
        (PING.replace(b'"ping"', b"5"), NO_REQUEST),
        (PING.replace(b'"ping"', b'"ping","params":[1]'), NO_REQUEST),
        (b'{"jsonrpc":"2.0","method":null}', NO_REQUEST),
    ],
)
@pytest.mark.parametrize("headers", [{}, {VERSION: NEWER, "Mcp-Method": "ping"}])
async def test_what_is_no_message_is_refused(
    door: httpx.AsyncClient, body: bytes, expected: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = await door.post("/mcp", content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (400, expected)


async def test_a_body_may_have_64_kib_and_no_byte_more(door: httpx.AsyncClient) -> None:
    answer = await door.post("/mcp", content=PING.ljust(65_536))
    assert answer.json() == {"jsonrpc": "2.0", "id": 1, "result": {}}
    answer = await door.post("/mcp", content=PING.ljust(65_537))
    expected = problem(413, "body_too_large", "The body is longer than 65536 bytes.")
    assert (answer.status_code, answer.json()) == (413, expected)


def loud_messages() -> list[tuple[bytes, dict[str, str]]]:
    """Messages that say LOUD wherever there is room, but for the id, which an answer repeats."""
    found = []
    for era in ERAS:
        shouting = [
            message(LOUD, {LOUD: LOUD}, era),
            message("ping", {"_meta": LOUD}),
            message("tools/list", {"cursor": LOUD}, era),
            message("tools/list", {"cursor": [LOUD]}, era),
            message("initialize", {"protocolVersion": LOUD, "capabilities": LOUD}),
            message("logging/setLevel", {"level": LOUD}, era),
            message("tools/call", {"name": LOUD, "arguments": {LOUD: LOUD}}, era),
            message("tools/call", {"name": "getTodos", "arguments": LOUD}, era),
            message("tools/call", {"name": [LOUD], "arguments": {}}, era),
            tool_call("getTodos", {LOUD: LOUD}, era),
            tool_call("getTodos", {"username": {LOUD: [LOUD]}}, era),
            tool_call("getTodos", {"username": f"/{LOUD}\x00"}, era),
            tool_call("addTodo", {"username": "ann", "todo": [LOUD], "revision": LOUD}, era),
            tool_call("addTodo", {"username": "ann", "todo": LOUD * 200}, era),
            tool_call("deleteTodo", {"username": LOUD, "todo_idx": 99}, era),
        ]
        found += [(each.body, each.headers) for each in shouting]
    listed = message("tools/list", era="newer")
    for name in ("protocolVersion", "clientCapabilities", "clientInfo"):
        meta = {**META, META_KEY + name: {"x": LOUD}}
        members = {**listed.members, "params": {"_meta": meta}}
        found.append((json.dumps(members).encode(), listed.headers))
    found += [(listed.body, {**listed.headers, each: LOUD}) for each in (VERSION, "Mcp-Method")]
    found.append((listed.body, {VERSION: LOUD}))
    raw = ('"%s"', '{"%s":1', '{"jsonrpc":"%s","id":1,"method":"ping"}', '["%s"]')
    found += [((each % LOUD).encode(), {}) for each in raw]
    found += [(PING, {"Origin": f"https://{LOUD}"}), (PING, {"Host": f"{LOUD}.example"})]
    return found


async def test_what_callers_say_is_repeated_nowhere(
    door: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for body, headers in loud_messages():
            answer = await door.post("/mcp", content=body, headers=headers)
            whole = f"{answer.headers} {answer.text}".lower()
            assert LOUD.lower() not in whole, body
            assert answer.status_code < 500
    assert caplog.records == []


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["getTodos", "addTodo", "deleteTodo", "odd"]) | JSON
METHODS = ["initialize", "ping", "tools/list", "tools/call", "server/discover", "logging/setLevel"]
METHODS += ["subscriptions/listen", "completion/complete", "notifications/cancelled", "odd"]
PARAMS = st.fixed_dictionaries(
    {},
    optional={
        "name": NAMES,
        "arguments": st.dictionaries(st.sampled_from(["username", "todo", "todo_idx"]), JSON)
        | JSON,
        "_meta": st.just(META) | st.dictionaries(st.sampled_from([*META, "progressToken"]), JSON),
        "protocolVersion": st.just(NEWER) | JSON,
        "capabilities": JSON,
        "clientInfo": JSON,
        "cursor": JSON,
    },
)
MESSAGES = JSON | st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0"), "method": st.sampled_from(METHODS) | JSON},
    optional={"id": st.integers() | JSON, "params": PARAMS | JSON, "result": JSON, "error": JSON},
)


@settings(max_examples=80, deadline=None)
@given(whole=MESSAGES, newer=st.booleans())
async def test_no_message_makes_the_server_fail(
    door: httpx.AsyncClient, whole: Any, newer: bool
) -> None:
    headers = {}
    if newer and isinstance(whole, dict) and isinstance(whole.get("method"), str):
        params = whole.get("params")
        name = params.get("name") if isinstance(params, dict) else None
        headers = {VERSION: NEWER, **said("Mcp-Method", whole["method"]), **said("Mcp-Name", name)}
    answer = await door.post("/mcp", content=json.dumps(whole).encode(), headers=headers)
    assert answer.status_code in (200, 202, 400, 404)
    # -32603 is the protocol's word for a failure of the server.
    assert "-32603" not in answer.text


def said(header: str, value: object) -> dict[str, str]:
    """The header with a value, in the form for texts that do not fit a header."""
    if not isinstance(value, str):
        return {}
    encoded = base64.b64encode(value.encode("utf-8", "replace")).decode()
    return {header: value if value.isascii() and value.isalpha() else f"=?base64?{encoded}?="}
