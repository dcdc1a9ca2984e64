"""Who guesses tokens is held back, and nobody else behind the same address."""

import asyncio
from base64 import b64encode
from collections import Counter
from uuid import uuid4

import httpx
import pytest

from plugin_server import storage
from plugin_server.auth.authenticator import AT_ONCE
from plugin_server.auth.tokens import add_token, find_name, revoke_tokens
from tests.answers import problem
from tests.front_door import OTHER_TOKEN, TOKEN, front_door

from .limited import CALL, HOST, LIST, PROXY, bearer, client_database, of, statuses

UNKNOWN = problem(
    401, "invalid_token", "The token is not valid. It may have been revoked: ask for a new one."
)


@pytest.mark.parametrize("rate", ["off", "1000/minute"])
@pytest.mark.parametrize("path", [LIST, "/mcp"])
async def test_after_ten_invalid_tokens_no_unknown_one_is_looked_up(
    sqlite_url: str, path: str, rate: str
) -> None:
    async with front_door(sqlite_url, rate_limit=rate, auth="user_http", **PROXY) as client:
        database = client_database(client)
        used, unused = [await database.write(add_token, "ann") for _ in range(2)]
        method = "POST" if path == "/mcp" else "GET"

        async def ask(token: str, address: str = "192.0.2.1") -> httpx.Response:
            headers = {**bearer(token), **of(address)}
            return await client.request(method, path, headers=headers, content=CALL.body)

        assert (await ask(used)).status_code == 200
        for _ in range(20):
            # No token at all is no guess.
            assert (await client.request(method, path, headers=of("192.0.2.1"))).status_code == 401
        for _ in range(10):
            answer = await ask(uuid4().hex)
            assert (answer.status_code, answer.json()) == (401, UNKNOWN)
        for token in (uuid4().hex, unused):
            answer = await ask(token)
            wait = int(answer.headers["Retry-After"])
            assert 50 <= wait <= 60
            assert answer.headers["RateLimit-Policy"] == '"failures";q=10;w=60'
            assert answer.headers["RateLimit"] == f'"failures";r=0;t={wait}'
            assert (answer.status_code, answer.json()) == (
                429,
                problem(
                    429,
                    "too_many_failures",
                    f"Too many invalid tokens. Wait {wait} seconds, then send a valid one.",
                ),
            )
        # Neither the neighbour who was known before, nor another address.
        assert (await ask(used)).status_code == 200
        assert (await ask(unused, "192.0.2.2")).status_code == 200


@pytest.mark.parametrize("rate", ["off", "1000/minute"])
@pytest.mark.parametrize(
    ("scheme", "presented"),
    [("bearer", "Bearer {}"), ("basic", "Basic {}"), ("basic", "Basic {named}")],
)
async def test_a_hosts_token_is_known_before_it_first_comes(
    sqlite_url: str, rate: str, scheme: str, presented: str
) -> None:
    """So nobody behind its address keeps it out after a restart."""
    settings = {**HOST, "authorization_type": scheme, "rate_limit": rate}
    async with front_door(sqlite_url, **settings) as client:

        async def ask(token: str) -> int:
            named = b64encode(f"ann:{token}".encode()).decode()
            headers = {"Authorization": presented.format(token, named=named)}
            return (await client.get(LIST, headers=headers)).status_code

        assert [await ask(uuid4().hex) for _ in range(12)] == [401] * 10 + [429] * 2
        for token in (TOKEN, OTHER_TOKEN):
            assert await ask(token) == 200
            assert await ask(token + "x") == 429


async def test_of_many_guesses_at_once_ten_are_answered(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = 0

    def counting(connection: storage.Connection, presented: str) -> str | None:
        nonlocal looked_up
        looked_up += 1
        return find_name(connection, presented)

    monkeypatch.setattr("plugin_server.auth.user_http.find_name", counting)
    async with front_door(sqlite_url, auth="user_http") as client:
        asked = [client.get(LIST, headers=bearer(uuid4().hex)) for _ in range(100)]
        answered = Counter([answer.status_code for answer in await asyncio.gather(*asked)])
    assert answered == {401: 10, 429: 90}
    assert looked_up < 10 + AT_ONCE


async def test_a_foreign_token_is_no_guess_where_nobody_asks_for_one(sqlite_url: str) -> None:
    async with front_door(sqlite_url, rate_limit="100/hour", **HOST) as client:
        for path in ("/openapi.yaml", "/nowhere"):
            for _ in range(11):
                await client.get(path, headers=bearer(uuid4().hex))
        assert (await client.get(LIST, headers=bearer(TOKEN))).status_code == 200


async def test_a_revoked_token_is_known_no_longer(sqlite_url: str) -> None:
    async with front_door(sqlite_url, auth="user_http", rate_limit="3/hour") as client:
        database = client_database(client)
        token = await database.write(add_token, "ann")
        assert (await client.get(LIST, headers=bearer(token))).status_code == 200
        await database.write(revoke_tokens, "ann")
        # The first of these still counts under the token, the others under the address.
        assert await statuses(client, 1, headers=bearer(token)) == {401: 1}
        assert await statuses(client, 4, headers=bearer(token)) == {401: 3, 429: 1}
        assert await statuses(client, 1, path="/legal") == {429: 1}
