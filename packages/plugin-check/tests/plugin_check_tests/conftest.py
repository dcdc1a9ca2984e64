"""Plugins in folders."""

from pathlib import Path

import pytest

from .parts import Parts


@pytest.fixture
def plants(tmp_path: Path) -> Path:
    """A plugin in a folder that every host would accept."""
    (tmp_path / "plants").mkdir()
    return Parts().write(tmp_path / "plants")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The same with a comma too many in its manifest."""
    parts = Parts(files={"ai-plugin.json": b'{\n  "schema_version": "v1",\n}\n'})
    (tmp_path / "broken").mkdir()
    return parts.write(tmp_path / "broken")


@pytest.fixture
def advised(tmp_path: Path) -> Path:
    """The same with a name that is longer than the later text allows: a warning."""
    parts = Parts()
    parts.manifest["name_for_human"] = "Plants and everything else"
    (tmp_path / "advised").mkdir()
    return parts.write(tmp_path / "advised")
