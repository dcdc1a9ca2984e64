"""Settings: what they accept, and the one line that says what is wrong with the rest."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings, environment, explain, unknown_variables, variable
from app.settings.values import Hops

from .front_door import OTHER_TOKEN, TOKEN

NO_ORIGIN = (
    "must be an origin such as https://todo.example.org, without a path:"
    " hosts look for the manifest at its root"
)
TOKENS = {"PLUGIN_AUTH": "service_http", "PLUGIN_SERVICE_TOKENS": TOKEN}


def load(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Settings()


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the line is compared
        load(monkeypatch, **variables)
    return explain(error.value)


def test_without_variables_it_is_open_and_reachable_from_this_machine_only() -> None:
    settings = Settings()
    assert (settings.mode, settings.address) == ("none", "127.0.0.1:5002")


def test_every_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        PLUGIN_BIND="[::1]:8000",
        PLUGIN_AUTH="service_http",
        PLUGIN_SERVICE_TOKENS=f" {TOKEN} , {OTHER_TOKEN} ",
        PLUGIN_AUTHORIZATION_TYPE="basic",
        PLUGIN_VERIFICATION_TOKENS='{"openai": "abc"}',
        PLUGIN_OPENAI_APPS_CHALLENGE="x" * 1_024,
        PLUGIN_PUBLIC_URL="https://Todo.example.org/",
        PLUGIN_TRUSTED_PROXIES="proto=2",
        PLUGIN_DATABASE_URL="postgresql://todo@db/todo",
        PLUGIN_CORS_ORIGINS="https://chat.example.org",
        PLUGIN_GRACE="2.5",
    )
    assert settings == Settings.model_construct(
        bind="[::1]:8000",
        port=None,
        auth="service_http",
        service_tokens=(SecretStr(TOKEN), SecretStr(OTHER_TOKEN)),
        authorization_type="basic",
        verification_tokens={"openai": "abc"},
        openai_apps_challenge="x" * 1_024,
        public_url="https://todo.example.org",
        trusted_proxies=Hops(proto=2, host=0),
        database_url=SecretStr("postgresql://todo@db/todo"),
        cors_origins=("https://chat.example.org",),
        grace=2.5,
    )


def test_a_platforms_port_wins_over_the_images_bind(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, PORT="8080", PLUGIN_BIND="0.0.0.0:5002", **TOKENS)
    assert settings.address == "0.0.0.0:8080"


@pytest.mark.parametrize("bind", ["127.0.0.2:1", "localhost:5002", "[::1]:5002"])
def test_a_loopback_bind_needs_no_mode(monkeypatch: pytest.MonkeyPatch, bind: str) -> None:
    assert load(monkeypatch, PLUGIN_BIND=bind).mode == "none"


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        (
            {"PLUGIN_BIND": "0.0.0.0:5002"},
            "PLUGIN_AUTH: must be set (none, service_http or user_http), because other machines"
            " can reach 0.0.0.0:5002",
        ),
        (
            {"PORT": "5002"},
            "PLUGIN_AUTH: must be set (none, service_http or user_http), because other machines"
            " can reach 0.0.0.0:5002",
        ),
        (
            {"PLUGIN_BIND": "5002"},
            "PLUGIN_BIND: must be HOST:PORT, such as 127.0.0.1:5002 or [::1]:5002",
        ),
        (
            {"PLUGIN_BIND": "localhost:70000"},
            "PLUGIN_BIND: must be HOST:PORT, such as 127.0.0.1:5002 or [::1]:5002",
        ),
        (
            {"PORT": "tcp://10.0.0.1:80"},
            "PORT: Input should be a valid integer, unable to parse string as an integer",
        ),
        (
            {"PLUGIN_AUTH": "oauth2"},
            "PLUGIN_AUTH: Input should be 'none', 'service_http' or 'user_http'",
        ),
        (
            {"PLUGIN_AUTH": "service_http"},
            "PLUGIN_SERVICE_TOKENS: must hold a token in mode service_http",
        ),
        (
            {"PLUGIN_SERVICE_TOKENS": "short"},
            "PLUGIN_SERVICE_TOKENS: has a token shorter than 16 characters",
        ),
        (
            {"PLUGIN_SERVICE_TOKENS": "REPLACE_ME_WITH_A_TOKEN"},
            "PLUGIN_SERVICE_TOKENS: has a placeholder for a token: "
            "make one with `openssl rand -hex 24`",
        ),
        (
            {"PLUGIN_SERVICE_TOKENS": "aaaaaaaaaaaaaaaaaaaa"},
            "PLUGIN_SERVICE_TOKENS: has a placeholder for a token: "
            "make one with `openssl rand -hex 24`",
        ),
        (
            {"PLUGIN_SERVICE_TOKENS": "twelve ÄÖÜ characters"},
            "PLUGIN_SERVICE_TOKENS: has a token with characters other than visible ASCII",
        ),
        (
            {**TOKENS, "PLUGIN_VERIFICATION_TOKENS": f'{{"openai": "{TOKEN}"}}'},
            "PLUGIN_VERIFICATION_TOKENS: holds a service token, and anybody can read it there",
        ),
        (
            {"PLUGIN_VERIFICATION_TOKENS": "{openai: x}"},
            'PLUGIN_VERIFICATION_TOKENS: must be a JSON object such as {"openai": "TOKEN"}',
        ),
        (
            {"PLUGIN_PUBLIC_URL": "todo.example.org"},
            f"PLUGIN_PUBLIC_URL: {NO_ORIGIN}",
        ),
        (
            {"PLUGIN_PUBLIC_URL": "https://example.org/todo"},
            f"PLUGIN_PUBLIC_URL: {NO_ORIGIN}",
        ),
        (
            {"PLUGIN_TRUSTED_PROXIES": "proto:1"},
            "PLUGIN_TRUSTED_PROXIES: must be a number of proxies, or such as proto=1,host=0",
        ),
        (
            {"PLUGIN_DATABASE_URL": "mysql://root@db"},
            "PLUGIN_DATABASE_URL: must begin with sqlite:/// or postgresql://",
        ),
        (
            {"PLUGIN_DATABASE_URL": "sqlite:///:memory:"},
            "PLUGIN_DATABASE_URL: must name a file: sqlite:///todos.db or sqlite:////data/todos.db",
        ),
        (
            {"PLUGIN_DATABASE_URL": "postgresql://ann:pa@s3cret@db/todo"},
            "PLUGIN_DATABASE_URL: must have @ and % percent-encoded in the password: %40 and %25",
        ),
        (
            {"PLUGIN_DATABASE_URL": "postgresql://ann:s3%cret@db/todo"},
            "PLUGIN_DATABASE_URL: must have @ and % percent-encoded in the password: %40 and %25",
        ),
        (
            {"PLUGIN_CORS_ORIGINS": "https://chatgpt.com,*"},
            "PLUGIN_CORS_ORIGINS: must be origins such as https://chat.example.org, without a path",
        ),
        *(
            (
                {"PLUGIN_OPENAI_APPS_CHALLENGE": value},
                "PLUGIN_OPENAI_APPS_CHALLENGE: must be the token alone: one word of at most"
                " 1,024 visible ASCII characters, without quotation marks",
            )
            for value in ("two words", "Ä", '"token"', "<meta>", "line\n", "x" * 1_025)
        ),
        (
            {**TOKENS, "PLUGIN_OPENAI_APPS_CHALLENGE": TOKEN},
            "PLUGIN_OPENAI_APPS_CHALLENGE: is a service token, and anybody can read it there",
        ),
        ({"PLUGIN_GRACE": "-1"}, "PLUGIN_GRACE: Input should be greater than or equal to 0"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], line: str
) -> None:
    assert refusal(monkeypatch, **variables) == line


def test_secrets_may_come_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"{TOKEN},{OTHER_TOKEN}\n")
    settings = load(monkeypatch, PLUGIN_SERVICE_TOKENS_FILE=str(file))
    assert [each.get_secret_value() for each in settings.service_tokens] == [TOKEN, OTHER_TOKEN]
    assert (
        refusal(monkeypatch, PLUGIN_SERVICE_TOKENS=TOKEN)
        == "PLUGIN_SERVICE_TOKENS: set it or PLUGIN_SERVICE_TOKENS_FILE, not both"
    )


def test_a_secret_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    line = refusal(monkeypatch, PLUGIN_DATABASE_URL_FILE="/nowhere")
    assert line == "PLUGIN_DATABASE_URL_FILE: cannot read that file"


def test_an_env_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tokens").write_text(TOKEN)
    (tmp_path / ".env").write_text(
        "PLUGIN_GRACE=3\nPLUGIN_BIND=127.0.0.1:7000\nPLUGIN_SERVICE_TOKENS_FILE=tokens\n"
    )
    monkeypatch.chdir(tmp_path)
    settings = load(monkeypatch, PLUGIN_GRACE="4", PLUGIN_AUTH="service_http")
    assert (settings.bind, settings.grace) == ("127.0.0.1:7000", 4)
    assert settings.service_tokens == (SecretStr(TOKEN),)
    assert "PLUGIN_BIND" in environment()


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = dict.fromkeys((variable(name) for name in Settings.model_fields), "")
    assert load(monkeypatch, **empty) == Settings()


def test_an_unknown_variable_is_told_with_the_nearest_known_one() -> None:
    names = ["PLUGIN_SERVICE_TOKEN", "PLUGIN_GRACE", "PLUGIN_ZZZ", "HOME", "PORT", "PLUGIN_PORT"]
    assert unknown_variables(names) == [
        "PLUGIN_PORT is not a setting",
        "PLUGIN_SERVICE_TOKEN is not a setting; did you mean PLUGIN_SERVICE_TOKENS?",
        "PLUGIN_ZZZ is not a setting",
    ]


def test_the_example_file_is_accepted_and_names_every_setting() -> None:
    example = (Path(__file__).parent.parent / ".env.example").read_text()
    named = {
        line.lstrip("# ").partition("=")[0]
        for line in example.splitlines()
        if "=" in line and line.lstrip("# ").startswith(("PLUGIN_", "PORT="))
    }
    assert named == {variable(name) for name in Settings.model_fields}
