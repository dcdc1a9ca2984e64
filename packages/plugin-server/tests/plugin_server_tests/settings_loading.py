"""Settings from variables, and what is said of those that are refused."""

import pytest

from plugin_server.settings import Settings, explain
from plugin_server.testing.fixtures import TOKEN

OTHER_TOKEN = "p3Hd6yGf1WaEu5Ti0OqZ"
TOKENS = {"PLUGIN_AUTH": "service_http", "PLUGIN_SERVICE_TOKENS": TOKEN}


def load(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Settings()


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the line is compared
        load(monkeypatch, **variables)
    return explain(error.value)
