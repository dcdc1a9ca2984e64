"""The metadata of another issuer, fetched over https."""

import pytest

from guarded_fetch.testing.web import ORIGIN, Web
from plugin_server import Settings
from plugin_server.auth.credentials import Presented, digest
from plugin_server.auth.oauth.issuer import IssuerTokens
from plugin_server.errors import Unavailable

PLACE = "/.well-known/openid-configuration"
FAILED = "Tokens cannot be verified now. The metadata of PLUGIN_OAUTH_ISSUER "


async def failure(web: Web, issuer: str) -> str:
    """Why a token of the issuer cannot be verified."""
    tokens = IssuerTokens(Settings(auth="oauth", oauth_issuer=issuer), web.network)
    with pytest.raises(Unavailable) as refused:
        await tokens.find(Presented("a.b.c", digest("a.b.c")))
    return refused.value.detail.removeprefix(FAILED)


@pytest.mark.parametrize(
    "jwks_uri", [None, 7, "http://app.plants.test/keys", "/keys", "file:/keys"]
)
async def test_keys_come_over_https_as_the_metadata_does(web: Web, jwks_uri: object) -> None:
    web.put(PLACE, {"issuer": ORIGIN, "jwks_uri": jwks_uri})
    assert await failure(web, ORIGIN) == "has no jwks_uri, or one without https."
    assert "/keys" not in web.asked


async def test_an_issuer_is_named_as_it_names_itself(web: Web) -> None:
    web.put(PLACE, {"issuer": f"{ORIGIN}/", "jwks_uri": f"{ORIGIN}/keys"})
    assert await failure(web, ORIGIN) == "is that of another issuer."
    # With the slash that it has, its keys are asked for.
    tokens = IssuerTokens(Settings(auth="oauth", oauth_issuer=f"{ORIGIN}/"), web.network)
    assert await tokens.find(Presented("a.b.c", digest("a.b.c"))) is None


async def test_a_public_issuer_leads_to_no_private_address(web: Web) -> None:
    web.put(PLACE, {"issuer": ORIGIN, "jwks_uri": "https://inside.plants.test/keys"})
    tokens = IssuerTokens(Settings(auth="oauth", oauth_issuer=ORIGIN), web.network)
    header = "eyJhbGciOiJSUzI1NiJ9"
    with pytest.raises(Unavailable, match=r"has the address 10\.0\.0\.1, which is not a public"):
        await tokens.find(Presented(f"{header}.e30.AAAA", digest("x")))
    assert web.asked == [PLACE]
