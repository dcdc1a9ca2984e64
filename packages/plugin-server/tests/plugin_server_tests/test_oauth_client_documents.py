"""A client is known by its document on the web, which may be anything."""

from typing import Any

import pytest

from guarded_fetch.testing.web import Web
from plugin_server import Settings
from plugin_server.auth.oauth.client import Client, ClientKeys
from plugin_server.auth.oauth.clients import Clients

from .client_samples import BACK, PATH, URL, WHAT, document

KEY = {"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}


@pytest.fixture(name="clients")
def fixture_clients(web: Web) -> Clients:
    return Clients(Settings(auth="oauth"), web.network)


async def test_a_document_describes_a_public_client(web: Web, clients: Clients) -> None:
    web.put(PATH, document())
    assert await clients.find(URL) == Client(URL, "Plants", (BACK,), is_public=True)
    assert web.heads == [
        "GET /oauth/client.json HTTP/1.1\r\nhost: app.plants.test\r\nuser-agent: plugin-server\r\n"
        "accept: application/json\r\naccept-encoding: gzip\r\nconnection: close\r\n\r\n"
    ]


@pytest.mark.parametrize(
    ("members", "keys"),
    [
        ({"token_endpoint_auth_method": "none"}, None),
        (
            {
                "token_endpoint_auth_method": "private_key_jwt",
                "token_endpoint_auth_signing_alg": "RS256",
                "jwks_uri": "https://app.plants.test/jwks.json",
                "grant_types": ["authorization_code", "refresh_token"],
                "response_types": ["code"],
                "application_type": "web",
            },
            ClientKeys(jwks_uri="https://app.plants.test/jwks.json"),
        ),
        ({"jwks": {"keys": [KEY]}}, ClientKeys(jwks={"keys": [KEY]})),
    ],
)
async def test_whatever_it_prefers_a_client_with_a_document_is_public(
    web: Web, clients: Clients, members: dict[str, Any], keys: ClientKeys | None
) -> None:
    web.put(PATH, document(**members))
    assert await clients.find(URL) == Client(URL, "Plants", (BACK,), is_public=True, keys=keys)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("[]", f"{WHAT} holds no object."),
        ("plants", f"{WHAT} is not well-formed JSON."),
        ('{"client_id": "a", "client_id": "b"}', f"{WHAT} is not well-formed JSON."),
        ("[" * 1_000 + "]" * 1_000, f"{WHAT} is not well-formed JSON."),
        (
            document(client_id=None),
            f"{WHAT} is that of another client: its client_id is not its address.",
        ),
        (
            document(client_id=URL + "?"),
            f"{WHAT} is that of another client: its client_id is not its address.",
        ),
        (
            document(client_id=[URL]),
            f"{WHAT} is that of another client: its client_id is not its address.",
        ),
        (document(client_name=None), f"{WHAT} has no client_name."),
        (document(client_name="  "), f"{WHAT} has no client_name."),
        (document(client_name=7), f"{WHAT} has no client_name."),
        (document(redirect_uris=None), f"{WHAT} has no redirect_uris, or more than 50."),
        (document(redirect_uris=[]), f"{WHAT} has no redirect_uris, or more than 50."),
        (document(redirect_uris=BACK), f"{WHAT} has no redirect_uris, or more than 50."),
        (document(redirect_uris=[BACK] * 51), f"{WHAT} has no redirect_uris, or more than 50."),
        (
            document(redirect_uris=["plants://callback", "http://plants.test/", 7, f"{BACK}#a"]),
            f"{WHAT} has no redirect_uris with https, or http to localhost.",
        ),
        (
            document(client_secret="k7Qm2zXw9RtLs4Vb8NcJ"),
            f"{WHAT} wants a secret, and nobody could have given it one.",
        ),
        (
            document(client_secret_expires_at=0),
            f"{WHAT} wants a secret, and nobody could have given it one.",
        ),
        (
            document(token_endpoint_auth_method="client_secret_post"),
            f"{WHAT} wants a secret, and nobody could have given it one.",
        ),
        (
            document(token_endpoint_auth_method=["none"]),
            f"{WHAT} wants a secret, and nobody could have given it one.",
        ),
        (
            document(grant_types=["client_credentials"]),
            f"{WHAT} does not list authorization_code among its grant_types.",
        ),
        (
            document(grant_types=7),
            f"{WHAT} does not list authorization_code among its grant_types.",
        ),
        (
            document(response_types=["token"]),
            f"{WHAT} does not list code among its response_types.",
        ),
        (
            document(jwks={"keys": []}, jwks_uri="https://app.plants.test/jwks.json"),
            f"{WHAT} has both jwks and jwks_uri.",
        ),
        (document(jwks=[]), f"{WHAT} has a jwks that is no object."),
        (
            document(jwks_uri="http://app.plants.test/"),
            f"{WHAT} has a jwks_uri that is no https address.",
        ),
    ],
)
async def test_a_document_that_breaks_a_rule_is_no_client(
    web: Web, clients: Clients, value: Any, reason: str
) -> None:
    web.put(PATH, value)
    assert (await clients.find(URL), clients.reason(URL)) == (None, reason)


async def test_addresses_that_nobody_may_be_sent_to_are_left_out(
    web: Web, clients: Clients
) -> None:
    web.put(PATH, document(redirect_uris=["plants://callback", BACK, "http://localhost:7/back"]))
    found = await clients.find(URL)
    assert found is not None
    assert found.redirect_uris == (BACK, "http://localhost:7/back")
    assert not found.allows_redirect("plants://callback")


async def test_a_name_is_shown_without_what_a_page_would_obey(web: Web, clients: Clients) -> None:
    web.put(PATH, document(client_name=" Pl\u202eants\r\n" + "x" * 200))
    found = await clients.find(URL)
    assert found is not None
    assert found.name == "Pl\\u202eants\\r\\n" + "x" * 63 + "…"
