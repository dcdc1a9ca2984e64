"""The shape of the code: who may import whom, short files, no forgotten room on the map."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .server import PROJECT

APP = PROJECT / "app"
CHECK = PROJECT / "packages/plugin-check/src/plugin_check"
LINES = 250
PARTS = sorted({path.relative_to(APP).parts[0].removesuffix(".py") for path in APP.rglob("*.py")})

# A part may import the parts beside it; None is everything.
ALLOWED: dict[str, set[str] | None] = {
    "__init__": set(),
    "__main__": {
        "check",
        "maintenance",
        "main",
        "settings",
        "serving",
        "storage",
        "documents",
        "auth",
        "limits",
        "logs",
        "metrics",
    },
    "check": {"documents", "settings"},
    "main": None,
    "maintenance": {"auth", "networks", "serving", "settings", "storage"},
    "settings": set(),
    "errors": set(),
    "tags": set(),
    "storage": set(),
    "seldom": set(),
    "serving": {"errors", "http", "main", "seldom", "settings"},
    "networks": {"settings"},
    "documents": {"settings"},
    "logs": {"http", "settings"},
    "metrics": {"http"},
    "wellknown": {"documents", "http", "storage"},
    "http": {"errors", "main", "settings", "tags"},
    "mcp": {"auth", "documents", "errors", "http", "main", "settings"},
    "auth": {"errors", "http", "limits", "settings", "storage"},
    "limits": {"errors", "http", "seldom", "settings"},
    "todos": {"auth", "errors", "http", "storage", "tags"},
}


def imported_parts(file: Path) -> set[str]:
    """The parts of app that a file imports at run time or for its types."""
    package = ("app", *file.relative_to(APP).parts[:-1])
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
            names = [alias.name for alias in node.names]
            found |= {base[1]} if base[1:] != [""] and base[1:] else set(names)
    return found - {""}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_imports_only_what_it_may(part: str) -> None:
    files = [APP / f"{part}.py"] if (APP / f"{part}.py").exists() else (APP / part).rglob("*.py")
    allowed = ALLOWED[part]
    for file in files:
        strangers = imported_parts(file) - {part}
        assert allowed is None or strangers <= allowed, f"{file.name} imports {strangers}"


def imported_packages(file: Path) -> set[str]:
    """What a file imports from outside of its own package, by the first name."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module).partition(".")[0])
    return found


def test_plugin_check_imports_nothing_but_what_it_is_installed_with() -> None:
    imported = {name for file in CHECK.rglob("*.py") for name in imported_packages(file)}
    project = tomllib.loads((CHECK.parents[1] / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[^\w-]", each)[0] for each in project["dependencies"]}
    modules = {"pyyaml": "yaml"}
    needed = {modules.get(name, name.replace("-", "_")) for name in named}
    assert imported - sys.stdlib_module_names == needed


def test_only_the_verbs_import_plugin_check_and_only_when_they_run() -> None:
    importing = [file for file in APP.rglob("*.py") if "plugin_check" in imported_packages(file)]
    assert importing == [APP / "check.py"]
    for statement in ast.parse(importing[0].read_text()).body:
        if not isinstance(statement, ast.FunctionDef):
            assert "plugin_check" not in ast.unparse(statement)


def test_the_store_imports_no_http() -> None:
    assert imported_parts(APP / "todos" / "store.py") == {"errors", "storage", "tags"}


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        str(file.relative_to(APP))
        for file in APP.rglob("*.py")
        if re.search(r"\bos\.environ(?!\.setdefault)|\bgetenv\(", file.read_text())
    }
    assert readers <= {"settings/sources.py"}


def test_the_map_names_every_part() -> None:
    text = (APP / "__init__.py").read_text()
    folders = {path.name for path in APP.iterdir() if path.is_dir() and path.name[0] != "_"}
    on_the_map = set(re.findall(r"^(\w+)  +", text, re.MULTILINE))
    assert on_the_map == {part for part in PARTS if part != "__init__"} | folders


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return [PROJECT / name for name in listed.stdout.split()]


def test_no_file_is_longer_than_a_sitting() -> None:
    long = {
        str(file.relative_to(PROJECT)): count
        for file in tracked_files()
        if file.exists() and (count := len(file.read_text().splitlines())) > LINES
    }
    assert long == {}


def test_the_domain_is_small() -> None:
    domain = [file for file in (APP / "todos").rglob("*") if file.suffix in (".py", ".sql")]
    assert sum(len(file.read_text().splitlines()) for file in domain) <= LINES


def test_the_domain_word_stays_in_the_domain() -> None:
    """A fork changes the domain's folder and one line of main; the rest knows no todos."""
    knowing = {
        str(file.relative_to(APP))
        for file in APP.rglob("*.py")
        if re.search(r"\btodos\b(?!\.db|/0001)", file.read_text()) and "todos" not in file.parts
    }
    assert knowing <= {"main.py", "__init__.py"}
