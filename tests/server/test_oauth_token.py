"""/token: a code is exchanged once, by the client that it is for, which proves who it is."""

from collections.abc import AsyncIterator
from time import time

import httpx
import pytest

from .signing_in import (
    CALLBACK,
    GPT,
    HERE,
    OTHER_CALLBACK,
    SECRET,
    TABLES,
    VERIFIER,
    Flow,
    PublicFlow,
    challenge_of,
    oauth_door,
    registered,
)

NOT_VALID = "The code or refresh token is not valid, or not this client's."
NO_CODE = (400, {"error": "invalid_grant", "error_description": "Invalid 'code' in request."})
NO_CLIENT = (
    401,
    {
        "error": "invalid_client",
        "error_description": "The client is not known, or did not prove who it is.",
    },
)
CHALLENGED = {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256"}


@pytest.fixture(name="flow")
async def fixture_flow(database_url: str) -> AsyncIterator[Flow]:
    async with oauth_door(database_url) as flow:
        await flow.sign_in()
        yield flow


@pytest.fixture(name="tool")
async def fixture_tool(flow: Flow) -> PublicFlow:
    return await registered(flow)


def told(answer: httpx.Response) -> tuple[int, dict[str, object]]:
    """The status and the members of an answer, which nobody may keep (RFC 6749 section 5.1)."""
    headers = answer.headers
    assert headers["Content-Type"] == "application/json"
    assert (headers["Cache-Control"], headers["Pragma"]) == ("no-store", "no-cache")
    challenge = 'Basic realm="plugin", charset="UTF-8"' if answer.status_code == 401 else None
    assert headers.get("WWW-Authenticate") == challenge
    return answer.status_code, answer.json()


def invalid(sentence: str) -> tuple[int, dict[str, object]]:
    """The answer to a request that is wrong in itself."""
    return 400, {"error": "invalid_request", "error_description": sentence}


async def exchanges(flow: Flow) -> dict[str, httpx.Response]:
    """A code exchanged in each way in which hosts do it."""
    fields = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    proof = {"client_id": GPT, "client_secret": SECRET}
    post = flow.client.post
    return {
        "form": await post("/token", data={**fields, **proof, "code": await flow.code()}),
        "json": await post("/token", json={**fields, **proof, "code": await flow.code()}),
        "basic": await post(
            "/token", data={**fields, "code": await flow.code()}, auth=(GPT, SECRET)
        ),
        "basic and name": await post(
            "/token",
            json={**fields, "client_id": GPT, "code": await flow.code()},
            auth=(GPT, SECRET),
        ),
    }


async def test_a_code_is_exchanged_in_each_way(flow: Flow) -> None:
    for answer in (await exchanges(flow)).values():
        status, members = told(answer)
        access, refresh = members.pop("access_token"), members.pop("refresh_token")
        assert (len(str(access)), len(str(refresh))) == (43, 43)
        assert access != refresh
        assert (status, members) == (
            200,
            {"token_type": "bearer", "expires_in": 3600, "scope": "read write"},
        )
        assert await flow.is_valid(str(access))
        assert not await flow.is_valid(str(refresh))


async def test_the_scope_is_the_one_that_was_allowed(flow: Flow) -> None:
    for asked, given in {
        "write": "write",
        "write read read": "read write",
        "": "read write",
    }.items():
        assert (await flow.tokens(scope=asked))["scope"] == given


async def test_nothing_that_is_kept_can_be_presented(flow: Flow) -> None:
    code = await flow.code()
    tokens = (await flow.exchange(code)).json()
    secrets = {code, tokens["access_token"], tokens["refresh_token"], SECRET}
    secrets |= {cookie.value for cookie in flow.client.cookies.jar if cookie.value}
    statements = [f"SELECT * FROM oauth_{table}" for table in TABLES]  # noqa: S608 - of our own
    kept = [value for each in statements for row in await flow.rows(each) for value in row]
    assert len(kept) > 20
    assert secrets.isdisjoint(kept)


async def test_a_second_use_of_a_code_ends_what_the_first_one_gave(flow: Flow) -> None:
    code = await flow.code()
    first = (await flow.exchange(code)).json()
    renewed = (await flow.refresh(first["refresh_token"])).json()
    other = await flow.tokens()
    assert told(await flow.exchange(code)) == NO_CODE
    for token in (first["access_token"], renewed["access_token"]):
        assert not await flow.is_valid(token)
    assert (await flow.refresh(renewed["refresh_token"])).status_code == 400
    # What was allowed another time stays.
    assert await flow.is_valid(other["access_token"])


async def test_a_code_that_is_too_old_gives_nothing(flow: Flow) -> None:
    code = await flow.code()
    await flow.age("oauth_codes", 60)
    assert told(await flow.exchange(code)) == NO_CODE


@pytest.mark.parametrize("seconds", [1, 60])
async def test_a_code_lives_as_long_as_the_settings_say(database_url: str, seconds: int) -> None:
    async with oauth_door(database_url, oauth_code_seconds=seconds, oauth_access_seconds=7) as flow:
        await flow.sign_in()
        code = await flow.code()
        ((expires,),) = await flow.rows("SELECT expires FROM oauth_codes")
        assert 0 < expires - time() <= seconds
        assert (await flow.exchange(code)).json()["expires_in"] == 7


async def test_a_code_is_for_one_client_and_another_client_does_not_end_it(
    flow: Flow, tool: PublicFlow
) -> None:
    code = await flow.code(**CHALLENGED)
    assert told(await tool.exchange(code, redirect_uri=CALLBACK)) == NO_CODE
    assert (await flow.exchange(code, code_verifier=VERIFIER)).status_code == 200


async def test_the_address_is_the_one_that_the_code_was_sent_to(flow: Flow) -> None:
    code = await flow.code()
    wrong = (
        400,
        {"error": "invalid_grant", "error_description": "Invalid 'redirect_uri' in request."},
    )
    for address in (None, "", OTHER_CALLBACK, f"{CALLBACK}/", CALLBACK.upper()):
        assert told(await flow.exchange(code, redirect_uri=address)) == wrong
    assert (await flow.exchange(code)).status_code == 200


FAILED = (400, {"error": "invalid_grant", "error_description": "Code challenge failed."})
NO_VERIFIER = invalid("Invalid 'code_verifier'")
VERIFIERS = {
    None: invalid("Missing 'code_verifier'"),
    "": invalid("Missing 'code_verifier'"),
    "short": NO_VERIFIER,
    VERIFIER[:42]: NO_VERIFIER,
    "x" * 129: NO_VERIFIER,
    f"{VERIFIER} ": NO_VERIFIER,
    f"{VERIFIER}é": NO_VERIFIER,
    VERIFIER[:43]: FAILED,
    f"{VERIFIER}0": FAILED,
    f"{VERIFIER}\n": FAILED,
    # What was sent before: as `plain` has it.
    challenge_of(VERIFIER): FAILED,
}


async def test_a_public_client_sends_the_verifier_of_its_challenge(tool: PublicFlow) -> None:
    code = await tool.code()
    for verifier, answer in VERIFIERS.items():
        assert told(await tool.exchange(code, code_verifier=verifier)) == answer, verifier
    assert (await tool.exchange(code)).status_code == 200


async def test_so_does_a_client_with_a_secret_that_sent_a_challenge(flow: Flow) -> None:
    code = await flow.code(**CHALLENGED)
    for verifier, answer in VERIFIERS.items():
        assert told(await flow.exchange(code, code_verifier=verifier)) == answer, verifier
    assert (await flow.exchange(code, code_verifier=VERIFIER)).status_code == 200


async def test_a_verifier_without_a_challenge_is_refused(flow: Flow) -> None:
    code = await flow.code()
    assert told(await flow.exchange(code, code_verifier=VERIFIER)) == invalid(
        "The authorization request had no 'code_challenge', but a 'code_verifier' was provided."
    )


async def test_the_resource_is_the_one_that_was_allowed_or_a_part_of_it(flow: Flow) -> None:
    target = {
        "error": "invalid_target",
        "error_description": "The resource is not this server's, or not the one that was allowed.",
    }
    code = await flow.code(resource=f"{HERE}/mcp")
    for resource in (HERE, f"{HERE}/other", "https://other.example"):
        assert told(await flow.exchange(code, resource=resource)) == (400, target)
    assert (await flow.exchange(code, resource=f"{HERE}/mcp/")).status_code == 200
    whole = await flow.exchange(await flow.code(), resource=f"{HERE}/mcp")
    assert whole.status_code == 200
    resources = await flow.rows("SELECT kind, resource FROM oauth_tokens")
    assert sorted(resources) == [
        ("access", f"{HERE}/mcp"),
        ("access", f"{HERE}/mcp"),
        ("refresh", HERE),
        ("refresh", f"{HERE}/mcp"),
    ]


async def test_a_token_for_mcp_is_good_nowhere_else(flow: Flow) -> None:
    tokens = await flow.tokens(resource=f"{HERE}/mcp")
    assert not await flow.is_valid(tokens["access_token"])


async def test_an_access_token_ends(flow: Flow) -> None:
    tokens = await flow.tokens()
    await flow.age("oauth_tokens", 3599)
    assert await flow.is_valid(tokens["access_token"])
    await flow.age("oauth_tokens", 1)
    assert not await flow.is_valid(tokens["access_token"])
