"""A host that is known by its document alone, as ChatGPT is: from consent to the tools."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from app.main import Settings, create_app
from guarded_fetch.testing.web import ORIGIN, Web, made_up_web
from plugin_server.auth.oauth.clients import Clients
from tests.front_door import served

from .mcp_messages import tool_call
from .signing_in import HERE, VERIFIER, Flow, challenge_of

URL = f"{ORIGIN}/oauth/client.json"
BACK = "https://app.plants.test/connector/oauth/a1b2"
RSA = RSAKey.generate_key(2_048, {"kid": "rsa", "use": "sig"})
OTHER = ECKey.generate_key("P-256", {"kid": "rsa"})
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DOCUMENT = {
    "client_id": URL,
    "client_name": "Plants & Friends",
    "client_uri": ORIGIN,
    "redirect_uris": [BACK, f"{BACK}/legacy"],
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "token_endpoint_auth_method": "private_key_jwt",
    "token_endpoint_auth_signing_alg": "RS256",
    "jwks_uri": f"{ORIGIN}/jwks.json",
    "scope": "read write",
}


@pytest.fixture(name="web")
async def fixture_web() -> AsyncIterator[Web]:
    async with made_up_web() as web:
        web.put("/oauth/client.json", DOCUMENT)
        web.put("/jwks.json", {"keys": [RSA.as_dict(private=False)]})
        yield web


@pytest.fixture(name="flow")
async def fixture_flow(database_url: str, web: Web) -> AsyncIterator[Flow]:
    """A flow of that host, and ann is signed in."""
    app = create_app(Settings(database_url=database_url, auth="oauth", rate_limit="off"))
    app.extensions["oauth"].clients = Clients(app.settings, web.network)
    async with served(app) as client:
        flow = Flow(client, app.extensions["database"])
        await flow.add_person("ann")
        await flow.sign_in()
        flow.asked |= {
            "client_id": URL,
            "redirect_uri": BACK,
            "resource": f"{HERE}/mcp",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }
        flow.proof = {"client_id": URL}
        yield flow


def assertion(key: Any = RSA, alg: str = "RS256", **members: Any) -> dict[str, str]:
    """What a client sends instead of a secret."""
    now = int(time.time())
    claims = {"iss": URL, "sub": URL, "aud": HERE, "iat": now, "exp": now + 60, "jti": "a"}
    made = jwt.encode({"alg": alg, "kid": "rsa"}, {**claims, **members}, key, algorithms=[alg])
    return {"client_assertion_type": TYPE, "client_assertion": made}


async def calls_a_tool(flow: Flow, access: str) -> bool:
    sent = tool_call("addTodo", {"username": "me", "todo": "buy milk"})
    headers = {"Authorization": f"Bearer {access}"}
    answer = await flow.client.post("/mcp", json=sent.members, headers=headers)
    return answer.status_code == 200 and answer.json()["result"]["isError"] is False


async def test_the_page_shows_who_asks_and_where_the_person_goes_next(flow: Flow) -> None:
    page = (await flow.authorize()).text
    for shown in ("Plants &amp; Friends", "app.plants.test", "Read your todo list."):
        assert shown in page


async def test_a_client_that_prefers_to_sign_and_presents_nothing_is_public(flow: Flow) -> None:
    tokens = await flow.exchange(await flow.code(), code_verifier=VERIFIER)
    assert tokens.status_code == 200, tokens.text
    assert await calls_a_tool(flow, tokens.json()["access_token"])
    fresh = await flow.refresh(tokens.json()["refresh_token"])
    assert await calls_a_tool(flow, fresh.json()["access_token"])


async def test_a_client_may_sign(flow: Flow) -> None:
    proof = assertion(aud=f"{HERE}/token")
    code = await flow.code()
    tokens = await flow.exchange(code, code_verifier=VERIFIER, **proof)
    assert tokens.status_code == 200, tokens.text
    assert await calls_a_tool(flow, tokens.json()["access_token"])
    refresh = tokens.json()["refresh_token"]
    again = await flow.refresh(refresh, **proof)
    assert (again.status_code, again.json()) == (
        401,
        {
            "error": "invalid_client",
            "error_description": "The client assertion was presented before: its jti is known.",
        },
    )
    fresh = await flow.refresh(refresh, **assertion(jti="b"), client_id=None)
    assert fresh.status_code == 200, fresh.text
    # The end of a token may be asked for in the same way.
    access = fresh.json()["access_token"]
    fields = {"token": access, **assertion(jti="c")}
    assert (await flow.client.post("/revoke", data=fields)).status_code == 200
    assert not await calls_a_tool(flow, access)


@pytest.mark.parametrize(
    ("proof", "sentence"),
    [
        (
            assertion(OTHER, "ES256"),
            "The client assertion is not valid."
            " The signature was made with none of the public keys.",
        ),
        (assertion(aud="https://other.example.org"), "The client assertion's aud is neither"),
        (assertion(sub="another"), "The client assertion's sub is not the client_id."),
        (assertion(exp=1), "The client assertion has expired, or has no exp."),
    ],
)
async def test_what_is_presented_must_verify(
    flow: Flow, proof: dict[str, str], sentence: str
) -> None:
    code = await flow.code()
    answer = await flow.exchange(code, code_verifier=VERIFIER, **proof)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.json()["error_description"].startswith(sentence)
    # Nothing of the code is used up.
    assert (await flow.exchange(code, code_verifier=VERIFIER)).status_code == 200


async def test_without_a_verifier_a_code_is_worth_nothing(flow: Flow) -> None:
    for verifier, error in ((None, "invalid_request"), ("b" * 43, "invalid_grant")):
        answer = await flow.exchange(await flow.code(), code_verifier=verifier)
        assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    "uri",
    [
        f"{BACK}/",
        f"{BACK}?a=b",
        BACK.upper(),
        BACK.replace("https", "http"),
        "https://app.plants.test/connector/oauth/other",
        "https://chatgpt.com/aip/g-0a1b2c/oauth/callback",
        "https://evil.example/",
    ],
)
async def test_only_its_own_addresses_are_led_back_to(flow: Flow, uri: str) -> None:
    answer = await flow.authorize(redirect_uri=uri)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)
    assert "The address that you would be sent back to is not the client" in answer.text


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({**DOCUMENT, "client_id": f"{URL}?"}, "is that of another client"),
        ({**DOCUMENT, "redirect_uris": []}, "has no redirect_uris"),
        ({**DOCUMENT, "client_secret": "k7Qm2zXw9RtLs4Vb8NcJ"}, "wants a secret"),
        ("plants", "is not well-formed JSON."),
    ],
)
async def test_a_wrong_document_is_told_to_the_person_and_nobody_is_led_anywhere(
    flow: Flow, web: Web, document: Any, reason: str
) -> None:
    web.put("/oauth/client.json", document)
    answer = await flow.authorize()
    assert (answer.status_code, "Location" in answer.headers) == (400, False)
    assert f"The document of the client {reason}" in answer.text


async def test_a_private_address_is_not_asked_for_a_document(flow: Flow, web: Web) -> None:
    web.asked.clear()
    answer = await flow.authorize(client_id="https://inside.plants.test/oauth/client.json")
    assert (answer.status_code, web.asked) == (400, [])
    assert "not a public address" in answer.text
