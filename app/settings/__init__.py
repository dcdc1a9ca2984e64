"""Every environment variable: its name, type, default and meaning. Nothing else reads them."""

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from .hosts import is_loopback
from .values import (
    Hops,
    bind_address,
    browser_origins,
    database_address,
    from_json,
    hops,
    one_word,
    public_origin,
    split,
    strong_secrets,
)

PREFIX = "PLUGIN_"
ENV_FILE = ".env"


class Settings(BaseSettings):
    """The settings. Raises pydantic's ValidationError; `explain` turns that into lines."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    bind: Annotated[str, AfterValidator(bind_address)] = Field(
        "127.0.0.1:5002", description="Address to listen on, HOST:PORT."
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
        "Unset means the request's Host.",
    )
    trusted_proxies: Annotated[Hops, NoDecode, BeforeValidator(hops)] = Field(
        Hops(0, 0),
        description="Number of proxies in front whose X-Forwarded-* headers count, "
        "or by header: proto=1,host=0.",
    )
    database_url: Annotated[SecretStr, AfterValidator(database_address)] = Field(
        SecretStr("sqlite:///todos.db"),
        description="sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/DATABASE.",
    )
    cors_origins: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(split), AfterValidator(browser_origins)
    ] = Field(
        ("https://chatgpt.com", "https://chat.openai.com"),
        description="Origins whose pages may call from a browser, separated by commas.",
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
        """Where to listen: HOST:PORT."""
        return self.bind if self.port is None else f"0.0.0.0:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the address."""
        return is_loopback(self.address.rpartition(":")[0])

    @property
    def mode(self) -> Literal["none", "service_http", "user_http"]:
        """The authentication mode in force."""
        return self.auth or "none"


class SecretFiles(PydanticBaseSettingsSource):
    """`PLUGIN_X_FILE` names a file that holds the value of X: how containers pass secrets."""

    NAMES = ("service_tokens", "verification_tokens", "database_url")

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - pydantic's signature
        return environment().get(variable(field_name) + "_FILE"), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {}
        given = environment()
        for name in self.NAMES:
            path = given.get(variable(name) + "_FILE")
            if path:
                if given.get(variable(name)):
                    raise ValueError(f"{variable(name)}: set it or {variable(name)}_FILE, not both")
                try:
                    found[name] = Path(path).read_text("utf-8").strip()
                except (OSError, UnicodeDecodeError):
                    raise ValueError(f"{variable(name)}_FILE: cannot read that file") from None
        return found


def environment() -> dict[str, str | None]:
    """Every variable: those of the environment, then those of `.env`."""
    return {**dotenv_values(ENV_FILE), **os.environ}


def variable(field: str) -> str:
    """The environment variable of a field."""
    return "PORT" if field == "port" else PREFIX + field.upper()


def explain(error: ValueError) -> str:
    """One line that names the variable and what is wrong, and never its value."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return message
    name = str(first["loc"][0])
    return f"{variable(name) if name in Settings.model_fields else name}: {message}"


def unknown_variables(names: Iterable[str]) -> list[str]:
    """A sentence for each PLUGIN_* name that means nothing here, with the nearest that does."""
    known = [name.upper() for name in Settings.model_fields if name != "port"]
    known += [name.upper() + "_FILE" for name in SecretFiles.NAMES]
    sentences = []
    for name in sorted(names):
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in known:
            nearest = difflib.get_close_matches(name.removeprefix(PREFIX), known, n=1)
            hint = f"; did you mean {PREFIX}{nearest[0]}?" if nearest else ""
            sentences.append(f"{name} is not a setting{hint}")
    return sentences


def shown(settings: Settings) -> list[str]:
    """Each variable with its value, as `NAME=value`; secrets are masked."""
    lines = []
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if isinstance(value, Hops):
            value = ",".join(f"{header}={count}" for header, count in value._asdict().items())
        elif isinstance(value, tuple):
            value = ",".join(map(str, value))
        lines.append(f"{variable(name)}={'' if value is None else value}")
    return lines
