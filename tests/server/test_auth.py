"""Who may call: nobody is asked, one host is known by a token, or each person is."""

import base64
import subprocess
import sys
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from plugin_server import storage
from plugin_server.auth.tokens import add_token
from tests.answers import EMPTY, a_list, problem
from tests.front_door import OTHER_TOKEN, TOKEN, front_door
from tests.running import environment

SERVICE = {"auth": "service_http", "service_tokens": f"{TOKEN},{OTHER_TOKEN}"}
USER = {"auth": "user_http"}
TYPE = {"authorization_type": "basic"}
MODES = {"none": {"auth": "none"}, "service_http": SERVICE, "user_http": USER}
OPEN = ["/.well-known/ai-plugin.json", "/openapi.yaml", "/openapi.json"]
OPEN += ["/logo.png", "/legal", "/healthz"]
FORBIDDEN = problem(403, "forbidden", "Your token is for yourself: use the username me.")
REPEATED = problem(400, "repeated_header", "A header that may stand once is repeated.")
INVALID = problem(
    401, "invalid_token", "The token is not valid. It may have been revoked: ask for a new one."
)
MISSING = {
    scheme: problem(
        401, "unauthorized", f"Send the token in the header: Authorization: {scheme} TOKEN."
    )
    for scheme in ("Bearer", "Basic")
}
BEARER = 'Bearer realm="plugin"'
BEARER_INVALID = 'Bearer realm="plugin", error="invalid_token"'
BASIC = 'Basic realm="plugin", charset="UTF-8"'


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def issued(database_url: str, name: str) -> str:
    """A new token of a person."""
    database = storage.connect(database_url, guest=True)
    try:
        return await database.write(add_token, name)
    finally:
        database.close()


def run_token(database_url: str, *arguments: str) -> str:
    """What `todo-plugin token` prints, run beside the server as its operator would."""
    command = [sys.executable, "-m", "app", "token", *arguments]
    variables = environment(PLUGIN_DATABASE_URL=database_url)
    run = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    return run.stdout.strip()


async def all_three(
    client: httpx.AsyncClient, path: str, headers: dict[str, str] | dict[bytes, bytes]
) -> list[httpx.Response]:
    """The answers to getTodos, addTodo and deleteTodo."""
    return [
        await client.get(path, headers=headers),
        await client.post(path, headers=headers, json={"todo": "milk"}),
        await client.request("DELETE", path, headers=headers, json={"todo_idx": 0}),
    ]


@pytest.mark.parametrize("authorization", [None, "Bearer x", "Basic \xe9", "Digest a=b", ""])
async def test_mode_none_asks_nobody(sqlite_url: str, authorization: str | None) -> None:
    headers = {} if authorization is None else {b"Authorization": authorization.encode()}
    async with front_door(sqlite_url) as client:
        assert [answer.json() for answer in await all_three(client, "/todos/ann", headers)] == [
            EMPTY,
            {"todo": "milk", "todo_idx": 0, "revision": 1},
            {"todo": "milk", "revision": 2},
        ]


@pytest.mark.parametrize("token", [TOKEN, OTHER_TOKEN])
@pytest.mark.parametrize(
    ("scheme", "spelling"),
    [
        ("bearer", "Bearer {token}"),
        ("bearer", "bEARER   {token}"),
        ("basic", "Basic {token}"),
        ("basic", "basic {name_and_token}"),
        ("basic", "BASIC {only_token}"),
    ],
)
async def test_a_trusted_host_may_use_every_list(
    sqlite_url: str, scheme: str, spelling: str, token: str
) -> None:
    forms = {"name_and_token": encoded(f"jos\u00e9:{token}"), "only_token": encoded(f":{token}")}
    headers = {"Authorization": spelling.format(token=token, **forms)}
    async with front_door(sqlite_url, authorization_type=scheme, **SERVICE) as client:
        for path in ("/todos/ann", "/todos/me"):
            assert [answer.json() for answer in await all_three(client, path, headers)] == [
                EMPTY,
                {"todo": "milk", "todo_idx": 0, "revision": 1},
                {"todo": "milk", "revision": 2},
            ]


@pytest.mark.parametrize("mode", ["service_http", "user_http"])
@pytest.mark.parametrize(
    ("authorization", "expected", "challenge"),
    [
        *((text, MISSING["Bearer"], BEARER) for text in ("", "Bearer", "Bearer ", TOKEN)),
        *((f"{other}{TOKEN}", MISSING["Bearer"], BEARER) for other in ("Basic ", "Token ")),
        *((f"Bearer{gap}{TOKEN}", MISSING["Bearer"], BEARER) for gap in ("", ":", "\t")),
        *((f"Bearer {TOKEN}{more}", INVALID, BEARER_INVALID) for more in ("x", "=", ", x", " x")),
        (f"Bearer {TOKEN[:-1]}", INVALID, BEARER_INVALID),
        (f"Bearer {TOKEN.lower()}", INVALID, BEARER_INVALID),
        (f"Bearer {encoded(f'name:{TOKEN}')}", INVALID, BEARER_INVALID),
        ("Bearer \xe9", INVALID, BEARER_INVALID),
        *((text, MISSING["Basic"], BASIC) for text in ("", "Basic", f"Bearer {TOKEN}")),
        *((f"Basic {text}", INVALID, BASIC) for text in ("x", "=", "\xe9", TOKEN + "=")),
        *((f"Basic {encoded(text)}", INVALID, BASIC) for text in (TOKEN, TOKEN + ":", ":", "a:b")),
        (f"Basic {encoded(f'a:b:{TOKEN}')}", INVALID, BASIC),
        ("Basic /////w==", INVALID, BASIC),
    ],
)
async def test_whoever_is_not_known_is_told_how_to_authenticate(
    sqlite_url: str, mode: str, authorization: str, expected: dict[str, Any], challenge: str
) -> None:
    scheme = challenge.partition(" ")[0]
    headers = {b"Authorization": authorization.encode()} if authorization else {}
    settings = {**MODES[mode], "authorization_type": scheme.lower()}
    async with front_door(sqlite_url, **settings) as client:
        for answer in await all_three(client, f"/todos/ann?access_token={TOKEN}", headers):
            assert (answer.status_code, answer.json()) == (401, expected)
            assert answer.headers["WWW-Authenticate"] == challenge


async def test_a_doubled_authorization_is_refused(sqlite_url: str) -> None:
    async with front_door(sqlite_url, **SERVICE) as client:
        for other in (TOKEN, "wrong"):
            headers = [("Authorization", f"Bearer {token}") for token in (TOKEN, other)]
            answer = await client.get("/todos/ann", headers=headers)
            assert (answer.status_code, answer.json()) == (400, REPEATED)


@pytest.mark.parametrize("mode", MODES)
async def test_what_hosts_fetch_first_is_open(sqlite_url: str, mode: str) -> None:
    preflight = {"Origin": "https://chatgpt.com", "Access-Control-Request-Method": "POST"}
    async with front_door(sqlite_url, **MODES[mode]) as client:
        for headers in ({}, bearer("wrong")):
            for path in OPEN:
                assert (await client.get(path, headers=headers)).status_code == 200, path
            for path in (*OPEN, "/todos/ann"):
                answer = await client.options(path, headers={**headers, **preflight})
                assert answer.status_code == 200, path


async def test_me_and_ones_own_name_are_one_list(database_url: str) -> None:
    async with front_door(database_url, **USER) as client:
        headers = bearer(await issued(database_url, "jos\u00e9"))
        await client.post("/todos/me", headers=headers, json={"todo": "milk"})
        for name in ("me", "jos\u00e9", "jose\u0301"):
            answer = await client.get(f"/todos/{quote(name)}", headers=headers)
            assert answer.json() == a_list(["milk"], 1)
        other = bearer(await issued(database_url, "bob"))
        assert (await client.get("/todos/me", headers=other)).json() == EMPTY


async def test_nobody_learns_whether_anothers_list_exists(database_url: str) -> None:
    async with front_door(database_url, **USER) as client:
        ann = bearer(await issued(database_url, "ann"))
        bob = bearer(await issued(database_url, "bob"))
        await client.post("/todos/bob", headers=bob, json={"todo": "milk"})
        for name in ("bob", "nobody", "Ann", "ME", "%20me"):
            for answer in await all_three(client, f"/todos/{name}", ann):
                assert (answer.status_code, answer.json()) == (403, FORBIDDEN)
        there = await all_three(client, "/todos/bob", ann)
        nowhere = await all_three(client, "/todos/nobody", ann)
        assert [(answer.headers, answer.content) for answer in there] == [
            (answer.headers, answer.content) for answer in nowhere
        ]
        kept = a_list(["milk"], 1)
        assert (await client.get("/todos/me", headers=bob)).json() == kept


async def test_a_revoked_token_stops_working_at_once(database_url: str) -> None:
    async with front_door(database_url, **USER) as client:
        ann = bearer(run_token(database_url, "add", "ann"))
        bob = bearer(await issued(database_url, "bob"))
        await client.post("/todos/me", headers=ann, json={"todo": "milk"})
        assert run_token(database_url, "revoke", "ann") == "revoked: 1"
        for answer in await all_three(client, "/todos/me", ann):
            assert (answer.status_code, answer.json()) == (401, INVALID)
            assert answer.headers["WWW-Authenticate"] == BEARER_INVALID
        assert (await client.get("/todos/me", headers=bob)).json() == EMPTY
        again = bearer(await issued(database_url, "ann"))
        kept = a_list(["milk"], 1)
        assert (await client.get("/todos/me", headers=again)).json() == kept


async def test_a_persons_token_works_after_basic(sqlite_url: str) -> None:
    async with front_door(sqlite_url, **USER, **TYPE) as client:
        token = await issued(sqlite_url, "ann")
        for value in (token, encoded(f"anybody:{token}")):
            answer = await client.get("/todos/ann", headers={"Authorization": f"Basic {value}"})
            assert answer.json() == EMPTY


@pytest.mark.parametrize(
    ("settings", "block"),
    [
        ({}, {"type": "none"}),
        ({"auth": "none", **TYPE}, {"type": "none"}),
        (
            {**SERVICE, "verification_tokens": '{"openai": "a-public-text"}'},
            {
                "type": "service_http",
                "authorization_type": "bearer",
                "verification_tokens": {"openai": "a-public-text"},
            },
        ),
        (
            {**SERVICE, **TYPE},
            {"type": "service_http", "authorization_type": "basic", "verification_tokens": {}},
        ),
        (USER, {"type": "user_http", "authorization_type": "bearer"}),
        ({**USER, **TYPE}, {"type": "user_http", "authorization_type": "basic"}),
    ],
)
async def test_the_documents_tell_the_mode_and_differ_in_nothing_else(
    sqlite_url: str, settings: dict[str, Any], block: dict[str, Any]
) -> None:
    async with front_door(sqlite_url) as client:
        manifest, contract = [(await client.get(path)).json() for path in (OPEN[0], OPEN[2])]
    async with front_door(sqlite_url, **settings) as client:
        told, promised = [(await client.get(path)).json() for path in (OPEN[0], OPEN[2])]
    assert told == {**manifest, "auth": block}
    if block["type"] != "none":
        scheme = {"token": {"type": "http", "scheme": block["authorization_type"]}}
        contract["security"] = [{"token": []}]
        contract["components"]["securitySchemes"] = scheme
    # Whose data a path names is told by the mode too: see test_owners.py.
    assert {**promised, "paths": ()} == {**contract, "paths": ()}
    assert TOKEN not in f"{told} {promised}"
