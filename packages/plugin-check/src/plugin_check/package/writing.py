"""Puts the files of a package into a directory: it is looked at first, and nothing is half done."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from ..packages import NATIVE, PORTABLE
from .errors import UnusableDirectory
from .files import is_of
from .listing import LOGO


def write_files(directory: Path, name: str, files: Mapping[str, bytes], *, force: bool) -> None:
    """Write what is not there yet; with `force` also what an earlier package of that name wrote.

    Files that are as they should be are left alone, and so is everything else in the directory.
    Raises UnusableDirectory for what is there already, and OSError.
    """
    there = dict(_there(directory, files))
    changed = [path for path, content in files.items() if there.get(path) != content]
    existing = [path for path in changed if path in there]
    if strange := [path for path in existing if not _is_ours(name, path, there)]:
        raise UnusableDirectory(
            f"{directory} has a {strange[0]} that is not of this package, {name}:"
            " choose another directory",
        )
    if existing and not force:
        raise UnusableDirectory(
            f"{directory} has this package, and {', '.join(existing)} would change:"
            " say --force to write it anew",
        )
    directory.mkdir(parents=True, exist_ok=True)
    # On the same file system, so that the files can be moved to where they belong.
    with TemporaryDirectory(prefix=".package-", dir=directory) as scratch:
        for path in changed:
            _in(Path(scratch), path).write_bytes(files[path])
        for path in changed:
            os.replace(Path(scratch, path), _in(directory, path))


def _there(directory: Path, files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """What is at the paths of those files now."""
    for path in files:
        file = directory / path
        something_else = UnusableDirectory(
            f"{directory} has something else where {path} goes: choose another directory"
        )
        try:
            # Behind a symbolic link it would be written elsewhere.
            if os.path.realpath(file) != os.path.join(os.path.realpath(directory), path):
                raise UnusableDirectory(
                    f"{directory} has a symbolic link on the way to {path}:"
                    " choose another directory"
                )
            # A named pipe, for one: reading it would wait for a writer for ever.
            if file.exists() and not file.is_file():
                raise something_else
            yield path, file.read_bytes()
        except FileNotFoundError:
            continue
        except NotADirectoryError:
            raise something_else from None


def _is_ours(name: str, path: str, there: Mapping[str, bytes]) -> bool:
    if path != LOGO:
        return is_of(name, path, there[path])
    return any(is_of(name, each, there[each]) for each in (PORTABLE, NATIVE) if each in there)


def _in(directory: Path, path: str) -> Path:
    file = directory / path
    file.parent.mkdir(parents=True, exist_ok=True)
    return file
