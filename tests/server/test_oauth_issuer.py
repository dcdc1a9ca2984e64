"""PLUGIN_OAUTH_ISSUER: tokens of another authorization server, verified by its public keys."""

import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from joserfc.jwk import Key, RSAKey

from .issuers import EC, ED, HERE, OTHER, RSA, Issuer, issuer_and_door, status
from .mcp_messages import tool_call

METADATA = f"{HERE}/.well-known/oauth-protected-resource"

UNKNOWN = "The token is not valid. It may have been revoked: ask for a new one."
EXPIRED = "The token has expired: get a new one with the refresh token."
ELSEWHERE = "The token is for another resource: ask for one for this."
NOT_YET = "The token is not valid yet."
FOREIGN = "The token is of another issuer."
NO_NAME = "The token's claim sub is no name that data can be kept under."


@pytest.fixture(name="place")
async def fixture_place(sqlite_url: str) -> AsyncIterator[tuple[Issuer, httpx.AsyncClient]]:
    async with issuer_and_door(sqlite_url) as place:
        yield place


Place = tuple[Issuer, httpx.AsyncClient]


def refused(answer: httpx.Response) -> tuple[int, str, str, str]:
    told = answer.json()
    challenge = answer.headers["WWW-Authenticate"]
    return answer.status_code, told["code"], told["detail"], challenge


def invalid(detail: str) -> tuple[int, str, str, str]:
    return (
        401,
        "invalid_token",
        detail,
        'Bearer realm="plugin", error="invalid_token", scope="read",'
        f' resource_metadata="{METADATA}"',
    )


async def test_a_person_is_who_the_issuer_says(database_url: str) -> None:
    async with issuer_and_door(database_url) as (issuer, client):
        ann, ben = issuer.token(), issuer.token(sub="ben")
        for headers, name in ((ann, "ann"), (ben, "ben")):
            await client.post("/todos/me", json={"todo": f"{name}'s"}, headers=headers)
        for headers, name, other in ((ann, "ann", "ben"), (ben, "ben", "ann")):
            own = await client.get(f"/todos/{name}", headers=headers)
            assert own.json()["todos"] == [f"{name}'s"]
            assert (await client.get(f"/todos/{other}", headers=headers)).status_code == 403
        assert issuer.asked == ["/realms/home/.well-known/openid-configuration", "/keys"]


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize(
    ("key", "alg"), [(RSA, "RS256"), (EC, "ES256"), (ED, "EdDSA"), (ED, "Ed25519")]
)
async def test_each_algorithm_is_taken(place: Place, key: Key, alg: str) -> None:
    issuer, client = place
    assert await status(client, issuer.token(key, alg)) == 200


@pytest.mark.parametrize(
    "members",
    [
        {"aud": f"{HERE}/"},
        {"aud": ["https://other.example.org", HERE]},
        {"exp": time.time() + 1e9},
        {"nbf": int(time.time()) - 5},
        {"scope": None, "scp": "read"},
        {"scope": None, "scp": ["read", 7]},
        {"scope": ["read"]},
        {"scope": "read openid profile"},
        {"sub": "auth0|5f7c8ec7c33c6c004bbafe82"},
    ],
)
async def test_what_may_be_otherwise(place: Place, members: dict[str, Any]) -> None:
    issuer, client = place
    assert await status(client, issuer.token(**members)) == 200


@pytest.mark.parametrize(
    ("members", "detail"),
    [
        ({"aud": None}, ELSEWHERE),
        ({"aud": "https://other.example.org"}, ELSEWHERE),
        ({"aud": f"{HERE}/mcp"}, ELSEWHERE),
        ({"aud": [7, {}]}, ELSEWHERE),
        ({"iss": None}, FOREIGN),
        ({"iss": "https://login.example.org"}, FOREIGN),
        ({"exp": None}, EXPIRED),
        ({"exp": int(time.time()) - 60}, EXPIRED),
        ({"exp": "never"}, EXPIRED),
        ({"nbf": int(time.time()) + 86_400}, NOT_YET),
        ({"sub": None}, NO_NAME),
        ({"sub": 7}, NO_NAME),
        ({"sub": ""}, NO_NAME),
        ({"sub": "me"}, NO_NAME),
        ({"sub": ".."}, NO_NAME),
        ({"sub": "https://login.example.org/ann"}, NO_NAME),
        ({"sub": "ann\n"}, NO_NAME),
        ({"sub": "a" * 101}, NO_NAME),
        ({"sub": "Ame\u0301lie"}, NO_NAME),
    ],
)
async def test_a_signed_token_may_be_for_another_purpose(
    place: Place, members: dict[str, Any], detail: str
) -> None:
    issuer, client = place
    answer = await client.get("/todos/me", headers=issuer.token(**members))
    assert refused(answer) == invalid(detail)


@pytest.mark.parametrize("key", [OTHER, RSAKey.generate_key(2_048, {"kid": "unknown"})])
async def test_a_token_that_the_issuer_did_not_sign(place: Place, key: Key) -> None:
    issuer, client = place
    answer = await client.get("/todos/me", headers=issuer.token(key))
    assert refused(answer) == invalid(UNKNOWN)


@pytest.mark.parametrize("token", ["plants", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "a" * 8_000])
async def test_what_is_no_token_asks_for_no_key(place: Place, token: str) -> None:
    issuer, client = place
    answer = await client.get("/todos/me", headers={"Authorization": f"Bearer {token}"})
    assert refused(answer) == invalid(UNKNOWN)
    assert "/keys" not in issuer.asked


@pytest.mark.parametrize("members", [{"scope": None}, {"scope": ""}, {"scope": "write"}])
async def test_scopes_are_enforced(place: Place, members: dict[str, Any]) -> None:
    issuer, client = place
    answer = await client.get("/todos/me", headers=issuer.token(**members))
    assert refused(answer) == (
        403,
        "insufficient_scope",
        "The person did not allow this: it needs the scope read. Ask them to sign in again.",
        'Bearer realm="plugin", error="insufficient_scope", scope="read",'
        f' resource_metadata="{METADATA}"',
    )


async def test_a_token_for_the_mcp_endpoint_is_good_for_the_tools_alone(place: Place) -> None:
    issuer, client = place
    sent = tool_call("getTodos", {"username": "me"})
    for aud in (HERE, f"{HERE}/mcp"):
        answer = await client.post("/mcp", json=sent.members, headers=issuer.token(aud=aud))
        assert answer.json()["result"]["isError"] is False
    headers = issuer.token(scope="write", aud=f"{HERE}/mcp")
    answer = await client.post("/mcp", json=sent.members, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")


async def test_audience_and_claim_may_be_named(sqlite_url: str) -> None:
    settings = {"oauth_audience": "todo-api", "oauth_person_claim": "preferred_username"}
    async with issuer_and_door(sqlite_url, **settings) as (issuer, client):
        named: dict[str, Any] = {"aud": "todo-api", "preferred_username": "ben"}
        assert (await client.get("/todos/ben", headers=issuer.token(**named))).status_code == 200
        assert await status(client, issuer.token(**named, sub="a/b")) == 200
        assert await status(client, issuer.token(aud=HERE, preferred_username="ben")) == 401
        assert await status(client, issuer.token(aud="todo-api")) == 401
