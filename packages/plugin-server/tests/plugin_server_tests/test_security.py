"""What a contract says of authentication, and what the server makes of it in each mode."""

import copy
from typing import Any

import pytest

from plugin_server import Settings
from plugin_server.security import Scopes, manifest_auth, scope_texts, secure

NONE, TOKEN = Settings(auth="none"), Settings(auth="user_http")
OURS = Settings(auth="oauth", verification_tokens={"openai": "a1b2"})
ISSUER = "https://login.example.org/realms/home"
THEIRS = Settings(auth="oauth", oauth_issuer=ISSUER)
DEFAULTS = {
    "read": "See what is kept for you.",
    "write": "Change and delete what is kept for you.",
}
FLOW = {
    "authorizationUrl": "PLUGIN_HOSTNAME/authorize",
    "tokenUrl": "PLUGIN_HOSTNAME/token",
    "refreshUrl": "PLUGIN_HOSTNAME/token",
}


def contract(*, described: Any = None, security: Any = None, **operations: Any) -> dict[str, Any]:
    """A contract whose operations, by method, say this of their security; None is nothing."""
    made: dict[str, Any] = {
        "paths": {
            "/things/{id}": {
                "parameters": [],
                **{
                    method: {} if given is None else {"security": given}
                    for method, given in operations.items()
                },
            }
        }
    }
    if described is not None:
        flows = {"authorizationCode": {**FLOW, "scopes": described}}
        scheme = {"type": "oauth2", "flows": flows}
        made["components"] = {"securitySchemes": {"oauth": scheme}, "schemas": {}}
    if security is not None:
        made["security"] = security
    return made


def secured(given: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """What the server makes of it."""
    made = copy.deepcopy(given)
    secure(made, settings)
    return made


def methods(made: dict[str, Any]) -> dict[str, Any]:
    """What each operation says of its security."""
    item = made["paths"]["/things/{id}"]
    return {
        name: each.get("security", "nothing") for name, each in item.items() if name != "parameters"
    }


def test_without_a_word_reading_needs_read_and_all_else_write() -> None:
    given = contract(get=None, head=None, post=None, put=None, patch=None, delete=None)
    read, write = [{"oauth": ["read"]}], [{"oauth": ["write"]}]
    made = secured(given, OURS)
    assert methods(made) == {
        **dict.fromkeys(("get", "head"), read),
        **dict.fromkeys(("post", "put", "patch", "delete"), write),
    }
    flow = {**FLOW, "scopes": DEFAULTS}
    assert made["components"] == {
        "securitySchemes": {"oauth": {"type": "oauth2", "flows": {"authorizationCode": flow}}}
    }
    assert scope_texts(given) == scope_texts(made) == DEFAULTS


def test_a_contract_declares_scopes_of_its_own() -> None:
    described = {"things.write": "Change things.", "things.read": "See things.", "unused": "?"}
    given = contract(
        described=described,
        security=[{"oauth": ["things.read"]}],
        get=None,
        post=[{"oauth": ["things.write", "things.read", "things.write"]}],
        put=[{"oauth": []}],
        patch=[{"other": []}, {"oauth": ["plain"]}, {"oauth": ["never"]}],
        delete=[],
    )
    made = secured(given, OURS)
    assert methods(made) == {
        "get": [{"oauth": ["things.read"]}],
        "post": [{"oauth": ["things.write", "things.read"]}],
        "put": [{"oauth": []}],
        "patch": [{"oauth": ["plain"]}],
        "delete": [],
    }
    assert "security" not in made
    texts = {"things.write": "Change things.", "things.read": "See things.", "plain": "plain"}
    assert list(scope_texts(given).items()) == list(texts.items())
    scopes = Scopes(made)
    assert scopes.all == ("things.write", "things.read", "plain")
    assert scopes.of("/things/<id>", "POST") == ("things.write", "things.read")
    assert scopes.of("/things/<int:number>", "GET") == ("things.read",)
    assert scopes.of("/things/<id>", "HEAD") == ("things.read",)
    assert scopes.of("/things/<id>", "DELETE") == ()
    # What the contract does not know.
    assert scopes.of("/things", "GET") == ("read",)
    assert scopes.of("/things", "HEAD") == ("read",)
    assert scopes.of("/things", "POST") == ("write",)


def test_where_nothing_knows_of_oauth_the_defaults_hold() -> None:
    made = secured(contract(security=[{"key": []}], get=None, post=[{"key": []}]), OURS)
    assert methods(made) == {"get": [{"oauth": ["read"]}], "post": [{"oauth": ["write"]}]}


@pytest.mark.parametrize("settings", [NONE, TOKEN])
def test_in_other_modes_nothing_is_left_of_oauth(settings: Settings) -> None:
    given = contract(
        described=DEFAULTS,
        security=[{"oauth": ["read"]}],
        get=[{"oauth": ["read"]}],
        post=[{"other": []}, {"oauth": ["write"]}],
        delete=[],
    )
    made = secured(given, settings)
    assert methods(made) == {"get": "nothing", "post": [{"other": []}], "delete": []}
    if settings is NONE:
        assert "security" not in made
        assert made["components"] == {"schemas": {}}
    else:
        assert made["security"] == [{"token": []}]
        schemes = {"token": {"type": "http", "scheme": "bearer"}}
        assert made["components"] == {"securitySchemes": schemes, "schemas": {}}


def test_in_mode_none_a_contract_without_oauth_stays_as_it_is() -> None:
    given = contract(security=[{"key": []}], get=None, post=[{"key": []}], put=[])
    assert secured(given, NONE) == given
    assert secured({"paths": None}, NONE) == {"paths": None}


def test_another_issuer_is_found_by_discovery() -> None:
    made = secured(contract(get=None), THEIRS)
    scheme = {
        "type": "openIdConnect",
        "openIdConnectUrl": f"{ISSUER}/.well-known/openid-configuration",
    }
    assert made["components"] == {"securitySchemes": {"oauth": scheme}}
    assert methods(made) == {"get": [{"oauth": ["read"]}]}


@pytest.mark.parametrize(
    ("settings", "block"),
    [
        (NONE, {"type": "none"}),
        (TOKEN, {"type": "user_http", "authorization_type": "bearer"}),
        (
            OURS,
            {
                "type": "oauth",
                "client_url": "PLUGIN_HOSTNAME/authorize",
                "scope": "read write",
                "authorization_url": "PLUGIN_HOSTNAME/token",
                "authorization_content_type": "application/json",
                "verification_tokens": {"openai": "a1b2"},
            },
        ),
        (THEIRS, {"type": "user_http", "authorization_type": "bearer"}),
    ],
)
def test_the_manifest_says_what_the_installer_of_2023_read(
    settings: Settings, block: dict[str, Any]
) -> None:
    assert manifest_auth(settings, contract(get=None, post=None)) == block


@pytest.mark.parametrize(
    "given",
    [
        contract(get="oauth"),
        contract(get=[["oauth"]]),
        contract(security={"oauth": []}, get=None),
        contract(get=[{"oauth": "read"}]),
        contract(get=[{"oauth": [7]}]),
        contract(get=[{"oauth": ["two words"]}]),
        contract(get=[{"oauth": ['read"']}]),
        contract(get=[{"oauth": [""]}]),
        contract(get=[{"oauth": ["s" * 101]}]),
    ],
)
def test_what_is_no_security_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^security"):
        secure(given, OURS)
