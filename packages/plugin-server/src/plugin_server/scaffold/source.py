"""Where this library was installed from, as a project that depends on it says so.

https://packaging.python.org/en/latest/specifications/direct-url/ (PEP 610): an installation from
anywhere but an index keeps the URL in direct_url.json.
"""

import json
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

LIBRARY = "plugin-server"
# They are in the same repository, and come from where the library does.
SIBLINGS = ("guarded-fetch", "plugin-check")


class Source(NamedTuple):
    """`kind` is `index`, `url` or `folder`. `urls` has the URL of each package, but for an index;
    `version` is the library's.
    """

    kind: str
    version: str
    urls: dict[str, str]

    def requirement(self, name: str, *extras: str) -> str:
        """The package as a requirement (PEP 508)."""
        wanted = f"{name}[{','.join(extras)}]" if extras else name
        if name in self.urls:
            return f"{wanted} @ {self.urls[name]}"
        if name != LIBRARY or not self.version:
            return wanted
        return f"{wanted}>={self.version},<{int(self.version.partition('.')[0]) + 1}"

    @property
    def folder(self) -> Path | None:
        """The folder with the packages, where they were installed from one."""
        if self.kind != "folder":
            return None
        return Path(unquote(urlsplit(self.urls[LIBRARY]).path)).parent


def source_of_the_library() -> Source:
    """Where the library was installed from."""
    try:
        installed = distribution(LIBRARY)
    except PackageNotFoundError:
        return Source("index", "", {})
    said = direct_url(installed)
    if said is None:
        return Source("index", installed.version, {})
    urls = {LIBRARY: _url(said)}
    for name in SIBLINGS:
        sibling = _installed(name) or _beside(said, name)
        if sibling is not None:
            urls[name] = _url(sibling)
    return Source("folder" if _is_folder(said) else "url", installed.version, urls)


def direct_url(installed: Distribution) -> dict[str, Any] | None:
    """What its direct_url.json says; None where it came from an index."""
    text = installed.read_text("direct_url.json")
    said: dict[str, Any] | None = json.loads(text) if text else None
    return said


def _installed(name: str) -> dict[str, Any] | None:
    try:
        return direct_url(distribution(name))
    except PackageNotFoundError:
        return None


def _beside(said: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Where a sibling is that is not installed; None where it cannot be told."""
    if "subdirectory" in said:
        return {**said, "subdirectory": _swapped(said["subdirectory"], name)}
    if _is_folder(said):
        url = _swapped(said["url"], name)
        return {**said, "url": url} if Path(unquote(urlsplit(url).path)).is_dir() else None
    return None


def _swapped(path: str, name: str) -> str:
    return f"{path.rstrip('/').rpartition('/')[0]}/{name}".lstrip("/" if path[:1] != "/" else "")


def _is_folder(said: dict[str, Any]) -> bool:
    return "dir_info" in said


def _url(said: dict[str, Any]) -> str:
    """As a requirement has it: the exact commit of a repository, and the folder in it."""
    url: str = said["url"]
    vcs = said.get("vcs_info")
    if vcs:
        url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    return f"{url}#subdirectory={said['subdirectory']}" if "subdirectory" in said else url
