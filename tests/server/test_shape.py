"""The shape of the code: who may import whom, short files, maps that are complete."""

import ast
import re
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.running import PROJECT

APP = PROJECT / "app"
SERVER = PROJECT / "packages/plugin-server/src/plugin_server"
CHECK = PROJECT / "packages/plugin-check/src/plugin_check"
FETCH = PROJECT / "packages/guarded-fetch/src/guarded_fetch"
LINES = 250
APP_LINES = 550
# Where a dependency is imported under another name than it is installed by.
MODULES = {
    "pyyaml": {"yaml"},
    "quart": {"quart", "werkzeug", "jinja2", "markupsafe"},
    "mcp": {"mcp", "mcp_types", "anyio"},
    "pydantic": {"pydantic", "pydantic_core"},
    "pydantic-settings": {"pydantic_settings", "dotenv"},
    "psycopg[binary,pool]": {"psycopg", "psycopg_pool"},
    "argon2-cffi": {"argon2"},
    "aiohttp": {"aiohttp", "yarl"},
}
# What is imported where it is installed, and h11, which hypercorn brings.
OPTIONAL = {"redis", "uvicorn", "uvloop"}


def parts(package: Path) -> list[str]:
    """The modules and packages at the top of a package."""
    names = {file.relative_to(package).parts[0].removesuffix(".py") for file in sources(package)}
    return sorted(names - {"__init__"})


def sources(package: Path) -> list[Path]:
    return sorted(package.rglob("*.py"))


def imported(file: Path, package: Path) -> set[str]:
    """Every module that a file imports, by its whole name; at run time or for types."""
    inside = (package.name, *file.relative_to(package).parts[:-1])
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = list(inside[: len(inside) - node.level + 1]) if node.level else []
            base += node.module.split(".") if node.module else []
            found |= {".".join([*base, alias.name]) for alias in node.names}
    return found


def from_outside(package: Path) -> set[str]:
    """What the package's files import that is neither theirs nor the standard library's."""
    tops = {name.partition(".")[0] for file in sources(package) for name in imported(file, package)}
    return tops - sys.stdlib_module_names - {package.name}


def dependencies(package: Path) -> set[str]:
    project = tomllib.loads((package.parents[1] / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    named = list(project["dependencies"])
    for extra in ("postgres", "oauth", "proxy", "testing"):
        named += extras.get(extra, [])
    names = {re.split(r"[<>=; ]", each)[0] for each in named}
    return {module for name in names for module in MODULES.get(name, {name.replace("-", "_")})}


def test_the_plugin_imports_the_library_quart_and_pydantic() -> None:
    assert from_outside(APP) == {"plugin_server", "pydantic", "quart"}


def test_the_library_imports_nothing_but_what_it_is_installed_with() -> None:
    assert from_outside(SERVER) <= {*dependencies(SERVER), *OPTIONAL, "plugin_check"}


def test_the_checker_imports_nothing_but_what_it_is_installed_with() -> None:
    assert from_outside(CHECK) == dependencies(CHECK)


def test_what_asks_other_servers_imports_nothing_but_what_it_is_installed_with() -> None:
    assert from_outside(FETCH) == dependencies(FETCH)


def test_only_verbs_and_tests_of_plugins_use_the_checker_and_only_when_they_run() -> None:
    importing = {
        str(file.relative_to(SERVER)): file
        for file in sources(SERVER)
        if any(name.startswith("plugin_check") for name in imported(file, SERVER))
    }
    assert importing.keys() == {"cli/checking.py"}
    for statement in ast.parse(importing["cli/checking.py"].read_text()).body:
        if not isinstance(statement, ast.FunctionDef):
            assert "plugin_check" not in ast.unparse(statement)


def test_no_part_of_the_library_imports_one_that_imports_it() -> None:
    graph: dict[str, set[str]] = {part: set() for part in parts(SERVER)}
    for file in sources(SERVER):
        part = file.relative_to(SERVER).parts[0].removesuffix(".py")
        if part == "__init__":
            continue
        names = (name.split(".") for name in imported(file, SERVER))
        graph[part] |= {name[1] for name in names if name[0] == SERVER.name and name[1] in graph}
    # Raises CycleError, which names the parts.
    list(
        TopologicalSorter({part: others - {part} for part, others in graph.items()}).static_order()
    )


def test_the_store_imports_no_http() -> None:
    names = imported(APP / "todos" / "store.py", APP)
    assert {name for name in names if name.startswith(("quart", "plugin_server.http"))} == set()


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        str(file.relative_to(package))
        for package in (APP, SERVER)
        for file in sources(package)
        if re.search(r"\bos\.environ(?!\.setdefault)|\bgetenv\(", file.read_text())
    }
    # The fixtures are asked which server to test on.
    assert readers - {"testing/fixtures.py", "testing/postgres_programs.py"} == {
        "settings/sources.py"
    }


@pytest.mark.parametrize("package", [APP, SERVER, FETCH])
def test_the_map_names_every_part(package: Path) -> None:
    text = (package / "__init__.py").read_text()
    on_the_map = set(re.findall(r"^(\w+)  +\w", text.partition("\n\n")[2], re.MULTILINE))
    assert on_the_map - {"templates"} == set(parts(package))


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


def test_the_plugin_is_small() -> None:
    files = [file for file in APP.rglob("*") if file.suffix in (".py", ".sql", ".html")]
    assert sum(len(file.read_text().splitlines()) for file in files) < APP_LINES


def test_the_words_of_the_domain_stay_in_the_plugin() -> None:
    knowing = [
        str(file.relative_to(SERVER))
        for file in SERVER.rglob("*")
        if file.suffix in (".py", ".sql", ".html")
        and re.search(r"\btodos?\b(?!\.example)|\bTodo", file.read_text())
    ]
    assert knowing == []
