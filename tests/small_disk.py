"""A file system with little room: a tmpfs, mounted by root, or by anybody in a space of their own.

Where nobody may mount, a limit on the size of the server's files is the next best thing.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

MOUNT = 'mount -t tmpfs -o size="$0",mode=0777 tmpfs "$1" && shift && exec "$@"'


class SmallDisk:
    """`prefix` is the command before that of a process which is to see it, at `folder`."""

    def __init__(self, folder: Path, size: str) -> None:
        self.folder = folder
        space = "-m" if os.geteuid() == 0 else "-Urm"
        self.prefix = ("unshare", space, "sh", "-c", MOUNT, size, str(folder))

    def fill(self, process: int) -> None:
        """Leave not a byte, as seen from a process that was started with the prefix."""
        fill(self._filler(process))

    def make_room(self, process: int) -> None:
        """Take away what `fill` wrote."""
        self._filler(process).unlink()

    def _filler(self, process: int) -> Path:
        return Path(f"/proc/{process}/root{self.folder}/filler")


def fill(file: Path) -> None:
    """Let the file take all the room that there is."""
    with file.open("wb", buffering=0) as filler:
        try:
            while filler.write(bytes(4096)):
                pass
        except OSError:
            return


def small_disk(folder: Path, size: str) -> SmallDisk:
    """A disk of that size, such as "2m". Skips the test where it cannot be had."""
    if not _can_mount():
        pytest.skip("nobody may mount a file system here")
    folder.mkdir()
    return SmallDisk(folder, size)


@cache
def _can_mount() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        disk = SmallDisk(Path(folder), "1m")
        try:
            return subprocess.run([*disk.prefix, "true"], capture_output=True).returncode == 0
        except OSError:
            return False


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[None]:
    """Such a file system for every process, which only root may mount. Skips the test elsewhere."""
    if os.geteuid() != 0 or not _can_mount():
        pytest.skip("only root may mount what PostgreSQL sees")
    folder.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0777", "tmpfs", folder], check=True
    )
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()
