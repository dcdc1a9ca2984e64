"""What compose.yaml says, with its variables as they are when nobody sets them."""

import re
from typing import Any

import yaml

from tests.running import PROJECT

_VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")


def composition() -> dict[str, Any]:
    """The whole file."""
    text = (PROJECT / "compose.yaml").read_text()
    found: dict[str, Any] = yaml.safe_load(_VARIABLE.sub(r"\2", text))
    return found


def services() -> dict[str, dict[str, Any]]:
    """Each service by its name."""
    found: dict[str, dict[str, Any]] = composition()["services"]
    return found


def app_variables() -> dict[str, str]:
    """The settings that a replica gets."""
    return {name: str(value) for name, value in services()["app"]["environment"].items()}
