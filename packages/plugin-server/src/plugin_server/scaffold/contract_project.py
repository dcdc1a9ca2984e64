"""The files of a project for a contract that exists."""

import re
from collections.abc import Iterable

from ..documents import dump_yaml
from ..http.models import LARGEST_NUMBER
from .names import Names
from .openapi.cleaning import Cleaned
from .openapi.code import NULL, models_code, operations_of, routes_code, store_code
from .project import filled_in, project_files, project_places, values
from .source import Source

# Which of the example's files have others in their places; `*` is the package.
PLACES = {
    "README.openapi.md": "README.md",
    "__init__.openapi.py": "*/__init__.py",
    "models.openapi.py": "*/models.py",
    "routes.openapi.py": "*/routes.py",
    "store.openapi.py": "*/store.py",
    "test_plugin.openapi.py": "tests/test_plugin.py",
}
READERS = ("answer", "database", "json_body", "no_content", "owner", "parameters", "whole_body")


INTEGER = f"""# Every reader of JSON keeps these exactly (RFC 8259 section 6).
Integer = Annotated[int, Field(ge=-{LARGEST_NUMBER}, le={LARGEST_NUMBER})]"""


EXAMPLE = "*/migrations/0001_notes.sql"


def contract_places(package: str) -> list[str]:
    """The paths of those files."""
    own = [place.replace("*", package) for place in PLACES.values()]
    places = dict.fromkeys([*project_places(package), *own])
    return [each for each in places if each != EXAMPLE.replace("*", package)]


def contract_files(names: Names, source: Source, cleaned: Cleaned) -> dict[str, bytes]:
    """The files of a project that promises what the contract says, each by its path."""
    files = project_files(names, source)
    del files[EXAMPLE.replace("*", names.package)]
    texts = {place: values(names, source) | own for place, own in _code(cleaned).items()}
    for template, place in PLACES.items():
        filled = filled_in(template, texts.get(template, values(names, source)))
        files[place.replace("*", names.package)] = filled.encode()
    files["openapi.yaml"] = dump_yaml(cleaned.contract)
    return files


def _code(cleaned: Cleaned) -> dict[str, dict[str, str]]:
    """What stands in the templates of code."""
    operations = operations_of(cleaned.contract)
    models, routes, store = models_code(operations), routes_code(operations), store_code(operations)
    return {
        "models.openapi.py": {"code": models.strip(), "imports": _imports(models)},
        "routes.openapi.py": {
            "code": routes.strip(),
            "readers": ", ".join(_used(READERS, routes)),
            "modules": ", ".join(_used(("models", "store"), routes)),
        },
        "store.openapi.py": {
            "code": store.strip(),
            "modules": "\nfrom . import models\n" if _used(("models",), store) else "",
        },
    }


def _used(names: Iterable[str], code: str) -> list[str]:
    return [name for name in names if re.search(rf"\b{name}[(.]", code)]


def _needs(models: str, name: str) -> bool:
    return f"{name}[" in models or (name == "Annotated" and "Integer" in models)


def _imports(models: str) -> str:
    typing = [name for name in ("Annotated", "Literal") if _needs(models, name)]
    lines = [f"from typing import {', '.join(typing)}\n"] if typing else []
    library = [NULL] if f", {NULL}]" in models else []
    library += ["Model"] if "(Model)" in models else []
    lines += [f"from plugin_server import {', '.join(library)}"] if library else []
    lines += ["from pydantic import Field"] if "Field(" in models or "Integer" in models else []
    if "Integer" in models:
        lines += ["", INTEGER]
    return "\n".join(lines)
