"""The made project depends on the library from where this one was installed (PEP 610)."""

import json
import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from plugin_server.scaffold import source
from plugin_server.scaffold.names import Names
from plugin_server.scaffold.project import project_files

NAMES = Names("my-notes", "My notes", "Notes.", "me@example.org")


class Installed:
    """A distribution, as importlib.metadata has it."""

    def __init__(self, version: str, direct_url: dict[str, Any] | None) -> None:
        self.version = version
        self._direct_url = direct_url

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return json.dumps(self._direct_url) if self._direct_url else None


def project(monkeypatch: pytest.MonkeyPatch, **installed: Installed) -> dict[str, str]:
    """The texts of the project that is made where these are installed."""

    def distribution(name: str) -> Installed:
        try:
            return installed[name.replace("-", "_")]
        except KeyError:
            raise PackageNotFoundError from None

    monkeypatch.setattr(source, "distribution", distribution)
    files = project_files(NAMES, source.source_of_the_library())
    return {name: text.decode() for name, text in files.items() if name != "logo.png"}


def requirements(files: dict[str, str]) -> dict[str, list[str]]:
    said = tomllib.loads(files["pyproject.toml"])["project"]
    return {"": said["dependencies"], **said["optional-dependencies"]}


def test_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    files = project(monkeypatch, plugin_server=Installed("1.4.2", None))
    assert requirements(files) == {
        "": ["plugin-server[uvicorn]>=1.4.2,<2"],
        "postgres": ["plugin-server[postgres]>=1.4.2,<2"],
        "redis": ["plugin-server[redis]>=1.4.2,<2"],
        "oauth": ["plugin-server[oauth]>=1.4.2,<2"],
        "test": ["plugin-server[testing]>=1.4.2,<2", "plugin-check"],
    }
    assert "pip install --upgrade plugin-server && pytest" in files["README.md"]
    assert "--from=library" not in files["Dockerfile"]
    assert "build: .\n" in files["compose.yaml"]
    assert "docker build ." in files[".github/workflows/ci.yml"]


def test_a_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its siblings are at the same commit, not at an index where anybody may have their names."""
    said = {
        "url": "https://git.example/todo.git",
        "vcs_info": {"vcs": "git", "commit_id": "abc123", "requested_revision": "main"},
        "subdirectory": "packages/plugin-server",
    }
    files = project(monkeypatch, plugin_server=Installed("1.4.2", said))
    place = "git+https://git.example/todo.git@abc123#subdirectory=packages"
    fetch = f"guarded-fetch @ {place}/guarded-fetch"
    assert requirements(files) == {
        "": [f"plugin-server[uvicorn] @ {place}/plugin-server"],
        "postgres": [f"plugin-server[postgres] @ {place}/plugin-server"],
        "redis": [f"plugin-server[redis] @ {place}/plugin-server"],
        "oauth": [f"plugin-server[oauth] @ {place}/plugin-server", fetch],
        "test": [
            f"plugin-server[testing] @ {place}/plugin-server",
            f"plugin-check @ {place}/plugin-check",
            fetch,
        ],
    }


def test_a_file_of_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    at = "https://files.example"
    wheel = {"url": f"{at}/plugin_server-1-py3-none-any.whl", "archive_info": {}}
    check = {"url": f"{at}/plugin_check-1-py3-none-any.whl", "archive_info": {}}
    files = project(
        monkeypatch, plugin_server=Installed("1", wheel), plugin_check=Installed("1", check)
    )
    assert requirements(files)["test"] == [
        f"plugin-server[testing] @ {at}/plugin_server-1-py3-none-any.whl",
        f"plugin-check @ {at}/plugin_check-1-py3-none-any.whl",
    ]


def test_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The image finds it at the same place, and the siblings that are beside it."""
    folder = tmp_path / "my packages"
    for name in ("plugin-server", "guarded-fetch"):
        (folder / name).mkdir(parents=True)
    said = {"url": (folder / "plugin-server").as_uri(), "dir_info": {"editable": True}}
    files = project(monkeypatch, plugin_server=Installed("1", said))
    assert requirements(files)["oauth"] == [
        f"plugin-server[oauth] @ {folder.as_uri()}/plugin-server",
        f"guarded-fetch @ {folder.as_uri()}/guarded-fetch",
    ]
    assert requirements(files)["test"][1] == "plugin-check"
    copied = [line for line in files["Dockerfile"].splitlines() if "--from=library" in line]
    assert copied == [
        f'COPY --from=library ["plugin-server", "{folder}/plugin-server"]',
        f'COPY --from=library ["guarded-fetch", "{folder}/guarded-fetch"]',
    ]
    assert f'additional_contexts: {{library: "{folder}"}}' in files["compose.yaml"]
    assert f"docker build --build-context library='{folder}' ." in files[".github/workflows/ci.yml"]
    place = f"{folder.as_uri()}/plugin-server"
    upgrade = f"pip install --force-reinstall --no-deps 'plugin-server @ {place}'"
    # The second brings what the library has come to depend on.
    assert f"\n{upgrade} && pip install --editable '.[test]' && pytest\n" in files["README.md"]
