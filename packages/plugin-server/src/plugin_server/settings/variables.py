"""Every environment variable: its name, type, default and meaning."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from .oauth import OAuthSettings
from .values import (
    Hops,
    browser_origins,
    database_address,
    hops,
    networks,
    optional_bind_address,
    rate,
    redis_address,
    split,
)


class Settings(OAuthSettings):
    """The settings. Raises pydantic's ValidationError; `explain` turns that into a line.

    A plugin names itself in a subclass, and adds variables of its own there: each is an annotated
    field with a description, and its variable is PLUGIN_ and the field's name.

        class Settings(plugin_server.Settings):
            program = "notes-plugin"
            page_size: int = Field(20, ge=1, le=100, description="Notes on a page.")
    """

    # The name of the command, and so of the SQLite file, the keys in Redis and the like.
    program: ClassVar[str] = "plugin"

    trusted_proxies: Annotated[Hops, NoDecode, BeforeValidator(hops)] = Field(
        Hops(0, 0, 0),
        description="Number of proxies in front whose X-Forwarded-* headers count, "
        "or by header: for=1,proto=1,host=0.",
    )
    database_url: Annotated[SecretStr | None, AfterValidator(database_address)] = Field(
        None,
        description="sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/DATABASE. "
        "Unset means a SQLite file with the program's name.",
    )
    cors_origins: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(split), AfterValidator(browser_origins)
    ] = Field(
        ("https://chatgpt.com", "https://chat.openai.com"),
        description="Origins whose pages may call from a browser, separated by commas.",
    )
    page: Literal["on", "off"] = Field(
        "on",
        description="The pages for people, at / and what the plugin adds: on or off.",
    )
    rate_limit: Annotated[str, AfterValidator(rate)] = Field(
        "120/minute",
        description="Requests that one caller may make, such as 20/second or 5000/hour; "
        "off means any number.",
    )
    rate_limit_storage: Annotated[SecretStr | None, AfterValidator(redis_address)] = Field(
        None,
        description="redis://HOST, for one limit over all replicas. "
        "Unset means that each replica counts alone.",
    )
    allowed_networks: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(split), AfterValidator(networks)
    ] = Field(
        (),
        description="Networks whose addresses may call, separated by commas: 192.0.2.0/24, or "
        "@FILE with a host's published list. Unset means every one.",
    )
    max_body: int = Field(
        65_536,
        ge=1024,
        le=1_000_000_000,
        description="Bytes that the body of a request may have, but for routes with a limit of"
        " their own.",
    )
    server: Literal["uvicorn", "hypercorn"] | None = Field(
        None,
        description="The HTTP server: uvicorn or hypercorn. "
        "Unset means uvicorn where it is installed.",
    )
    max_connections: int = Field(
        1000,
        ge=10,
        le=100_000,
        description="Connections at a time. Beyond, those are closed that wait longest for "
        "their caller.",
    )
    tls_cert: Path | None = Field(
        None,
        description="File with the certificate and its chain, in PEM: serve https. "
        "Read again on SIGHUP.",
    )
    tls_key: Path | None = Field(None, description="File with the certificate's key, in PEM.")
    log_format: Literal["json", "text", "off"] | None = Field(
        None,
        description="A line a request: json, text or off. "
        "Unset means text on a terminal and json elsewhere.",
    )
    metrics_bind: Annotated[str | None, AfterValidator(optional_bind_address)] = Field(
        None,
        description="Address to serve /metrics on for Prometheus, HOST:PORT. Unset means none.",
    )
    grace: float = Field(
        10, ge=0, le=3600, description="Seconds that running requests have left after SIGTERM."
    )

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.auth is None and not self.is_loopback:
            raise ValueError(
                "PLUGIN_AUTH: must be set (none, service_http, user_http or oauth), because other"
                f" machines can reach {self.address}"
            )
        if self.auth == "service_http" and not self.service_tokens:
            raise ValueError("PLUGIN_SERVICE_TOKENS: must hold a token in mode service_http")
        if (self.tls_cert is None) != (self.tls_key is None):
            missing = "CERT" if self.tls_cert is None else "KEY"
            raise ValueError(
                f"PLUGIN_TLS_{missing}: must be set too, a certificate goes with a key"
            )
        if self.rate_limit_storage is not None and self.rate_limit == "off":
            raise ValueError("PLUGIN_RATE_LIMIT_STORAGE: has nothing to store, the limit is off")
        self.check_oauth()
        secrets = {token.get_secret_value() for token in self.service_tokens}
        if self.oauth_client_secret is not None:
            secrets.add(self.oauth_client_secret.get_secret_value())
        if not secrets.isdisjoint(self.verification_tokens.values()):
            raise ValueError(
                "PLUGIN_VERIFICATION_TOKENS: holds a secret of this server, and anybody can read it"
            )
        if self.openai_apps_challenge in secrets:
            raise ValueError(
                "PLUGIN_OPENAI_APPS_CHALLENGE: is a secret of this server, and anybody can read it"
            )
        return self

    @property
    def database(self) -> str:
        """The URL of the database, with its password."""
        if self.database_url is None:
            return f"sqlite:///{self.program}.db"
        return self.database_url.get_secret_value()
