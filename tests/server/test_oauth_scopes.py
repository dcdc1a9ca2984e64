"""What a token is good for: its scopes, the place that it was asked for, and its time."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from .mcp_messages import ERAS, Era, message, tool_call
from .signing_in import HERE, Flow, oauth_door

METADATA = f"{HERE}/.well-known/oauth-protected-resource"
CALLS = [
    ("GET", "/todos/me", None),
    ("HEAD", "/todos/me", None),
    ("POST", "/todos/me", {"todo": "buy milk"}),
    ("DELETE", "/todos/me", {"todo_idx": 0}),
]
TOOLS: dict[str, tuple[str, dict[str, Any]]] = {
    "getTodos": ("read", {"username": "me"}),
    "addTodo": ("write", {"username": "me", "todo": "buy milk"}),
    "deleteTodo": ("write", {"username": "me", "todo_idx": 0}),
}


@pytest.fixture(name="flow")
async def fixture_flow(database_url: str) -> AsyncIterator[Flow]:
    async with oauth_door(database_url) as flow:
        await flow.sign_in()
        yield flow


async def bearer(flow: Flow, **asked: str | None) -> dict[str, str]:
    """The header of a client that asked for this, and was allowed it."""
    return {"Authorization": f"Bearer {(await flow.tokens(**asked))['access_token']}"}


def refused(answer: httpx.Response) -> tuple[int, str, str, str]:
    """Status, code, sentence and challenge."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    assert told["status"] == answer.status_code
    challenge = answer.headers["WWW-Authenticate"]
    return answer.status_code, told["code"], told["detail"], challenge


def missing(scope: str, metadata: str = METADATA) -> tuple[int, str, str, str]:
    return (
        403,
        "insufficient_scope",
        f"The person did not allow this: it needs the scope {scope}. Ask them to sign in again.",
        f'Bearer realm="plugin", error="insufficient_scope", scope="{scope}",'
        f' resource_metadata="{metadata}"',
    )


def invalid(detail: str, scope: str, metadata: str = METADATA) -> tuple[int, str, str, str]:
    return (
        401,
        "invalid_token",
        detail,
        f'Bearer realm="plugin", error="invalid_token", scope="{scope}",'
        f' resource_metadata="{metadata}"',
    )


UNKNOWN = "The token is not valid. It may have been revoked: ask for a new one."
EXPIRED = "The token has expired: get a new one with the refresh token."
ELSEWHERE = "The token is for another resource: ask for one for this."


async def call_tool(
    flow: Flow, name: str, headers: dict[str, str], era: Era = "older"
) -> httpx.Response:
    sent = tool_call(name, TOOLS[name][1], era=era)
    return await flow.client.post("/mcp", json=sent.members, headers={**sent.headers, **headers})


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_without_a_token_every_operation_says_what_it_needs(
    flow: Flow, method: str, path: str, body: Any
) -> None:
    scope = "read" if method in ("GET", "HEAD") else "write"
    answer = await flow.client.request(method, path, json=body)
    challenge = f'Bearer realm="plugin", scope="{scope}", resource_metadata="{METADATA}"'
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, challenge)
    if method != "HEAD":
        sentence = "Send the token in the header: Authorization: Bearer TOKEN."
        assert refused(answer) == (401, "unauthorized", sentence, challenge)


async def test_the_mcp_endpoint_says_what_all_its_tools_need(flow: Flow) -> None:
    metadata = f"{METADATA}/mcp"
    for sent in (message("tools/list"), message("initialize"), tool_call("getTodos", {})):
        answer = await flow.client.post("/mcp", json=sent.members)
        assert refused(answer) == (
            401,
            "unauthorized",
            "Send the token in the header: Authorization: Bearer TOKEN.",
            f'Bearer realm="plugin", scope="read write", resource_metadata="{metadata}"',
        )
    answer = await flow.client.post("/mcp", headers={"Authorization": "Bearer plants"})
    assert refused(answer) == invalid(UNKNOWN, "read write", metadata)


@pytest.mark.parametrize(("scope", "lacks"), [("read", "write"), ("write", "read")])
async def test_an_operation_needs_its_scope(flow: Flow, scope: str, lacks: str) -> None:
    headers = await bearer(flow, scope=scope)
    for method, path, body in CALLS:
        needs = "read" if method in ("GET", "HEAD") else "write"
        answer = await flow.client.request(method, path, json=body, headers=headers)
        if needs == scope:
            assert answer.status_code == 200, answer.text
        elif method == "HEAD":
            assert answer.status_code == 403
        else:
            assert refused(answer) == missing(lacks)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("scope", ["read", "write"])
async def test_a_tool_needs_its_scope_and_says_so_in_http(flow: Flow, scope: str, era: Era) -> None:
    headers = await bearer(flow, scope=scope, resource=f"{HERE}/mcp")
    for name, (needs, _) in TOOLS.items():
        answer = await call_tool(flow, name, headers, era)
        if needs == scope:
            result = answer.json()["result"]
            assert (answer.status_code, result["isError"]) == (200, False), answer.text
        else:
            assert refused(answer) == missing(needs, f"{METADATA}/mcp")
    sent = message("tools/list", era=era)
    listed = await flow.client.post("/mcp", json=sent.members, headers={**sent.headers, **headers})
    assert [each["name"] for each in listed.json()["result"]["tools"]] == list(TOOLS)


@pytest.mark.parametrize("era", ERAS)
async def test_each_tool_is_listed_with_what_it_needs(flow: Flow, era: Era) -> None:
    sent = message("tools/list", era=era)
    headers = {**sent.headers, **await bearer(flow)}
    tools = (await flow.client.post("/mcp", json=sent.members, headers=headers)).json()["result"]
    for each in tools["tools"]:
        schemes = [{"type": "oauth2", "scopes": [TOOLS[each["name"]][0]]}]
        assert (each["securitySchemes"], each["_meta"]) == (schemes, {"securitySchemes": schemes})


async def test_a_token_for_the_origin_is_good_everywhere(flow: Flow) -> None:
    for resource in (None, HERE, f"{HERE}/"):
        headers = await bearer(flow, resource=resource)
        for method, path, body in CALLS:
            answer = await flow.client.request(method, path, json=body, headers=headers)
            assert answer.status_code == 200, answer.text
        for name in ("getTodos", "addTodo", "deleteTodo"):
            assert (await call_tool(flow, name, headers)).json()["result"]["isError"] is False


async def test_a_token_for_the_mcp_endpoint_is_good_for_the_tools_alone(flow: Flow) -> None:
    for resource in (f"{HERE}/mcp", f"{HERE}/mcp/"):
        headers = await bearer(flow, resource=resource)
        for name in ("addTodo", "getTodos", "deleteTodo"):
            assert (await call_tool(flow, name, headers)).json()["result"]["isError"] is False
        answer = await flow.client.get("/todos/me", headers=headers)
        assert refused(answer) == invalid(ELSEWHERE, "read")


async def test_a_token_is_for_the_origin_under_which_it_was_asked_for(flow: Flow) -> None:
    headers = {**await bearer(flow), "Host": "127.0.0.1:5002"}
    answer = await flow.client.get("/todos/me", headers=headers)
    other = "http://127.0.0.1:5002/.well-known/oauth-protected-resource"
    assert refused(answer) == invalid(ELSEWHERE, "read", other)


async def test_an_expired_token_is_told_from_an_unknown_one(flow: Flow) -> None:
    tokens = await flow.tokens()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    await flow.age("oauth_tokens", 3_600)
    assert refused(await flow.client.get("/todos/me", headers=headers)) == invalid(EXPIRED, "read")
    # The refresh token is for /token alone.
    headers = {"Authorization": f"Bearer {tokens['refresh_token']}"}
    assert refused(await flow.client.get("/todos/me", headers=headers)) == invalid(UNKNOWN, "read")


async def test_who_comes_with_expired_tokens_guesses_nothing(flow: Flow) -> None:
    expired = await bearer(flow)
    await flow.age("oauth_tokens", 3_600)
    for _ in range(15):
        answer = await flow.client.get("/todos/me", headers=expired)
        assert answer.status_code == 401
    # Who has a token that nobody knows yet is let in from the same address.
    assert (await flow.client.get("/todos/me", headers=await bearer(flow))).status_code == 200
    for _ in range(10):
        unknown = {"Authorization": "Bearer plants"}
        assert (await flow.client.get("/todos/me", headers=unknown)).status_code == 401
    assert (await flow.client.get("/todos/me", headers=unknown)).status_code == 429


async def test_a_token_that_was_revoked_is_good_for_nothing(flow: Flow) -> None:
    tokens = await flow.tokens()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await flow.client.get("/todos/me", headers=headers)).status_code == 200
    await flow.client.post("/revoke", data={**flow.proof, "token": tokens["access_token"]})
    assert refused(await flow.client.get("/todos/me", headers=headers)) == invalid(UNKNOWN, "read")


async def test_a_person_reaches_their_own_data_and_nobody_elses(flow: Flow) -> None:
    await flow.add_person("ben")
    ann = await bearer(flow)
    await flow.client.post("/todos/me", json={"todo": "ann's"}, headers=ann)
    flow.client.cookies.clear()
    await flow.sign_in("ben")
    ben = await bearer(flow)
    await flow.client.post("/todos/ben", json={"todo": "ben's"}, headers=ben)
    for headers, name, other in ((ann, "ann", "ben"), (ben, "ben", "ann")):
        for username in ("me", name):
            own = await flow.client.get(f"/todos/{username}", headers=headers)
            assert own.json()["todos"] == [f"{name}'s"]
        for method, _, body in CALLS:
            answer = await flow.client.request(
                method, f"/todos/{other}", json=body, headers=headers
            )
            assert answer.status_code == 403
        sent = tool_call("getTodos", {"username": other})
        answer = await flow.client.post("/mcp", json=sent.members, headers=headers)
        assert answer.json()["result"]["isError"] is True


@pytest.mark.parametrize("place", ["query", "body"])
async def test_a_token_is_looked_for_in_the_header_alone(flow: Flow, place: str) -> None:
    token = (await flow.tokens())["access_token"]
    if place == "query":
        answer = await flow.client.get("/todos/me", params={"access_token": token})
    else:
        answer = await flow.client.post("/todos/me", json={"todo": "x", "access_token": token})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
