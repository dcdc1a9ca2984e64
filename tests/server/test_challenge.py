"""The token that proves to OpenAI's portal whose domain it is."""

from typing import Any

import pytest

from tests.answers import problem
from tests.front_door import TOKEN, front_door

PATH = "/.well-known/openai-apps-challenge"
CHALLENGE = "Zk3-p0_x.7~Q"
MODES = [
    {"auth": "none"},
    {"auth": "service_http", "service_tokens": TOKEN},
    {"auth": "user_http"},
]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode["auth"])
async def test_the_challenge_is_answered_to_anybody_with_the_token_alone(
    sqlite_url: str, mode: dict[str, Any]
) -> None:
    async with front_door(sqlite_url, openai_apps_challenge=CHALLENGE, **mode) as client:
        answer = await client.get(PATH)
        assert (answer.status_code, answer.content) == (200, CHALLENGE.encode())
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"
        head = await client.head(PATH)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Length"] == str(len(CHALLENGE))


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode["auth"])
async def test_without_the_setting_there_is_nothing(sqlite_url: str, mode: dict[str, Any]) -> None:
    async with front_door(sqlite_url, **mode) as client:
        answer = await client.get(PATH)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == problem(
        404,
        "not_found",
        "There is nothing at this path. The operations are listed in /openapi.yaml.",
    )
