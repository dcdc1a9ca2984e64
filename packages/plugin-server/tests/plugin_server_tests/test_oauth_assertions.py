"""A client proves who it is by what it signed: private_key_jwt (RFC 7523)."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import Key, OctKey
from quart import Quart

import plugin_server.auth
from guarded_fetch.testing.web import ORIGIN, Web
from plugin_server import Settings
from plugin_server.auth.oauth.assertions import InvalidAssertion
from plugin_server.auth.oauth.client import Client, ClientKeys
from plugin_server.auth.oauth.clients import Clients
from plugin_server.storage import connect

from .client_samples import BACK, URL
from .signing import EC, ED, OTHER, RSA, encoded, jwks, with_the_public_key_as_a_secret

ISSUER = "https://todo.example.org"
TOKEN = f"{ISSUER}/token"
JWKS = "/jwks.json"
NOT_SIGNED = "The signature was made with none of the public keys."
INVALID = "The client assertion is not valid. "


def claims(**members: Any) -> dict[str, Any]:
    """What a sound assertion says; a member that is None is left out."""
    now = int(time.time())
    whole = {"iss": URL, "sub": URL, "aud": ISSUER, "iat": now, "exp": now + 300, "jti": "one"}
    return {name: value for name, value in {**whole, **members}.items() if value is not None}


def signed(key: Key = RSA, alg: str = "RS256", kid: str | None = "rsa", **members: Any) -> str:
    header = {"alg": alg, **({} if kid is None else {"kid": kid})}
    return jwt.encode(header, claims(**members), key, algorithms=[alg])


CLIENT = Client(URL, "Plants", (BACK,), is_public=True, keys=ClientKeys(jwks_uri=ORIGIN + JWKS))


@asynccontextmanager
async def running(web: Web, url: str) -> AsyncIterator[Clients]:
    """The clients of an app on this database."""
    app = Quart("plants")
    app.extensions["database"] = database = connect(url)
    database.migrate(Path(plugin_server.auth.__file__).parent / "migrations")
    web.put(JWKS, jwks(RSA, EC))
    async with app.app_context():
        yield Clients(Settings(auth="oauth"), web.network)
    database.close()


@pytest.fixture(name="clients")
async def fixture_clients(web: Web, sqlite_url: str) -> AsyncIterator[Clients]:
    """For rules that come before the database is asked."""
    async with running(web, sqlite_url) as clients:
        yield clients


@pytest.fixture(name="clients_of_each")
async def fixture_clients_of_each(web: Web, database_url: str) -> AsyncIterator[Clients]:
    """On each database."""
    async with running(web, database_url) as clients:
        yield clients


async def refusal(clients: Clients, assertion: str, client: Client = CLIENT) -> str | None:
    """Why the assertion proves nothing; None when it proves who the client is."""
    try:
        await clients.authenticate(client, assertion, (ISSUER, TOKEN))
    except InvalidAssertion as invalid:
        return str(invalid)
    return None


async def test_a_sound_assertion_is_good_once(clients_of_each: Clients, web: Web) -> None:
    clients = clients_of_each
    assertion = signed()
    replayed = "The client assertion was presented before: its jti is known."
    assert [await refusal(clients, assertion) for _ in range(3)] == [None, replayed, replayed]
    # Signed anew it is still the same one.
    assert await refusal(clients, signed(EC, "ES256", "ec")) == replayed
    assert await refusal(clients, signed(EC, "ES256", "ec", jti="two")) is None
    # The jti is the client's own.
    other = f"{ORIGIN}/other.json"
    assert (
        await refusal(
            clients,
            signed(iss=other, sub=other),
            Client(other, "Other", (BACK,), is_public=True, keys=CLIENT.keys),
        )
        is None
    )
    assert web.asked == [JWKS]


async def test_of_twenty_at_once_one_is_taken(clients_of_each: Clients) -> None:
    assertion = signed()
    found = await asyncio.gather(*(refusal(clients_of_each, assertion) for _ in range(20)))
    assert (found.count(None), len(set(found))) == (1, 2)


@pytest.mark.parametrize(
    "members",
    [
        {"aud": TOKEN},
        {"aud": [ISSUER]},
        {"aud": ["https://other.example.org", TOKEN]},
        {"iat": None},
        {"nbf": int(time.time())},
        {"exp": time.time() + 1_800.5},
        {"jti": "j" * 255},
    ],
)
async def test_what_may_be_otherwise(clients: Clients, members: dict[str, Any]) -> None:
    assert await refusal(clients, signed(**members)) is None


@pytest.mark.parametrize("kid", ["rsa", None])
async def test_keys_in_the_document_itself(clients: Clients, web: Web, kid: str | None) -> None:
    keys = ClientKeys(jwks=jwks(EC, RSA))
    client = Client(URL, "Plants", (BACK,), is_public=True, keys=keys)
    assert await refusal(clients, signed(kid=kid), client) is None
    assert web.asked == []


AUDIENCE = "The client assertion's aud is neither the issuer nor /token."
EXPIRED = "The client assertion has expired, or has no exp."
AHEAD = "The client assertion's exp is more than an hour ahead."
JTI = "The client assertion has no jti of 1 to 255 characters."


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"iss": None}, "The client assertion's iss is not the client_id."),
        ({"iss": ORIGIN}, "The client assertion's iss is not the client_id."),
        ({"sub": None}, "The client assertion's sub is not the client_id."),
        ({"sub": [URL]}, "The client assertion's sub is not the client_id."),
        ({"aud": None}, AUDIENCE),
        ({"aud": []}, AUDIENCE),
        ({"aud": 7}, AUDIENCE),
        ({"aud": f"{ISSUER}/"}, AUDIENCE),
        ({"aud": "https://other.example.org"}, AUDIENCE),
        ({"exp": None}, EXPIRED),
        ({"exp": 1}, EXPIRED),
        ({"exp": True}, EXPIRED),
        ({"exp": str(int(time.time()) + 300)}, EXPIRED),
        ({"exp": 1e300}, EXPIRED),
        (
            {"exp": int(time.time()) + 7_200},
            "The client assertion's exp is more than an hour ahead.",
        ),
        ({"nbf": int(time.time()) + 86_400}, "The client assertion's nbf is in the future."),
        ({"iat": int(time.time()) + 86_400}, "The client assertion's iat is in the future."),
        ({"jti": None}, JTI),
        ({"jti": ""}, JTI),
        ({"jti": 7}, JTI),
        ({"jti": "j" * 256}, JTI),
    ],
)
async def test_what_an_assertion_must_say(
    clients: Clients, members: dict[str, Any], why: str
) -> None:
    assert await refusal(clients, signed(**members)) == why


ALGORITHM = f"{INVALID}Its algorithm is none of RS256, ES256."
FORGED = {
    "by another key": (signed(OTHER), INVALID + NOT_SIGNED),
    "by another key of ours": (signed(EC, "ES256", "rsa"), INVALID + NOT_SIGNED),
    "with the name of another key": (signed(kid="ec"), INVALID + NOT_SIGNED),
    "with an unknown key": (signed(kid="unknown"), INVALID + NOT_SIGNED),
    "by nobody": (f"{encoded({'alg': 'none'})}.{encoded(claims())}.", ALGORITHM),
    "with the public key as a secret": (
        with_the_public_key_as_a_secret(claims()),
        ALGORITHM,
    ),
    "by another algorithm of the same key": (signed(RSA, "RS512"), ALGORITHM),
    "by an algorithm that is no text": (
        f"{encoded({'alg': ['RS256']})}.{encoded(claims())}.AAAA",
        ALGORITHM,
    ),
    "changed": (
        ".".join([signed().split(".")[0], encoded(claims()), signed().split(".")[2]]),
        INVALID + NOT_SIGNED,
    ),
    "of a text": (jws.serialize_compact({"alg": "RS256"}, b"plants", RSA), INVALID + NOT_SIGNED),
    "with half a character": (
        jws.serialize_compact({"alg": "RS256"}, json.dumps(claims(jti="\ud800")).encode(), RSA),
        INVALID + NOT_SIGNED,
    ),
    "of a list": (jws.serialize_compact({"alg": "RS256"}, b"[]", RSA), INVALID + NOT_SIGNED),
    "of a deep one": (
        jws.serialize_compact({"alg": "RS256"}, b'{"a":' * 9_000, RSA),
        INVALID + NOT_SIGNED,
    ),
    "critical": (
        f"{encoded({'alg': 'RS256', 'crit': ['plants'], 'plants': 1})}.{encoded(claims())}.AAAA",
        INVALID + NOT_SIGNED,
    ),
    "encrypted": ("a.b.c.d.e", f"{INVALID}It is not a signed JWT."),
    "a word": ("plants", f"{INVALID}It is not a signed JWT."),
    "nothing": ("", f"{INVALID}It is not a signed JWT."),
    "not ASCII": ("é.é.é", f"{INVALID}It is not a signed JWT."),
    "a lone surrogate": ("\ud800.a.b", f"{INVALID}It is not a signed JWT."),
}


@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_assertion_proves_nothing(clients: Clients, name: str) -> None:
    forged, why = FORGED[name]
    assert await refusal(clients, forged) == why
    # Nor does it use up a jti.
    assert await refusal(clients, signed()) is None


@pytest.mark.parametrize("key", [ED, OctKey.generate_key(256)])
async def test_other_kinds_of_keys_are_not_for_clients(
    clients: Clients, web: Web, key: Key
) -> None:
    web.put(JWKS, {"keys": [key.as_dict(private=isinstance(key, OctKey))]})
    alg = "HS256" if isinstance(key, OctKey) else "Ed25519"
    assert await refusal(clients, signed(key, alg, None)) == ALGORITHM


async def test_a_client_without_keys_proves_nothing(clients: Clients) -> None:
    client = Client(URL, "Plants", (BACK,), is_public=True)
    assert await refusal(clients, signed(), client) == "The client has no public keys."
