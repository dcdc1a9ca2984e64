"""Forms without a script: what they do, what a page says of it, and that no other site can."""

from typing import Any

import httpx
import pytest

from tests.front_door import TOKEN, front_door

from .front_page import message, post, send, shown, token

LIST = "/list?username=ann"
FOREIGN = "Another site sent this, and nothing was done."
NOT_OURS = "This form does not belong to the page that this browser has."


async def add(client: httpx.AsyncClient, *todos: str) -> None:
    for todo in todos:
        assert (await client.post("/todos/ann", json={"todo": todo})).status_code == 200


async def listed(client: httpx.AsyncClient) -> Any:
    return (await client.get("/todos/ann")).json()["todos"]


async def test_a_todo_is_added_and_the_page_that_shows_it_may_be_loaded_again(
    client: httpx.AsyncClient,
) -> None:
    added = await send(client, "/list/add?username=ann", page=LIST, todo="buy <b>milk</b>")
    assert (added.status_code, added.headers["Location"], added.content) == (303, LIST, b"")
    page = await client.get(added.headers["Location"])
    assert shown(page.text) == ["buy <b>milk</b>"]
    assert "buy &lt;b&gt;milk&lt;/b&gt;" in page.text
    assert await listed(client) == ["buy <b>milk</b>"]


async def test_a_deleted_todo_is_put_back_where_it_stood(client: httpx.AsyncClient) -> None:
    await add(client, "milk", "bread", "eggs")
    deleted = await send(client, "/list/delete?username=ann", page=LIST, todo_idx=1, revision=3)
    assert (deleted.status_code, shown(deleted.text)) == (200, ["milk", "eggs"])
    assert message(deleted.text) == "Deleted: bread"
    assert deleted.headers["Cache-Control"] == "no-store"
    # Meanwhile an assistant goes on.
    await add(client, "butter")
    undo = {"todo": "bread", "place": 2}
    restored = await send(client, "/list/restore?username=ann", page=LIST, **undo)
    assert restored.status_code == 303
    assert await listed(client) == ["milk", "bread", "eggs", "butter"]
    again = await send(client, "/list/restore?username=ann", page=LIST, **undo)
    assert again.status_code == 409
    assert message(again.text) == (
        "That todo is on the list, or the list began anew since. Nothing was done."
    )
    assert await listed(client) == ["milk", "bread", "eggs", "butter"]


async def test_a_todo_is_deleted_from_the_list_that_was_seen_and_from_no_other(
    client: httpx.AsyncClient,
) -> None:
    await add(client, "milk", "bread")
    seen = {"todo_idx": 0, "revision": 1}
    answer = await send(client, "/list/delete?username=ann", page=LIST, **seen)
    assert (answer.status_code, shown(answer.text)) == (409, ["milk", "bread"])
    assert message(answer.text) == (
        "The list has changed meanwhile, and nothing was deleted. This is the list now."
    )


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({"todo": ""}, 422, "todo: Must not be empty."),
        ({"todo": "x" * 1001}, 422, "todo: Must have 1000 characters or fewer."),
        ({}, 422, "todo: Must be given."),
        ({"todo": ["a", "b"]}, 400, "The field todo is repeated."),
        ({"todo": "a", "revision": "one"}, 422, "revision: Must be a whole number."),
    ],
)
async def test_what_is_wrong_is_said_on_a_page(
    sqlite_url: str, fields: dict[str, Any], status: int, told: str
) -> None:
    async with front_door(sqlite_url) as client:
        answer = await send(client, "/list/add", page="/list", **fields)
        assert (answer.status_code, answer.headers["Content-Type"]) == (
            status,
            "text/html; charset=utf-8",
        )
        assert message(answer.text).removeprefix("The request breaks the contract: ") == told


OTHER_SITES = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost:5003"},
    {"Origin": "http://localhost"},
    {"Origin": "http://127.0.0.1:5002"},
    {"Origin": "http://localhost:5002.evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost:5002", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
]
WRITES: dict[str, dict[str, Any]] = {
    "/list/add?username=ann": {"todo": "theirs"},
    "/list/delete?username=ann": {"todo_idx": 0, "revision": 1},
    "/list/restore?username=ann": {"todo": "theirs", "place": 1},
    "/try/addTodo": {"argument:username": "ann", "argument:todo": "theirs"},
}


@pytest.mark.parametrize("headers", OTHER_SITES)
async def test_no_other_site_writes_here(sqlite_url: str, headers: dict[str, str]) -> None:
    async with front_door(sqlite_url) as client:
        await add(client, "hers")
        found = await token(client)
        for path, fields in WRITES.items():
            answer = await post(client, path, headers, form_token=found, **fields)
            assert (answer.status_code, FOREIGN in answer.text) == (403, True), path
        assert await listed(client) == ["hers"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost:5002"},
        {"Origin": "http://localhost:5002", "Sec-Fetch-Site": "same-origin"},
        # A proxy that ends TLS passes Host on.
        {"Origin": "https://localhost:5002"},
    ],
)
async def test_its_own_pages_write(sqlite_url: str, headers: dict[str, str]) -> None:
    async with front_door(sqlite_url) as client:
        fields = {"form_token": await token(client), "todo": "hers"}
        assert (await post(client, "/list/add", headers, **fields)).status_code == 303


async def test_the_public_address_writes_behind_a_proxy_that_changes_host(sqlite_url: str) -> None:
    public = "https://todo.example.org"
    async with front_door(sqlite_url, public_url=public) as client:
        client.base_url = httpx.URL("https://localhost:5002")
        fields = {"form_token": await token(client), "todo": "hers"}
        assert (await post(client, "/list/add", {"Origin": public}, **fields)).status_code == 303
        other = {"Origin": f"{public}:8443"}
        assert (await post(client, "/list/add", other, **fields)).status_code == 403


async def test_a_form_goes_with_the_cookie_that_came_with_it(sqlite_url: str) -> None:
    async with front_door(sqlite_url) as client:
        theirs = await token(client)
        client.cookies.clear()
        hers = await token(client)
        for given in ("", theirs, hers[:-1], "é"):
            answer = await post(client, "/list/add", None, todo="x", form_token=given)
            assert (answer.status_code, NOT_OURS in answer.text) == (403, True)
        cookies = httpx.Cookies(client.cookies)
        client.cookies.clear()
        for value in (None, "", "short", "é" * 43, hers):
            headers = {} if value is None else {"Cookie": f"form={value}".encode("latin-1")}
            answer = await client.post(
                "/list/add",
                data={"todo": "x", "form_token": hers},
                headers=headers,  # type: ignore[arg-type]
            )
            assert (answer.status_code, NOT_OURS in answer.text) == (403, True)
        client.cookies = cookies
        assert (await post(client, "/list/add", None, todo="x", form_token=hers)).status_code == 303


async def test_the_cookie_says_nothing_and_stays_at_home(sqlite_url: str) -> None:
    async with front_door(sqlite_url) as client:
        first = await client.get("/")
        (cookie,) = first.headers.get_list("Set-Cookie")
        value, *rest = cookie.split("; ")
        assert rest == ["HttpOnly", "Path=/", "SameSite=Lax"]
        assert value.partition("=")[2] not in first.text
        assert "Set-Cookie" not in (await client.get("/list")).headers
    async with front_door(sqlite_url, public_url="https://todo.example.org") as client:
        # At home, without TLS, a browser would not keep a secure one.
        (cookie,) = (await client.get("/")).headers.get_list("Set-Cookie")
        assert "Secure" not in cookie
        client.cookies.clear()
        public = await client.get("/", headers={"Host": "todo.example.org"})
        (cookie,) = public.headers.get_list("Set-Cookie")
        assert cookie.split("; ")[1:] == ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"]


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b'{"todo": "x"}', "application/json", 415, "must be a form"),
        (b"todo=x", "text/plain", 415, "must be a form"),
        (b"todo=%ff", "application/x-www-form-urlencoded", 400, "not a form in UTF-8"),
        (b"todo=\xff", "application/x-www-form-urlencoded", 400, "not a form in UTF-8"),
        (b"a=&" * 2000, "application/x-www-form-urlencoded", 400, "not a form in UTF-8"),
    ],
)
async def test_what_is_no_form_is_refused(
    sqlite_url: str, content: bytes, kind: str, status: int, code: str
) -> None:
    async with front_door(sqlite_url) as client:
        answer = await client.post("/list/add", content=content, headers={"Content-Type": kind})
        assert (answer.status_code, code in answer.text) == (status, True)


@pytest.mark.parametrize(
    "settings", [{"auth": "user_http"}, {"auth": "service_http", "service_tokens": TOKEN}]
)
async def test_where_the_page_does_not_know_the_person_there_is_no_list(
    sqlite_url: str, settings: dict[str, Any]
) -> None:
    async with front_door(sqlite_url, **settings) as client:
        assert 'href="/list' not in (await client.get("/")).text
        for path in ("/list", LIST):
            answer = await client.get(path)
            assert (answer.status_code, "A list is shown here to a person" in answer.text) == (
                404,
                True,
            )
        assert (await send(client, "/list/add", todo="x")).status_code == 404
