"""The settings of mode oauth: what they accept, and the one line for the rest."""

import pytest
from pydantic import SecretStr

from plugin_server.settings import shown

from .settings_loading import load, refusal

SECRET = "p3Hd6yGf1WaEu5Ti0OqZ"
CLIENT = {"PLUGIN_OAUTH_CLIENT_ID": "todo-gpt", "PLUGIN_OAUTH_CLIENT_SECRET": SECRET}
PUBLIC = {"PLUGIN_AUTH": "oauth", "PLUGIN_BIND": "0.0.0.0:5002"}
NO_REDIRECT = (
    "PLUGIN_OAUTH_REDIRECT_URIS: must be addresses such as https://chat.example.org/callback,"
    " without a fragment; http for localhost only"
)
NO_ISSUER = (
    "PLUGIN_OAUTH_ISSUER: must be an address such as https://login.example.org/realms/home,"
    " without a query; http for localhost only"
)
NO_CLIENT = "PLUGIN_OAUTH_CLIENT_ID: must be 1 to 200 letters, digits and any of . _ ~ -"


def test_on_this_machine_the_mode_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, PLUGIN_AUTH="oauth")
    assert (settings.mode, settings.public_url, settings.oauth_client_id) == ("oauth", None, None)


def test_every_variable_of_the_mode_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        **PUBLIC,
        **CLIENT,
        PLUGIN_PUBLIC_URL="https://todo.example.org",
        PLUGIN_OAUTH_REDIRECT_URIS="https://a.example/b?c=d, http://[::1]:7/e",
        PLUGIN_OAUTH_REGISTRATION="on",
        PLUGIN_OAUTH_CODE_SECONDS="30",
        PLUGIN_OAUTH_ACCESS_SECONDS="60",
        PLUGIN_OAUTH_REFRESH_SECONDS="86400",
    )
    assert settings.oauth_client_secret == SecretStr(SECRET)
    assert settings.oauth_redirect_uris == ("https://a.example/b?c=d", "http://[::1]:7/e")
    assert settings.oauth_registration
    assert (settings.oauth_code_seconds, settings.oauth_access_seconds) == (30, 60)
    assert settings.oauth_refresh_seconds == 86_400
    lines = shown(settings)
    assert "PLUGIN_OAUTH_REGISTRATION=on" in lines
    assert not any(SECRET in line for line in lines)


def test_another_issuer_is_named_as_it_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for issuer in ("https://login.example.org/", "https://Login.example.org/realms/Home"):
        settings = load(
            monkeypatch,
            PLUGIN_AUTH="oauth",
            PLUGIN_OAUTH_ISSUER=issuer,
            PLUGIN_OAUTH_AUDIENCE="todo",
            PLUGIN_OAUTH_PERSON_CLAIM="https://example.org/name",
        )
        assert settings.oauth_issuer == issuer
        assert (settings.oauth_audience, settings.oauth_person_claim) == (
            "todo",
            "https://example.org/name",
        )


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        (
            PUBLIC,
            "PLUGIN_PUBLIC_URL: must be set in mode oauth, because other machines can reach"
            " 0.0.0.0:5002, and tokens are for one origin",
        ),
        (
            {**PUBLIC, "PLUGIN_PUBLIC_URL": "http://todo.example.org"},
            "PLUGIN_PUBLIC_URL: must be https in mode oauth",
        ),
        (
            {"PLUGIN_AUTH": "oauth", "PLUGIN_AUTHORIZATION_TYPE": "basic"},
            "PLUGIN_AUTHORIZATION_TYPE: must be bearer in mode oauth",
        ),
        (
            {"PLUGIN_OAUTH_CLIENT_ID": "todo-gpt"},
            "PLUGIN_OAUTH_CLIENT_SECRET: must be set too, a client's name goes with its secret",
        ),
        (
            {"PLUGIN_OAUTH_CLIENT_SECRET": SECRET},
            "PLUGIN_OAUTH_CLIENT_ID: must be set too, a client's name goes with its secret",
        ),
        (
            {**CLIENT, "PLUGIN_OAUTH_CLIENT_SECRET": "short"},
            "PLUGIN_OAUTH_CLIENT_SECRET: has a token shorter than 16 characters",
        ),
        (
            {**CLIENT, "PLUGIN_VERIFICATION_TOKENS": f'{{"openai": "{SECRET}"}}'},
            "PLUGIN_VERIFICATION_TOKENS: holds a secret of this server, and anybody can read it",
        ),
        (
            {**CLIENT, "PLUGIN_OPENAI_APPS_CHALLENGE": SECRET},
            "PLUGIN_OPENAI_APPS_CHALLENGE: is a secret of this server, and anybody can read it",
        ),
        *(
            ({**CLIENT, "PLUGIN_OAUTH_CLIENT_ID": name}, NO_CLIENT)
            for name in ("https://chatgpt.com/client.json", "a b", "ü", "a:b", "x" * 201)
        ),
        *(
            ({"PLUGIN_OAUTH_REDIRECT_URIS": f"https://a.example/b,{address}"}, NO_REDIRECT)
            for address in (
                "http://a.example/b",
                "https://a.example/b#c",
                "https://user@a.example/b",
                "https:///b",
                "//a.example/b",
                "a.example",
                "https://a.example/ü",
                "https://[::1/b",
                "javascript:alert(1)",
            )
        ),
        *(
            ({"PLUGIN_OAUTH_ISSUER": issuer}, NO_ISSUER)
            for issuer in (
                "http://login.example.org",
                "login.example.org",
                "https://login.example.org?a=b",
                "https://login.example.org#a",
                "https://login.example.org/\u00fc",
            )
        ),
        (
            {**CLIENT, "PLUGIN_OAUTH_ISSUER": "https://login.example.org"},
            "PLUGIN_OAUTH_CLIENT_ID: means nothing beside PLUGIN_OAUTH_ISSUER, whose clients are"
            " known there",
        ),
        (
            {
                "PLUGIN_OAUTH_REGISTRATION": "on",
                "PLUGIN_OAUTH_ISSUER": "https://login.example.org",
            },
            "PLUGIN_OAUTH_REGISTRATION: must be off beside PLUGIN_OAUTH_ISSUER, whose clients are"
            " known there",
        ),
        (
            {"PLUGIN_OAUTH_PERSON_CLAIM": "a b"},
            "PLUGIN_OAUTH_PERSON_CLAIM: must be the name of a claim: one word of visible ASCII"
            " characters",
        ),
        (
            {"PLUGIN_OAUTH_CODE_SECONDS": "61"},
            "PLUGIN_OAUTH_CODE_SECONDS: Input should be less than or equal to 60",
        ),
        (
            {"PLUGIN_OAUTH_REGISTRATION": "maybe"},
            "PLUGIN_OAUTH_REGISTRATION: Input should be a valid boolean, unable to interpret input",
        ),
    ],
)
def test_what_cannot_be_used_is_told(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], line: str
) -> None:
    assert refusal(monkeypatch, **variables) == line
