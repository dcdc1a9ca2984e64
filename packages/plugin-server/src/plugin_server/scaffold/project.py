"""The files of a project: templates, in which `@name@` stands for what differs."""

import json
import os
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

from .logo import logo
from .names import Names
from .source import LIBRARY, Source

TEMPLATES = Path(__file__).parent / "templates"
_PLACE = re.compile(r"@([a-z_]+)@")

# Where each template goes; `*` is the package.
PLACES = {
    ".env.example": ".env.example",
    ".gitignore": ".gitignore",
    "0001_notes.sql": "*/migrations/0001_notes.sql",
    "Dockerfile": "Dockerfile",
    "README.md": "README.md",
    "__init__.py": "*/__init__.py",
    "ai-plugin.json": "ai-plugin.json",
    "ci.yml": ".github/workflows/ci.yml",
    "compose.yaml": "compose.yaml",
    "openapi.yaml": "openapi.yaml",
    "pyproject.toml": "pyproject.toml",
    "routes.py": "*/routes.py",
    "store.py": "*/store.py",
    "test_plugin.py": "tests/test_plugin.py",
}
LOGO = "logo.png"

CI_NOTE = """
      # The library is in a folder, which no runner has: depend on a release, or on a commit
      # (plugin-server @ git+https://...), before this can work."""


class UnusableDirectory(Exception):
    """A directory that no project can be written to; the text says why."""


def project_places(package: str) -> list[str]:
    """The paths of those files."""
    return [*(place.replace("*", package) for place in PLACES.values()), LOGO]


def project_files(names: Names, source: Source) -> dict[str, bytes]:
    """The files of a project with an example in it, each by its path."""
    texts = values(names, source)
    files = {
        place.replace("*", names.package): filled_in(template, texts).encode()
        for template, place in PLACES.items()
    }
    return {**files, LOGO: logo(names.title)}


def filled_in(template: str, texts: Mapping[str, str]) -> str:
    """The template of that name with the texts in their places."""
    text = (TEMPLATES / f"{template}.in").read_text("utf-8")
    return _PLACE.sub(lambda found: texts[found[1]], text)


def values(names: Names, source: Source) -> dict[str, str]:
    """What stands in the templates' places."""
    folder = source.folder
    upgrade = [source.requirement(LIBRARY)] if source.kind != "index" else [LIBRARY]
    for_model = f"Plugin for {names.title}: {names.description}"
    texts = names._asdict() | {
        "package": names.package,
        "model_name": names.command.replace("-", ""),
        "for_model": for_model,
    }
    in_docstring = names.title.replace("\\", "\\\\").replace('"', '\\"')
    context = f"--build-context library={shlex.quote(str(folder))}"
    return {
        **texts,
        "title_in_docstring": in_docstring,
        **{f"{name}_json": json.dumps(text, ensure_ascii=False) for name, text in texts.items()},
        **_requirements(source),
        "build": f"{{context: ., additional_contexts: {{library: {json.dumps(str(folder))}}}}}"
        if folder
        else ".",
        "build_context": f" {context}" if folder else "",
        "copy_library": _copies(source, folder) if folder else "",
        "ci_note": CI_NOTE if folder else "",
        "upgrade": f"pip install --upgrade {' '.join(upgrade)}"
        if not folder
        else f"pip install --force-reinstall --no-deps {shlex.quote(*upgrade)}"
        " && pip install --editable '.[test]'",
    }


def _requirements(source: Source) -> dict[str, str]:
    """The lists of pyproject.toml. Where the siblings have URLs, these stand beside the library's:
    an index may have something else under their names.
    """
    fetch = [source.requirement("guarded-fetch")] if "guarded-fetch" in source.urls else []
    lists = {
        "plugin_server": [source.requirement(LIBRARY, "uvicorn")],
        "postgres": [source.requirement(LIBRARY, "postgres")],
        "redis": [source.requirement(LIBRARY, "redis")],
        "oauth": [source.requirement(LIBRARY, "oauth"), *fetch],
        "test": [
            source.requirement(LIBRARY, "testing"),
            source.requirement("plugin-check"),
            *fetch,
        ],
    }
    return {name: ", ".join(map(json.dumps, each)) for name, each in lists.items()}


def _copies(source: Source, folder: Path) -> str:
    """Lines of the Dockerfile that put the library where the requirements say that it is."""
    names = [name for name in (LIBRARY, "guarded-fetch") if name in source.urls]
    return "".join(
        f"COPY --from=library {json.dumps([name, f'{folder}/{name}'])}\n" for name in names
    )


def write(directory: Path, files: Mapping[str, bytes]) -> None:
    """Write the files, all or none: raises UnusableDirectory where one would replace another, or
    cannot be written.
    """
    require_room(directory, files)
    with ExitStack() as undoing:
        for name, content in files.items():
            file = directory / name
            try:
                _write(file, content, undoing)
            except OSError as error:
                raise UnusableDirectory(
                    f"{file}: cannot be written: {error.strerror}: nothing was written"
                ) from None
        undoing.pop_all()


def _write(file: Path, content: bytes, undoing: ExitStack) -> None:
    """Write it and the folders that it needs; the stack takes them back."""
    for folder in reversed([each for each in file.parents if not each.exists()]):
        folder.mkdir()
        undoing.callback(_try, folder.rmdir)
    undoing.callback(_try, partial(os.truncate, file, 0) if file.exists() else file.unlink)
    file.write_bytes(content)


def _try(action: Callable[[], None]) -> None:
    with suppress(OSError):
        action()


def require_room(directory: Path, names: Iterable[str]) -> None:
    """Raises UnusableDirectory where a file of such a name would replace another."""
    for name in names:
        _require_room(directory, directory / name)


def _require_room(directory: Path, file: Path) -> None:
    for folder in reversed(file.parents):
        inside = folder == directory or directory in folder.parents
        if os.path.lexists(folder) and not folder.is_dir():
            raise UnusableDirectory(f"{folder} is there already, and is no directory")
        if inside and folder.is_symlink() and folder != directory:
            raise UnusableDirectory(f"{folder} is a link to another place")
    if not os.path.lexists(file):
        return
    if file.is_symlink() or not file.is_file() or file.stat().st_size:
        raise UnusableDirectory(f"{file} is there already, and is not empty: nothing was written")
