"""Every environment variable: its name, type, default and meaning."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from .hosts import is_loopback
from .sources import ENV_FILE, PREFIX, SecretFiles
from .values import (
    Hops,
    bind_addresses,
    browser_origins,
    database_address,
    from_json,
    hops,
    networks,
    one_word,
    optional_bind_address,
    public_origin,
    rate,
    redis_address,
    split,
    strong_secrets,
)


class Settings(BaseSettings):
    """The settings. Raises pydantic's ValidationError; `explain` turns that into a line.

    A plugin names itself in a subclass, and adds variables of its own there: each is an annotated
    field with a description, and its variable is PLUGIN_ and the field's name.

        class Settings(plugin_server.Settings):
            program = "notes-plugin"
            page_size: int = Field(20, ge=1, le=100, description="Notes on a page.")
    """

    # The name of the command, and so of the SQLite file, the keys in Redis and the like.
    program: ClassVar[str] = "plugin"

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    bind: Annotated[str, AfterValidator(bind_addresses)] = Field(
        "localhost:5002",
        description="Addresses to listen on, HOST:PORT, separated by commas; "
        "localhost means 127.0.0.1 and ::1.",
    )
    port: int | None = Field(
        None,
        ge=0,
        le=65535,
        validation_alias="PORT",
        description="Set by container platforms: listen on 0.0.0.0:PORT instead of PLUGIN_BIND.",
    )
    auth: Literal["none", "service_http", "user_http"] | None = Field(
        None,
        description="Who may call: none, service_http or user_http. "
        "Unset means none on a loopback address and a refusal to start on any other.",
    )
    service_tokens: Annotated[
        tuple[SecretStr, ...], NoDecode, BeforeValidator(split), AfterValidator(strong_secrets)
    ] = Field(
        (), description="Tokens that a host may send in mode service_http, separated by commas."
    )
    authorization_type: Literal["bearer", "basic"] = Field(
        "bearer", description="The scheme that tokens are sent with: bearer or basic."
    )
    verification_tokens: Annotated[dict[str, str], NoDecode, BeforeValidator(from_json)] = Field(
        {},
        description="What hosts gave to prove that the manifest is yours, a JSON object "
        "of service and token. They are public.",
    )
    openai_apps_challenge: Annotated[str | None, AfterValidator(one_word)] = Field(
        None,
        description="The token that OpenAI's portal gave to prove the domain; "
        "answered at /.well-known/openai-apps-challenge.",
    )
    public_url: Annotated[str | None, AfterValidator(public_origin)] = Field(
        None,
        description="The origin in manifest and contract, such as https://todo.example.org. "
        "Unset means the request's Host. "
        "Mode none answers under its host, localhost and addresses only.",
    )
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

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic passes it by name
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then secrets in files, then the environment, then `.env`."""
        return init_settings, SecretFiles(settings_cls), env_settings, dotenv_settings

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.auth is None and not self.is_loopback:
            raise ValueError(
                "PLUGIN_AUTH: must be set (none, service_http or user_http), because other machines"
                f" can reach {self.address}"
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
        secrets = {token.get_secret_value() for token in self.service_tokens}
        if not secrets.isdisjoint(self.verification_tokens.values()):
            raise ValueError(
                "PLUGIN_VERIFICATION_TOKENS: holds a service token, and anybody can read it there"
            )
        if self.openai_apps_challenge in secrets:
            raise ValueError(
                "PLUGIN_OPENAI_APPS_CHALLENGE: is a service token, and anybody can read it there"
            )
        return self

    @property
    def address(self) -> str:
        """Where to listen, as it is told: HOST:PORT, and more of them after commas."""
        return self.bind if self.port is None else f"0.0.0.0:{self.port}"

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where to listen: each is HOST:PORT."""
        return tuple(address.strip() for address in self.address.split(","))

    @property
    def database(self) -> str:
        """The URL of the database, with its password."""
        if self.database_url is None:
            return f"sqlite:///{self.program}.db"
        return self.database_url.get_secret_value()

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return all(is_loopback(address.rpartition(":")[0]) for address in self.addresses)

    @property
    def mode(self) -> Literal["none", "service_http", "user_http"]:
        """The authentication mode in force."""
        return self.auth or "none"
