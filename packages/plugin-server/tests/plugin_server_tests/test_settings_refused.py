"""The one line that says what is wrong with a value."""

import pytest

from plugin_server.testing.fixtures import TOKEN

from .settings_loading import TOKENS, refusal

NO_ADDRESS = (
    "must be such as https://todo.example.org, or with a path, https://example.org/plugin, and no"
    " query"
)


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        (
            {"PLUGIN_BIND": "0.0.0.0:5002"},
            "PLUGIN_AUTH: must be set (none, service_http, user_http or oauth), because other"
            " machines can reach 0.0.0.0:5002",
        ),
        (
            {"PORT": "5002"},
            "PLUGIN_AUTH: must be set (none, service_http, user_http or oauth), because other"
            " machines can reach 0.0.0.0:5002",
        ),
        (
            {"PLUGIN_BIND": "5002"},
            "PLUGIN_BIND: must be HOST:PORT, such as 127.0.0.1:5002 or [::1]:5002",
        ),
        *(
            (
                {name: address},
                f"{name}: must be HOST:PORT, such as 127.0.0.1:5002 or [::1]:5002",
            )
            for name in ("PLUGIN_BIND", "PLUGIN_METRICS_BIND")
            for address in ("localhost:70000", "http://localhost:5002", "localhost:80:5002")
        ),
        (
            {"PORT": "tcp://10.0.0.1:80"},
            "PORT: Input should be a valid integer, unable to parse string as an integer",
        ),
        (
            {"PLUGIN_AUTH": "oauth2"},
            "PLUGIN_AUTH: Input should be 'none', 'service_http', 'user_http' or 'oauth'",
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
            "PLUGIN_VERIFICATION_TOKENS: holds a secret of this server, and anybody can read it",
        ),
        (
            {"PLUGIN_VERIFICATION_TOKENS": "{openai: x}"},
            'PLUGIN_VERIFICATION_TOKENS: must be a JSON object such as {"openai": "TOKEN"}',
        ),
        *(
            ({"PLUGIN_PUBLIC_URL": address}, f"PLUGIN_PUBLIC_URL: {NO_ADDRESS}")
            for address in (
                *("todo.example.org", "ftp://todo.example.org", "https://example.org/todo?x=1"),
                *(
                    "https://example.org/a//b",
                    "https://example.org/../a",
                    "https://example.org/a b",
                ),
                *("https://example.org/.well-known", "https://example.org/%61", "https:///todo"),
            )
        ),
        (
            {"PLUGIN_TRUSTED_PROXIES": "proto:1"},
            "PLUGIN_TRUSTED_PROXIES: must be a number of proxies, or such as for=1,proto=1,host=0",
        ),
        (
            {"PLUGIN_DATABASE_URL": "mysql://root@db"},
            "PLUGIN_DATABASE_URL: must begin with sqlite:/// or postgresql://",
        ),
        (
            {"PLUGIN_DATABASE_URL": "sqlite:///:memory:"},
            "PLUGIN_DATABASE_URL: must name a file: sqlite:///FILE.db or sqlite:////data/FILE.db",
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
            "PLUGIN_OPENAI_APPS_CHALLENGE: is a secret of this server, and anybody can read it",
        ),
        *(
            (
                {"PLUGIN_RATE_LIMIT": value},
                "PLUGIN_RATE_LIMIT: must be such as 120/minute (second, minute, hour, day), or off",
            )
            for value in ("120", "0/minute", "-1/minute", "1/month", "1 per minute", "٣/minute")
        ),
        *(
            (
                {"PLUGIN_RATE_LIMIT_STORAGE": value},
                "PLUGIN_RATE_LIMIT_STORAGE: must be such as redis://HOST:6379/0,"
                " or rediss:// for TLS",
            )
            for value in ("limits:6379", "memcached://limits", "redis://")
        ),
        (
            {"PLUGIN_RATE_LIMIT": "off", "PLUGIN_RATE_LIMIT_STORAGE": "redis://limits"},
            "PLUGIN_RATE_LIMIT_STORAGE: has nothing to store, the limit is off",
        ),
        *(
            (
                {"PLUGIN_ALLOWED_NETWORKS": value},
                "PLUGIN_ALLOWED_NETWORKS: must be networks such as 192.0.2.0/24 or 2001:db8::/32,"
                " with no bit set after the prefix, or @FILE",
            )
            for value in ("example.org", "192.0.2.1/24", "10.0.0.0/8,@", "*")
        ),
        (
            {"PLUGIN_TLS_CERT": "chain.pem"},
            "PLUGIN_TLS_KEY: must be set too, a certificate goes with a key",
        ),
        (
            {"PLUGIN_TLS_KEY": "key.pem"},
            "PLUGIN_TLS_CERT: must be set too, a certificate goes with a key",
        ),
        (
            {"PLUGIN_MAX_CONNECTIONS": "1"},
            "PLUGIN_MAX_CONNECTIONS: Input should be greater than or equal to 10",
        ),
        (
            {"PLUGIN_LOG_FORMAT": "xml"},
            "PLUGIN_LOG_FORMAT: Input should be 'json', 'text' or 'off'",
        ),
        (
            {"PLUGIN_METRICS_BIND": "9100"},
            "PLUGIN_METRICS_BIND: must be HOST:PORT, such as 127.0.0.1:5002 or [::1]:5002",
        ),
        ({"PLUGIN_GRACE": "-1"}, "PLUGIN_GRACE: Input should be greater than or equal to 0"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], line: str
) -> None:
    assert refusal(monkeypatch, **variables) == line
