"""How the keys of another issuer are found, and what happens while they are not."""

from typing import Any

import pytest

from .issuers import HERE, issuer_and_door, status

OPENID, SERVER = "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"
FAILED = "Tokens cannot be verified now. The metadata of PLUGIN_OAUTH_ISSUER"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("", [OPENID, SERVER]),
        ("/realms/home", [f"/realms/home{OPENID}", f"{SERVER}/realms/home"]),
    ],
)
@pytest.mark.parametrize("place", [0, 1])
async def test_metadata_is_looked_for_where_the_standards_put_it(
    sqlite_url: str, path: str, asked: list[str], place: int
) -> None:
    async with issuer_and_door(sqlite_url, path) as (issuer, client):
        issuer.documents[asked[place]] = issuer.documents.pop(asked[0])
        assert await status(client, issuer.token()) == 200
        assert issuer.asked == [*asked[: place + 1], "/keys"]


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        (None, "cannot be fetched: the answer is 404 and not 200."),
        ([], "is that of another issuer."),
        ({"issuer": "https://login.example.org", "jwks_uri": "IT"}, "is that of another issuer."),
        ({"issuer": "IT"}, "has no jwks_uri, or one without https."),
        ({"issuer": "IT", "jwks_uri": 7}, "has no jwks_uri, or one without https."),
    ],
)
async def test_without_metadata_nobody_can_be_known(
    sqlite_url: str, metadata: Any, why: str
) -> None:
    async with issuer_and_door(sqlite_url, "") as (issuer, client):
        if isinstance(metadata, dict):
            metadata = {
                name: issuer.url if value == "IT" else value for name, value in metadata.items()
            }
        issuer.documents[OPENID] = metadata
        answer = await client.get("/todos/me", headers=issuer.token())
        assert answer.headers["Retry-After"] == "1"
        assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (
            503,
            "issuer_unavailable",
            f"{FAILED} {why}",
        )


async def test_while_the_issuer_is_away_nobody_is_taken_for_a_guesser(sqlite_url: str) -> None:
    async with issuer_and_door(sqlite_url) as (issuer, client):
        issuer.documents.clear()
        for _ in range(15):
            assert await status(client, issuer.token()) == 503
        # Each place was asked once.
        assert len(issuer.asked) == 3


async def test_tokens_that_were_good_once_are_no_guesses(sqlite_url: str) -> None:
    async with issuer_and_door(sqlite_url) as (issuer, client):
        for number in range(15):
            assert await status(client, issuer.token(exp=1, jti=str(number))) == 401
            assert await status(client, issuer.token(aud=f"{HERE}/{number}")) == 401
        known = issuer.token()
        assert await status(client, known) == 200
        for number in range(10):
            assert await status(client, {"Authorization": f"Bearer plants{number}"}) == 401
        assert await status(client, {"Authorization": "Bearer plants"}) == 429
        # Whoever is known already is not held back.
        assert await status(client, known) == 200
        assert await status(client, issuer.token(jti="new")) == 429


async def test_the_legal_page_says_that_nothing_is_kept_for_signing_in(sqlite_url: str) -> None:
    async with issuer_and_door(sqlite_url) as (_, client):
        page = (await client.get("/legal")).text
    assert "the person\nwhose list it is" in page
    for word in ("sign in", "password", "token, from which"):
        assert word not in page
