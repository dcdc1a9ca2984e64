"""The variables that say where to listen and who may call."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from .hosts import is_loopback
from .sources import ENV_FILE, PREFIX, SecretFiles
from .values import bind_addresses, from_json, one_word, public_address, split, strong_secrets


class AccessSettings(BaseSettings):
    """The first part of the settings; oauth.py and variables.py have the others."""

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
    auth: Literal["none", "service_http", "user_http", "oauth"] | None = Field(
        None,
        description="Who may call: none, service_http, user_http or oauth. "
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
    public_url: Annotated[str | None, AfterValidator(public_address)] = Field(
        None,
        description="The address in manifest and contract, such as https://todo.example.org or "
        "https://example.org/plugin. Unset means the request's Host. "
        "Mode none answers under its host, localhost and addresses only.",
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

    @property
    def address(self) -> str:
        """Where to listen, as it is told: HOST:PORT, and more of them after commas."""
        return self.bind if self.port is None else f"0.0.0.0:{self.port}"

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where to listen: each is HOST:PORT."""
        return tuple(address.strip() for address in self.address.split(","))

    @property
    def public_origin(self) -> str | None:
        """The public address without its path."""
        return self.public_url and self.public_url.removesuffix(self.public_path)

    @property
    def public_path(self) -> str:
        """The path of the public address, which begins with a slash; empty where it has none."""
        _, slash, path = (self.public_url or "").partition("://")[2].partition("/")
        return slash + path

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return all(is_loopback(address.rpartition(":")[0]) for address in self.addresses)

    @property
    def mode(self) -> Literal["none", "service_http", "user_http", "oauth"]:
        """The authentication mode in force."""
        return self.auth or "none"
