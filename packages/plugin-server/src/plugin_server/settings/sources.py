"""Where values come from: the environment, `.env`, and files that hold secrets."""

import os
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

PREFIX = "PLUGIN_"
ENV_FILE = ".env"


class SecretFiles(PydanticBaseSettingsSource):
    """`PLUGIN_X_FILE` names a file that holds the value of X: how containers pass secrets."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - pydantic's signature
        return environment().get(variable(field_name) + "_FILE"), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {}
        given = environment()
        for name in fields_from_files(self.settings_cls):
            path = given.get(variable(name) + "_FILE")
            if path:
                if given.get(variable(name)):
                    raise ValueError(f"{variable(name)}: set it or {variable(name)}_FILE, not both")
                try:
                    found[name] = Path(path).read_text("utf-8").strip()
                except (OSError, UnicodeDecodeError):
                    raise ValueError(f"{variable(name)}_FILE: cannot read that file") from None
        return found


class ArgumentsAlone:
    """Before Settings among the bases: without the environment, `.env` and secrets in files."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def fields_from_files(settings: type[BaseSettings]) -> list[str]:
    """The fields whose value may come from a file: the secrets, and tokens given by hosts."""
    return [
        name
        for name, field in settings.model_fields.items()
        if "SecretStr" in repr(field.annotation) or name == "verification_tokens"
    ]


def environment() -> dict[str, str | None]:
    """Every variable: those of the environment, then those of `.env`."""
    return {**dotenv_values(ENV_FILE), **os.environ}


def variable(field: str) -> str:
    """The environment variable of a field."""
    return "PORT" if field == "port" else PREFIX + field.upper()
