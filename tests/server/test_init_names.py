"""What `plugin-server init` takes for a name, and that any text is safe in the files."""

import ast
import json
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from plugin_server.__main__ import main

from .made_projects import CONTRACTS, files_of, init, made

UNUSUAL = ['"""', "C:\\new \\N", "\\", 'say """ and \\N', "'''", "@title@ {x} $y %s", 'ends in "']


@pytest.mark.parametrize("contract", [None, CONTRACTS[0]], ids=["example", "contract"])
@pytest.mark.parametrize("name", UNUSUAL)
def test_any_text_is_safe_in_every_file(tmp_path: Path, name: str, contract: Path | None) -> None:
    texts = ("--name", name, "--description", name)
    project = made(
        tmp_path / "my-notes", *texts, *(("--from-openapi", str(contract)) if contract else ())
    )
    files = files_of(project)
    for place, text in files.items():
        if place.endswith(".py"):
            ast.parse(text)
    said = ast.get_docstring(ast.parse(files["my_notes/__init__.py"])) or ""
    assert said.startswith(f"{name}: ")
    assert tomllib.loads(files["pyproject.toml"])["project"]["description"] == name
    assert json.loads(files["ai-plugin.json"])["name_for_human"] == name
    assert yaml.safe_load(files["openapi.yaml"])["info"]["title"]


def test_the_title_of_a_contract_is_safe_too(tmp_path: Path) -> None:
    file = tmp_path / "contract.json"
    info = {"title": 'say """ and \\N', "version": "1"}
    paths = {"/a": {"get": {"operationId": "getA", "responses": {"200": {"description": "A"}}}}}
    file.write_text(json.dumps({"openapi": "3.0.3", "info": info, "paths": paths}))
    project = made(tmp_path / "made-of-it", "--from-openapi", str(file))
    said = ast.get_docstring(ast.parse((project / "made_of_it/__init__.py").read_text())) or ""
    assert said.startswith('say """ and \\N: ')


@pytest.mark.parametrize(
    "name",
    [
        *("mcp", "yaml", "click", "flask", "jinja2", "httpx", "anyio", "uvicorn", "limits"),
        *("markupsafe", "pytest", "psycopg", "redis", "pip", "setuptools", "argon2", "Aiohttp"),
        *("typing-extensions", "quart-cors", "authlib", "uvloop", "psycopg-pool"),
    ],
)
def test_the_name_of_another_package_is_refused(tmp_path: Path, name: str) -> None:
    ran = init(tmp_path / name)
    package = name.replace("-", "_").lower()
    told = f"plugin-server: a package of Python cannot be called {package}: it is another's name"
    assert (ran.exit_code, ran.output.splitlines()[-1]) == (2, told)
    assert not (tmp_path / name).exists()


def test_a_project_that_is_installed_from_there_keeps_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one that is made again after its files were deleted."""
    project = tmp_path / "my-notes"
    about = tmp_path / "installed/my_notes-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: my-notes\nVersion: 1\n")
    (about / "top_level.txt").write_text("my_notes\n")
    monkeypatch.syspath_prepend(tmp_path / "installed")
    assert "cannot be called my_notes" in init(project).output
    (about / "direct_url.json").write_text(json.dumps({"url": project.as_uri(), "dir_info": {}}))
    assert "cannot be called my_notes" in init(tmp_path / "elsewhere/my-notes").output
    assert init(project).exit_code == 0


@pytest.mark.parametrize("directory", ["_x", "x_", ".x", "a\nb", "a\tb", "x-"])
def test_a_directory_whose_name_is_no_command_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, directory: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(main, ["init", directory])
    told = f"plugin-server: the directory's name {directory!r} cannot be that of a command: it must"
    assert ran.exit_code == 2
    assert ran.output.splitlines()[-1].startswith(told)
    assert list(tmp_path.iterdir()) == []
