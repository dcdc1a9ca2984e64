"""A client proves who it is, in one way, before it gets anything (RFC 6749 section 2.3)."""

from collections.abc import AsyncIterator

import pytest

from .signing_in import CALLBACK, GPT, SECRET, Flow, PublicFlow, oauth_door, registered
from .test_oauth_token import NO_CLIENT, invalid, told


@pytest.fixture(name="flow")
async def fixture_flow(database_url: str) -> AsyncIterator[Flow]:
    async with oauth_door(database_url) as flow:
        await flow.sign_in()
        yield flow


@pytest.fixture(name="tool")
async def fixture_tool(flow: Flow) -> PublicFlow:
    return await registered(flow)


async def test_who_does_not_prove_to_be_the_client_gets_nothing(
    flow: Flow, tool: PublicFlow
) -> None:
    fields = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    fields["code"] = await flow.code()
    for proof in (
        {"client_id": GPT},
        {"client_id": GPT, "client_secret": ""},
        {"client_id": GPT, "client_secret": "wrong"},
        {"client_id": GPT, "client_secret": SECRET.lower()},
        {"client_id": GPT, "client_secret": f"{SECRET} "},
        {"client_id": GPT, "client_secret": "ü"},
        {"client_id": "other", "client_secret": SECRET},
        {"client_id": "other"},
        {**tool.proof, "client_secret": SECRET},
    ):
        assert told(await flow.client.post("/token", data={**fields, **proof})) == NO_CLIENT, proof
        assert told(await flow.client.post("/token", json={**fields, **proof})) == NO_CLIENT, proof
    for name, secret in ((GPT, "wrong"), ("other", SECRET), (tool.proof["client_id"], SECRET)):
        answer = await flow.client.post("/token", data=fields, auth=(name, secret))
        assert told(answer) == NO_CLIENT
    assert (await flow.exchange(fields["code"])).status_code == 200


async def test_a_client_that_names_nobody_is_told_how(flow: Flow) -> None:
    fields = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    nobody = "No client is named: send client_id, or a Basic Authorization header."
    basic = "The Authorization header is not Basic with client_id and secret."
    assert told(await flow.client.post("/token", data=fields)) == refused(nobody)
    for value in (
        "Bearer abc",
        "Basic",
        "Basic !",
        "Basic /w==",
        "Basic YWJj",
        "Basic Og==",
        "x y",
    ):
        headers = {"Authorization": value}
        answer = await flow.client.post("/token", data=fields, headers=headers)
        assert told(answer) == refused(basic), value


def refused(sentence: str) -> tuple[int, dict[str, object]]:
    """The answer to a client that did not prove who it is."""
    return 401, {"error": "invalid_client", "error_description": sentence}


async def test_two_proofs_are_none(flow: Flow) -> None:
    fields = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    fields["code"] = await flow.code()
    twice = invalid("A client proves who it is in one way, not in several.")
    for proof in ({"client_secret": SECRET}, {"client_assertion": "a.b.c"}):
        answer = await flow.client.post("/token", data={**fields, **proof}, auth=(GPT, SECRET))
        assert told(answer) == twice
    both = {"client_id": GPT, "client_secret": SECRET, "client_assertion": "a.b.c"}
    assert told(await flow.client.post("/token", data={**fields, **both})) == twice
    two = invalid("client_id and the Authorization header name two clients.")
    other = await flow.client.post(
        "/token", data={**fields, "client_id": "other"}, auth=(GPT, SECRET)
    )
    assert told(other) == two
    assert (await flow.exchange(fields["code"])).status_code == 200
