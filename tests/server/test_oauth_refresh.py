"""Refresh tokens are good once, and what was given can be ended (RFC 7009)."""

from collections.abc import AsyncIterator

import pytest

from .signing_in import HERE, SECRET, TABLES, Flow, PublicFlow, oauth_door, registered
from .test_oauth_token import NO_CLIENT, NOT_VALID, invalid, told

DEAD = (400, {"error": "invalid_grant", "error_description": NOT_VALID})
SCOPE = (
    400,
    {
        "error": "invalid_scope",
        "error_description": "The requested scope is invalid, unknown, or malformed.",
    },
)
REVOKED: tuple[int, dict[str, object]] = (200, {})


@pytest.fixture(name="flow")
async def fixture_flow(database_url: str) -> AsyncIterator[Flow]:
    async with oauth_door(database_url) as flow:
        await flow.sign_in()
        yield flow


@pytest.fixture(name="tool")
async def fixture_tool(flow: Flow) -> PublicFlow:
    return await registered(flow)


async def test_each_use_gives_the_next_one(flow: Flow, tool: PublicFlow) -> None:
    for each in (flow, tool):
        tokens = await each.tokens(scope="read")
        seen = set()
        for _ in range(3):
            status, members = told(await each.refresh(tokens["refresh_token"]))
            assert (status, sorted(members)) == (200, sorted(tokens))
            assert (members["scope"], members["expires_in"]) == ("read", 3600)
            assert await each.is_valid(str(members["access_token"]))
            # What runs with the last one may go on with it.
            assert await each.is_valid(tokens["access_token"])
            seen |= {tokens["refresh_token"], tokens["access_token"]}
            tokens = members
            assert seen.isdisjoint({tokens["refresh_token"], tokens["access_token"]})


async def test_a_second_use_ends_all_that_was_given(flow: Flow, tool: PublicFlow) -> None:
    for each in (flow, tool):
        other = await each.tokens()
        first = await each.tokens()
        second = (await each.refresh(first["refresh_token"])).json()
        assert told(await each.refresh(first["refresh_token"])) == DEAD
        assert told(await each.refresh(second["refresh_token"])) == DEAD
        for token in (first["access_token"], second["access_token"]):
            assert not await each.is_valid(token)
        assert await each.is_valid(other["access_token"])


async def test_a_second_use_by_another_client_does_too(flow: Flow, tool: PublicFlow) -> None:
    first = await flow.tokens()
    second = (await flow.refresh(first["refresh_token"])).json()
    assert told(await tool.refresh(first["refresh_token"])) == DEAD
    assert not await flow.is_valid(second["access_token"])


async def test_the_first_use_by_another_client_changes_nothing(
    flow: Flow, tool: PublicFlow
) -> None:
    tokens = await flow.tokens()
    assert told(await tool.refresh(tokens["refresh_token"])) == DEAD
    refresh = tokens["refresh_token"]
    assert told(await flow.refresh(refresh, client_secret="wrong")) == NO_CLIENT
    assert (await flow.refresh(refresh)).status_code == 200


async def test_what_is_no_refresh_token_gives_nothing(flow: Flow) -> None:
    tokens, code = await flow.tokens(), await flow.code()
    for wrong in (tokens["access_token"], code, "x", "ü", tokens["refresh_token"] + " "):
        assert told(await flow.refresh(wrong)) == DEAD
    missing = invalid("Missing 'refresh_token' in request.")
    assert told(await flow.token(grant_type="refresh_token")) == missing
    assert told(await flow.refresh("")) == missing
    assert (await flow.refresh(tokens["refresh_token"])).status_code == 200


async def test_it_ends_after_30_days_without_a_use(flow: Flow) -> None:
    tokens = await flow.tokens()
    await flow.age("oauth_tokens", 2_592_000 - 1)
    tokens = (await flow.refresh(tokens["refresh_token"])).json()
    await flow.age("oauth_tokens", 2_592_000)
    assert told(await flow.refresh(tokens["refresh_token"])) == DEAD


async def test_the_scope_may_be_less_and_never_more(flow: Flow) -> None:
    tokens = await flow.tokens(scope="write")
    for wider in ("read write", "read", "admin", 'a"\\ü'):
        assert told(await flow.refresh(tokens["refresh_token"], scope=wider)) == SCOPE
    both = await flow.tokens()
    less = (await flow.refresh(both["refresh_token"], scope="read")).json()
    assert less["scope"] == "read"
    # Less was asked for once; what was allowed is more (RFC 6749 section 6).
    again = (await flow.refresh(less["refresh_token"])).json()
    assert again["scope"] == "read write"


async def test_the_resource_may_be_a_part_and_nothing_else(flow: Flow) -> None:
    for wrong in ("https://other.example", f"{HERE}/other"):
        tokens = await flow.tokens()
        answer = await flow.refresh(tokens["refresh_token"], resource=wrong)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")
        part = await flow.refresh(tokens["refresh_token"], resource=f"{HERE}/mcp")
        assert not await flow.is_valid(part.json()["access_token"])
    narrow = await flow.tokens(resource=f"{HERE}/mcp")
    whole = await flow.refresh(narrow["refresh_token"], resource=HERE)
    assert (whole.status_code, whole.json()["error"]) == (400, "invalid_target")


async def test_a_revoked_refresh_token_ends_all(flow: Flow, tool: PublicFlow) -> None:
    for each in (flow, tool):
        tokens = await each.tokens()
        answer = await revoke(each, tokens["refresh_token"], token_type_hint="access_token")
        assert answer == REVOKED
        assert not await each.is_valid(tokens["access_token"])
        assert told(await each.refresh(tokens["refresh_token"])) == DEAD
        assert await revoke(each, tokens["refresh_token"]) == REVOKED


async def test_a_revoked_access_token_ends_itself(flow: Flow) -> None:
    tokens = await flow.tokens()
    assert await revoke(flow, tokens["access_token"], token_type_hint="anything") == REVOKED
    assert not await flow.is_valid(tokens["access_token"])
    assert (await flow.refresh(tokens["refresh_token"])).status_code == 200


async def test_a_host_may_revoke_by_json_and_basic(flow: Flow) -> None:
    tokens = await flow.tokens()
    answer = await flow.client.post(
        "/revoke", json={"token": tokens["refresh_token"]}, auth=("todo-gpt", SECRET)
    )
    assert told(answer) == REVOKED
    assert not await flow.is_valid(tokens["access_token"])


async def test_only_its_own_client_may_revoke_a_token(flow: Flow, tool: PublicFlow) -> None:
    tokens = await flow.tokens()
    foreign = {"error": "invalid_grant", "error_description": "The token is another client's."}
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert await revoke(tool, token) == (400, foreign)
        assert await revoke(flow, token, client_secret="wrong") == NO_CLIENT
        assert await revoke(flow, token, client_secret="") == NO_CLIENT
    assert await flow.is_valid(tokens["access_token"])
    assert await revoke(flow, "unknown") == REVOKED
    assert await revoke(flow, "") == invalid("token is missing.")


async def revoke(flow: Flow, token: str, **other: str) -> tuple[int, dict[str, object]]:
    """The answer of /revoke to the flow's client."""
    fields = {**flow.proof, "token": token, **other}
    return told(await flow.client.post("/revoke", data=fields))


async def test_what_has_ended_is_deleted(flow: Flow) -> None:
    for _ in range(3):
        await flow.tokens()
    await flow.code()
    for table in ("oauth_grants", "oauth_tokens", "oauth_codes", "oauth_sessions"):
        await flow.age(table, 31_536_000)
    flow.client.cookies.clear()
    await flow.sign_in()
    first = await flow.tokens()
    second = (await flow.refresh(first["refresh_token"])).json()
    counts = {
        table: await flow.rows(f"SELECT count(*) FROM oauth_{table}")  # noqa: S608 - of our own
        for table in TABLES
    }
    assert counts == {
        "people": [(1,)],
        "sessions": [(1,)],
        "grants": [(1,)],
        "codes": [(1,)],
        "tokens": [(4,)],
    }
    await flow.age("oauth_tokens", 3600)
    await flow.refresh(second["refresh_token"])
    kinds = await flow.rows("SELECT kind FROM oauth_tokens ORDER BY kind")
    assert kinds == [("access",), ("refresh",), ("refresh",), ("refresh",)]
