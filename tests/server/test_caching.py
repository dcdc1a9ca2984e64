"""What caches may keep, and for whom: an answer is for whoever asked."""

from typing import Any

import httpx
import pytest

from tests.answers import a_list, routes
from tests.front_door import OTHER_TOKEN, TOKEN, front_door

from .mcp_messages import post, succeeded, tool_call
from .test_auth import bearer, issued

ASKS_WHO_CALLS = {
    "/todos/ann",
    "/mcp",
    "/mcp/",
    "/list",
    "/list/add",
    "/list/delete",
    "/list/restore",
}
DIFFERS_BY_HOST = {"/.well-known/ai-plugin.json", "/openapi.yaml", "/openapi.json", "/llms.txt"}
ORIGINS: tuple[dict[str, str], ...] = (
    {},
    {"Origin": "https://chatgpt.com"},
    {"Origin": "https://evil.example"},
)
KEPT = {
    "/.well-known/ai-plugin.json": "no-cache",
    "/openapi.yaml": "no-cache",
    "/openapi.json": "no-cache",
    "/logo.png": "public, max-age=3600",
    "/legal": "no-cache",
    "/": "private, no-cache",
    "/list": "private, no-cache",
    "/list/delete": "private, no-cache",
    "/favicon.ico": "public, max-age=3600",
    "/robots.txt": "no-cache",
    "/llms.txt": "no-cache",
    "/todos/ann": "private, no-cache",
}


def varies(answer: httpx.Response) -> set[str]:
    """What the answer depends on, in one line: some caches read no second."""
    (line,) = answer.headers.get_list("Vary")
    return {name.strip() for name in line.split(",")}


@pytest.mark.parametrize("mode", ["none", "service_http", "user_http"])
async def test_every_answer_says_on_what_it_depends(sqlite_url: str, mode: str) -> None:
    async with front_door(sqlite_url, auth=mode, service_tokens=TOKEN) as client:
        for token in (TOKEN, OTHER_TOKEN):
            for headers in ({**bearer(token), **origin} for origin in ORIGINS):
                for path, methods in routes().items():
                    for method in methods:
                        answer = await client.request(method, path, headers=headers)
                        expected = {"Origin"}
                        if path in ASKS_WHO_CALLS and mode != "none":
                            expected.add("Authorization")
                        if path in DIFFERS_BY_HOST and method in ("GET", "HEAD"):
                            expected.add("Host")
                        # Where nobody signs in, there is a list on the machine itself alone.
                        forms = {"/", "/list", "/list/delete"} if mode == "none" else {"/"}
                        if path in forms and method in ("GET", "HEAD"):
                            expected.add("Cookie")
                        assert varies(answer) == expected, (method, path)


async def test_failures_and_what_is_not_modified_depend_on_it_too(sqlite_url: str) -> None:
    async with front_door(sqlite_url, auth="user_http", rate_limit="15/minute") as client:
        ann = bearer(await issued(sqlite_url, "ann"))
        url = "/todos/me"
        tag = (await client.get(url, headers=ann)).headers["ETag"]
        asked: list[tuple[int, str, str, dict[str, Any]]] = [
            (304, "GET", url, {"headers": {**ann, "If-None-Match": tag}}),
            (400, "GET", "/todos/" + "x" * 101, {"headers": ann}),
            (401, "GET", url, {}),
            (401, "GET", url, {"headers": bearer("nobody's")}),
            (403, "GET", "/todos/bob", {"headers": ann}),
            (404, "DELETE", url, {"json": {"todo_idx": 0}, "headers": ann}),
            (409, "POST", url, {"json": {"todo": "x", "revision": 7}, "headers": ann}),
            (412, "POST", url, {"json": {"todo": "x"}, "headers": {**ann, "If-Match": '"7"'}}),
            (415, "POST", url, {"content": b"{}", "headers": ann}),
            (422, "POST", url, {"json": {}, "headers": ann}),
            *[(200, "GET", url, {"headers": ann})] * 6,
            (429, "GET", url, {"headers": ann}),
        ]
        for status, method, path, request in asked:
            answer = await client.request(method, path, **request)
            assert answer.status_code == status
            assert varies(answer) == {"Authorization", "Origin"}, status


async def test_only_what_is_meant_for_it_may_be_kept(sqlite_url: str) -> None:
    async with front_door(sqlite_url) as client:
        for path, methods in {**routes(), "/nope": {"GET"}, "/todos/%ff": {"GET"}}.items():
            for method in methods | {"PATCH"}:
                answer = await client.request(method, path)
                keeps = answer.status_code == 200 and method in ("GET", "HEAD")
                expected = KEPT.get(path, "no-store") if keeps else "no-store"
                if method != "OPTIONS":
                    assert answer.headers["Cache-Control"] == expected, (method, path)


async def test_one_person_after_the_other_gets_their_own_list(database_url: str) -> None:
    async with front_door(database_url, auth="user_http") as client:
        ann, bob = [bearer(await issued(database_url, name)) for name in ("ann", "bob")]
        for headers, todo in ((ann, "hers"), (bob, "his")):
            await client.post("/todos/me", json={"todo": todo}, headers=headers)
        hers = await client.get("/todos/me", headers=ann)
        cached = {"If-None-Match": hers.headers["ETag"]}
        his = await client.get("/todos/me", headers={**bob, **cached})
        assert his.status_code == 200
        assert his.json() == a_list(["his"], 1)
        assert (await client.get("/todos/me", headers={**ann, **cached})).status_code == 304
        # No precondition of the message is one of the tool's.
        call = tool_call("getTodos", {"username": "me"})
        for headers, listed in ((ann, hers), (bob, his)):
            told = await post(client, call, **headers, If_None_Match="*", If_Match='"7"')
            assert told.json()["result"] == succeeded(listed.json())
            assert "ETag" not in told.headers
