"""Settings: what they accept, and the one line that says what is wrong with the rest."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from plugin_server.settings import Settings, environment, unknown_variables, variable
from plugin_server.settings.values import Hops
from plugin_server.testing.fixtures import TOKEN

from .settings_loading import OTHER_TOKEN, TOKENS, load, refusal


def test_without_variables_it_is_open_and_reachable_from_this_machine_only() -> None:
    settings = Settings()
    assert (settings.mode, settings.address) == ("none", "localhost:5002")


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
        PLUGIN_RATE_LIMIT=" 20/Second ",
        PLUGIN_RATE_LIMIT_STORAGE="redis://limits:6379/0",
        PLUGIN_ALLOWED_NETWORKS="192.0.2.0/24, 2001:db8::/32,@egress.json",
        PLUGIN_MAX_CONNECTIONS="50",
        PLUGIN_TLS_CERT="chain.pem",
        PLUGIN_TLS_KEY="key.pem",
        PLUGIN_LOG_FORMAT="text",
        PLUGIN_METRICS_BIND="127.0.0.1:9100",
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
        trusted_proxies=Hops(for_=0, proto=2, host=0),
        database_url=SecretStr("postgresql://todo@db/todo"),
        cors_origins=("https://chat.example.org",),
        rate_limit="20/second",
        rate_limit_storage=SecretStr("redis://limits:6379/0"),
        allowed_networks=("192.0.2.0/24", "2001:db8::/32", "@egress.json"),
        max_connections=50,
        tls_cert=Path("chain.pem"),
        tls_key=Path("key.pem"),
        log_format="text",
        metrics_bind="127.0.0.1:9100",
        grace=2.5,
    )


def test_a_platforms_port_wins_over_the_images_bind(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, PORT="8080", PLUGIN_BIND="0.0.0.0:5002", **TOKENS)
    assert settings.address == "0.0.0.0:8080"


@pytest.mark.parametrize("bind", ["127.0.0.2:1", "localhost:5002", "[::1]:5002"])
def test_a_loopback_bind_needs_no_mode(monkeypatch: pytest.MonkeyPatch, bind: str) -> None:
    assert load(monkeypatch, PLUGIN_BIND=bind).mode == "none"


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
