"""Fixtures: a fresh database of each kind, for what knows no plugin."""

import os
from pathlib import Path

import pytest

pytest_plugins = ["plugin_server.testing.fixtures"]


@pytest.fixture(autouse=True)
def _nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable and no .env of a developer is read."""
    for name in os.environ:
        if name.startswith("PLUGIN_") or name == "PORT":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an empty SQLite database."""
    return f"sqlite:///{tmp_path}/things.db"
