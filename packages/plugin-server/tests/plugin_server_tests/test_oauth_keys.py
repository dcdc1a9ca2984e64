"""The public keys of others: documents that may be anything, and keys that change."""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, OKPKey
from joserfc.jws import JWSRegistry

from guarded_fetch.testing.web import ORIGIN, Web
from plugin_server.auth.oauth.client import ClientKeys
from plugin_server.auth.oauth.fetching import NoDocument
from plugin_server.auth.oauth.keys import WHAT, InvalidSignature, PublicKeys, keys_of

from .signing import EC, ED, OTHER, RSA, jwks

JWKS = "/jwks.json"
KEYS = ClientKeys(jwks_uri=ORIGIN + JWKS)
NONE = f"{WHAT} has no key that a signature can be verified with."
NO_LIST = f"{WHAT} has no list of keys, or more than 50."
RSA_KEY, EC_KEY, ED_KEY = (key.as_dict(private=False) for key in (RSA, EC, ED))


def signed(key: Key, alg: str, **header: Any) -> str:
    registry = JWSRegistry(algorithms=[alg], strict_check_header=False)
    return jwt.encode({"alg": alg, **header}, {"said": "so"}, key, registry=registry)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (None, NO_LIST),
        ([], NO_LIST),
        ({}, NO_LIST),
        ({"keys": {}}, NO_LIST),
        ({"keys": [RSA_KEY] * 51}, NO_LIST),
        ({"keys": []}, NONE),
        ({"keys": [None, 7, "plants", [], {}]}, NONE),
        ({"keys": [{"kty": ["RSA"]}, {"kty": 5}, {"kty": "RSA"}, {"kty": "plants"}]}, NONE),
        ({"keys": [{**RSA_KEY, "use": "enc"}]}, NONE),
        ({"keys": [{**RSA_KEY, "n": "é"}, {**RSA_KEY, "n": 5}, {**RSA_KEY, "e": "AA"}]}, NONE),
        (
            {"keys": [{**EC_KEY, "y": "AA"}, {**EC_KEY, "crv": "P-999"}, {**EC_KEY, "x": None}]},
            NONE,
        ),
        ({"keys": [{**ED_KEY, "x": "AA"}, {**ED_KEY, "crv": "Ed448"}]}, NONE),
        ({"keys": [OctKey.generate_key(256).as_dict(private=True)]}, NONE),
        ({"keys": [{**RSA_KEY, "n": RSA_KEY["n"][:171]}]}, NONE),
        ({"keys": [{**RSA_KEY, "n": RSA_KEY["n"] * 10}]}, NONE),
        ({"keys": [ECKey.generate_key("P-384").as_dict(private=False)]}, NONE),
        ({"keys": [OKPKey.generate_key("X25519").as_dict(private=False)]}, NONE),
    ],
)
def test_a_document_without_a_key_that_fits(document: Any, sentence: str) -> None:
    with pytest.raises(NoDocument) as refused:
        keys_of(document)
    assert str(refused.value) == sentence


def test_keys_that_fit_are_found_among_others() -> None:
    others = [{"kty": "plants"}, {**RSA_KEY, "use": "enc"}, {**EC_KEY, "y": "AA"}]
    found = keys_of({"keys": [*others, RSA_KEY, EC_KEY, ED_KEY]})
    assert [key.kid for key in found] == ["rsa", "ec", "ed"]


@pytest.mark.parametrize(
    ("key", "alg"), [(RSA, "RS256"), (EC, "ES256"), (ED, "Ed25519"), (ED, "EdDSA")]
)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_each_algorithm_is_for_its_kind_of_key(web: Web, key: Key, alg: str) -> None:
    for named in (None, alg, "EdDSA" if key is ED else alg):
        whole = {**key.as_dict(private=False), **({"alg": named} if named else {})}
        others = [each.as_dict(private=False) for each in (RSA, EC, ED) if each is not key]
        web.put(JWKS, {"keys": [*others, whole]})
        keys = PublicKeys(web.network)
        for header in ({"kid": key.kid}, {}, {"kid": key.kid, "typ": "at+jwt", "nonce": "x"}):
            assert (await keys.verified(signed(key, alg, **header), KEYS)).members == {"said": "so"}
    assert web.asked == [JWKS] * 3


async def test_a_key_says_for_which_algorithm_it_is(web: Web) -> None:
    web.put(JWKS, {"keys": [{**RSA_KEY, "alg": "PS256"}, {**EC_KEY, "alg": "ES256"}]})
    keys = PublicKeys(web.network)
    assert await keys.verified(signed(EC, "ES256"), KEYS)
    with pytest.raises(InvalidSignature):
        await keys.verified(signed(RSA, "RS256"), KEYS)


async def test_of_several_keys_without_names_each_is_tried(web: Web) -> None:
    listed = jwks(OTHER, RSA)["keys"]
    nameless = [{name: each[name] for name in each if name != "kid"} for each in listed]
    web.put(JWKS, {"keys": nameless})
    keys = PublicKeys(web.network)
    for header in ({}, {"kid": "whatever"}):
        assert await keys.verified(signed(RSA, "RS256", **header), KEYS)


async def test_a_new_key_is_looked_for_once_a_minute(web: Web) -> None:
    now = 0.0
    keys = PublicKeys(web.network, clock=lambda: now)
    web.put(JWKS, jwks(RSA), "Cache-Control: max-age=86400")
    await keys.verified(signed(RSA, "RS256", kid="rsa"), KEYS)
    web.put(JWKS, jwks(RSA, EC), "Cache-Control: max-age=86400")
    newer = signed(EC, "ES256", kid="ec")
    for _ in range(5):
        with pytest.raises(InvalidSignature):
            await keys.verified(newer, KEYS)
    assert web.asked == [JWKS]
    now = 60.0
    await keys.verified(newer, KEYS)
    for number in range(5):
        with pytest.raises(InvalidSignature):
            await keys.verified(signed(EC, "ES256", kid=f"unknown {number}"), KEYS)
    assert web.asked == [JWKS] * 2


async def test_while_keys_cannot_be_fetched_those_that_are_known_are_good(web: Web) -> None:
    now = 0.0
    keys = PublicKeys(web.network, stale=3_600, clock=lambda: now)
    web.put(JWKS, jwks(RSA), "Cache-Control: max-age=600")
    token = signed(RSA, "RS256", kid="rsa")
    await keys.verified(token, KEYS)
    del web.answers[JWKS]
    now = 601.0
    assert await keys.verified(token, KEYS)
    now = 4_199.0
    assert await keys.verified(token, KEYS)
    now = 4_200.0
    with pytest.raises(NoDocument):
        await keys.verified(token, KEYS)


async def test_keys_at_a_private_address_are_not_asked_for(web: Web) -> None:
    keys = ClientKeys(jwks_uri="https://inside.plants.test/jwks.json")
    web.put(JWKS, jwks(RSA))
    with pytest.raises(NoDocument, match=r"has the address 10\.0\.0\.1"):
        await PublicKeys(web.network).verified(signed(RSA, "RS256"), keys)
    assert web.asked == []
    # But where the operator named a private server, it may be.
    inside = PublicKeys(web.network, "https://inside.plants.test/")
    assert await inside.verified(signed(RSA, "RS256"), keys)
