"""Auth blocks that lack a field, or give away a key."""

from typing import Any

from ..parts import ORIGIN, Parts, sample

TOKEN = "8f14e45fceea167a5a36dedd4bea2543"


def service(parts: Parts) -> dict[str, Any]:
    """A sound service_http block, put in."""
    return put_in(
        parts,
        {
            "type": "service_http",
            "authorization_type": "bearer",
            "verification_tokens": {"openai": TOKEN},
        },
        {"type": "http", "scheme": "bearer"},
    )


def oauth(parts: Parts) -> dict[str, Any]:
    """A sound oauth block, put in."""
    flow = {
        "authorizationUrl": f"{ORIGIN}/oauth",
        "tokenUrl": f"{ORIGIN}/token",
        "scopes": {"plants": "Keep a list."},
    }
    return put_in(
        parts,
        {
            "type": "oauth",
            "client_url": f"{ORIGIN}/oauth",
            "scope": "",
            "authorization_url": f"{ORIGIN}/token",
            "authorization_content_type": "application/json",
            "verification_tokens": {"openai": TOKEN},
        },
        {"type": "oauth2", "flows": {"authorizationCode": flow}},
    )


def put_in(parts: Parts, auth: dict[str, Any], scheme: dict[str, Any]) -> dict[str, Any]:
    parts.manifest["auth"] = auth
    parts.contract["components"] = {"securitySchemes": {"plants": scheme}}
    parts.contract["security"] = [{"plants": []}]
    return auth


@sample("A01")
def unknown_type_of_auth(parts: Parts) -> None:
    parts.manifest["auth"] = {"type": "api_key"}


@sample("A01")
def auth_without_a_type(parts: Parts) -> None:
    parts.manifest["auth"] = {}


@sample("A01")
def unknown_authorization_type(parts: Parts) -> None:
    service(parts)["authorization_type"] = "digest"


@sample("A01")
def oauth_without_a_scope(parts: Parts) -> None:
    del oauth(parts)["scope"]


@sample("A01")
def oauth_with_a_relative_address(parts: Parts) -> None:
    oauth(parts)["client_url"] = "/oauth"


@sample("A01")
def oauth_without_a_media_type(parts: Parts) -> None:
    oauth(parts)["authorization_content_type"] = "json"


@sample("A02")
def no_verification_tokens(parts: Parts) -> None:
    del service(parts)["verification_tokens"]


@sample("A02")
def verification_token_of_another_service_only(parts: Parts) -> None:
    oauth(parts)["verification_tokens"] = {"anyone": TOKEN}


@sample("A02")
def placeholder_for_a_verification_token(parts: Parts) -> None:
    service(parts)["verification_tokens"] = {
        "openai": "Replace_this_string_with_the_verification_token_generated_in_the_ChatGPT_UI"
    }


@sample("A03")
def key_of_each_user(parts: Parts) -> None:
    del service(parts)["verification_tokens"]
    parts.manifest["auth"]["type"] = "user_http"


@sample("A04")
def verification_token_that_is_the_client_secret(parts: Parts) -> None:
    oauth(parts)["client_secret"] = TOKEN


@sample("T03")
def key_on_localhost(parts: Parts) -> None:
    service(parts)
    parts.origin = "http://localhost:5002"


@sample("G02")
def an_authorization_address_with_a_state_of_its_own(parts: Parts) -> None:
    oauth(parts)
    parts.manifest["auth"]["client_url"] += "?state=always-the-same"
