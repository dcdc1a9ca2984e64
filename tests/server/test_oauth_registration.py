"""/register: clients that have no document on the web register themselves, where they may."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from plugin_server.auth.oauth import registered
from plugin_server.storage import Connection
from tests.front_door import front_door

from .signing_in import VERIFIER, Flow, challenge_of, oauth_door, sent_to

BACK = "https://tool.example/callback"
KEPT = {"grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"]}


CHALLENGED = {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256"}


@pytest.fixture(name="flow")
async def fixture_flow(database_url: str) -> AsyncIterator[Flow]:
    async with oauth_door(database_url) as flow:
        yield flow


@pytest.fixture(name="refusing")
async def fixture_refusing(sqlite_url: str) -> AsyncIterator[Flow]:
    """For what is refused before the database is asked."""
    async with oauth_door(sqlite_url) as flow:
        yield flow


async def register(flow: Flow, **members: Any) -> tuple[int, dict[str, Any]]:
    """Status and members of the answer, which nobody may keep."""
    answer = await flow.client.post("/register", json=members)
    kind = "problem+json" if answer.status_code == 503 else "json"
    assert answer.headers["Content-Type"] == f"application/{kind}"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()


async def test_a_public_client_registers_and_gets_tokens(flow: Flow) -> None:
    before = int(time.time())
    status, told = await register(
        flow,
        client_name="A tool",
        redirect_uris=[BACK, "http://localhost:8080/back"],
        token_endpoint_auth_method="none",
        application_type="native",
        scope="read write",
    )
    client_id, issued = told.pop("client_id"), told.pop("client_id_issued_at")
    assert before <= issued <= time.time()
    assert (status, told) == (
        201,
        {
            "client_name": "A tool",
            "redirect_uris": [BACK, "http://localhost:8080/back"],
            "token_endpoint_auth_method": "none",
            **KEPT,
        },
    )
    await flow.sign_in()
    flow.asked |= {
        "client_id": client_id,
        "redirect_uri": "http://localhost:49152/back",
        **CHALLENGED,
    }
    flow.proof = {"client_id": client_id}
    address, parameters = sent_to(await flow.decide())
    assert address == "http://localhost:49152/back"
    answer = await flow.exchange(parameters["code"], code_verifier=VERIFIER)
    assert await flow.is_valid(answer.json()["access_token"])


@pytest.mark.parametrize("method", [None, "client_secret_basic", "client_secret_post"])
async def test_a_confidential_client_gets_a_secret(flow: Flow, method: str | None) -> None:
    members = {} if method is None else {"token_endpoint_auth_method": method}
    status, told = await register(flow, redirect_uris=[BACK], **members)
    client_id, secret = told.pop("client_id"), told.pop("client_secret")
    del told["client_id_issued_at"]
    assert (status, told) == (
        201,
        {
            "client_secret_expires_at": 0,
            "client_name": "tool.example",
            "redirect_uris": [BACK],
            "token_endpoint_auth_method": method or "client_secret_basic",
            **KEPT,
        },
    )
    rows = await flow.rows("SELECT client_id, secret_digest FROM oauth_clients")
    assert [row[0] for row in rows] == [client_id]
    assert secret not in rows[0][1]
    await flow.sign_in()
    flow.asked |= {"client_id": client_id, "redirect_uri": BACK, **CHALLENGED}
    for proof, status in ((secret, 200), ("another", 401)):
        flow.proof = {"client_id": client_id, "client_secret": proof}
        answer = await flow.exchange(await flow.code(), code_verifier=VERIFIER)
        assert answer.status_code == status


OBJECT = "The body must be a JSON object, sent as application/json."
METHOD = "token_endpoint_auth_method must be none or one with a client_secret."
SECURE = "The client has no redirect_uris with https, or http to localhost."
MANY = "The client has no redirect_uris, or more than 50."


@pytest.mark.parametrize(
    ("members", "error", "sentence"),
    [
        ({}, "invalid_redirect_uri", MANY),
        ({"redirect_uris": BACK}, "invalid_redirect_uri", MANY),
        ({"redirect_uris": [BACK] * 51}, "invalid_redirect_uri", MANY),
        ({"redirect_uris": ["http://tool.example/"]}, "invalid_redirect_uri", SECURE),
        ({"redirect_uris": ["tool:callback"]}, "invalid_redirect_uri", SECURE),
        ({"redirect_uris": [f"{BACK}#a"]}, "invalid_redirect_uri", SECURE),
        ({"redirect_uris": ["https://ann@tool.example/"]}, "invalid_redirect_uri", SECURE),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri", SECURE),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata", METHOD),
        ({"token_endpoint_auth_method": ["none"]}, "invalid_client_metadata", METHOD),
        (
            {"grant_types": ["client_credentials"]},
            "invalid_client_metadata",
            "grant_types must list authorization_code.",
        ),
        (
            {"response_types": "code"},
            "invalid_client_metadata",
            "response_types must list code.",
        ),
        (
            {"redirect_uris": [BACK], "client_name": ""},
            "invalid_client_metadata",
            "client_name must be a text.",
        ),
        (
            {"redirect_uris": [BACK], "client_name": {"en": "A tool"}},
            "invalid_client_metadata",
            "client_name must be a text.",
        ),
    ],
)
async def test_what_cannot_be_registered(
    refusing: Flow, members: dict[str, Any], error: str, sentence: str
) -> None:
    told = {"error": error, "error_description": sentence}
    assert await register(refusing, **members) == (400, told)
    assert await refusing.rows("SELECT client_id FROM oauth_clients") == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"{", "application/json"),
        (b"\xff", "application/json"),
        (b'{"redirect_uris": ["https://a/"], "redirect_uris": []}', "application/json"),
        (b"redirect_uris=https://tool.example/", "application/x-www-form-urlencoded"),
        (b'{"redirect_uris": ["https://tool.example/"]}', "text/plain"),
    ],
)
async def test_the_body_is_a_json_object(refusing: Flow, body: bytes, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    answer = await refusing.client.post("/register", content=body, headers=headers)
    told = {"error": "invalid_client_metadata", "error_description": OBJECT}
    assert (answer.status_code, answer.json()) == (400, told)


async def test_a_name_is_text_and_short(flow: Flow) -> None:
    _, told = await register(
        flow, client_name="<b>\u202eTool\x1b[31m</b>" + "x" * 200, redirect_uris=[BACK]
    )
    assert told["client_name"] == "<b>\\u202eTool\\x1b[31m</b>" + "x" * 54 + "…"


async def test_there_is_room_for_so_many(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registered, "MOST_CLIENTS", 3)
    made = [await register(flow, redirect_uris=[BACK]) for _ in range(4)]
    assert [status for status, _ in made[:3]] == [201] * 3
    assert (made[3][0], made[3][1]["code"]) == (503, "too_many_clients")
    used, *others = (told["client_id"] for _, told in made[:3])

    def let_time_go_by(connection: Connection) -> None:
        connection.execute("UPDATE oauth_clients SET created = '2020-01-01T00:00:00+00:00'")

    await flow.database.write(let_time_go_by)
    await flow.sign_in()
    flow.asked |= {"client_id": used, "redirect_uri": BACK, **CHALLENGED}
    await flow.code()
    assert (await register(flow, redirect_uris=[BACK]))[0] == 201
    left = {row[0] for row in await flow.rows("SELECT client_id FROM oauth_clients")}
    # One that nobody allowed anything went, and not the one that is in use.
    assert (len(left), used in left, len(left & set(others))) == (3, True, 1)


async def test_it_counts_for_the_rate_limit(database_url: str) -> None:
    async with oauth_door(database_url, rate_limit="3/minute") as flow:
        answers = [await flow.client.post("/register", json={}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]


async def test_who_may_not_register_is_not_known_either(database_url: str) -> None:
    settings = {"auth": "oauth", "oauth_registration": True}
    async with front_door(database_url, **settings) as client:
        told = (await client.post("/register", json={"redirect_uris": [BACK]})).json()
    async with oauth_door(database_url, oauth_registration=False) as flow:
        assert (await flow.client.post("/register", json={})).status_code == 404
        await flow.sign_in()
        page = await flow.authorize(client_id=told["client_id"], redirect_uri=BACK)
        assert page.status_code == 400
        assert "There is no client of this name." in page.text
