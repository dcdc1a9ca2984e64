"""The machine around the server: who can read its files, disk, clock, limits."""

import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ..settings import Settings
from ..settings.sources import ENV_FILE, environment, fields_from_files, variable
from ..storage.examination import sqlite_path
from ..storage.finding import Finding

MIB = 1_048_576
LITTLE = 1024 * MIB
TOO_LITTLE = 64 * MIB
INODES = 1000
WRITTEN_IN = 2026
CLOCK_SECONDS = 60
# Where engines put secrets, with modes that mean nothing outside of the container.
MOUNTED = Path("/run/secrets")
MEMORY = 128 * MIB
CGROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def files(settings: Settings) -> Iterator[Finding]:
    """Whether other users of this machine can read what is secret."""
    given = environment()
    named = [given.get(variable(name) + "_FILE") for name in fields_from_files(type(settings))]
    secret = [Path(name) for name in (ENV_FILE, *named) if name]
    database = _database(settings)
    if database is not None:
        secret += [database, database.with_name(database.name + "-wal")]
    if settings.tls_key is not None:
        secret.append(settings.tls_key)
    open_ = [
        path
        for path in secret
        if MOUNTED not in path.parents and path.exists() and _is_open_to_all(path)
    ]
    for path in open_:
        yield Finding("warning", "files", f"every user here can read {path}", "chmod o-r")
    if not open_:
        yield Finding("ok", "files", "only owner and group can read what is secret")


def disk(settings: Settings) -> Iterator[Finding]:
    database = _database(settings)
    if database is None or not database.parent.is_dir():
        return
    size = database.stat().st_size if database.exists() else 0
    yield judge_space(shutil.disk_usage(database.parent).free, size)
    state = os.statvfs(database.parent)
    if state.f_files and state.f_favail < INODES:
        yield Finding("warning", "disk", f"room for {state.f_favail} more files", "delete some")


def judge_space(free: int, size: int) -> Finding:
    """Free bytes beside a database of `size` bytes: a backup or a restore needs as much again."""
    found = f"{free // MIB:,} MiB free"
    if free < TOO_LITTLE:
        return Finding("error", "disk", found, "make room, or changes will be refused")
    if free < max(LITTLE, 2 * size):
        return Finding("warning", "disk", found, "make room")
    return Finding("ok", "disk", found)


def clock(settings: Settings) -> Iterator[Finding]:
    now = time.time()
    database = _database(settings)
    if datetime.fromtimestamp(now, UTC).year < WRITTEN_IN:
        yield Finding("error", "clock", "is years behind", "let it follow a time server")
    elif (
        database is not None
        and database.exists()
        and database.stat().st_mtime > now + CLOCK_SECONDS
    ):
        yield Finding(
            "warning", "clock", "the database was changed in the future", "set the clock right"
        )
    else:
        yield Finding("ok", "clock", datetime.fromtimestamp(now, UTC).isoformat(" ", "minutes"))


def open_files(settings: Settings) -> Iterator[Finding]:
    try:
        import resource
    except ImportError:  # not a POSIX system
        return
    from ..servers.descriptors import RESERVE

    # The server raises its own limit so far.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = settings.max_connections + RESERVE
    if most != resource.RLIM_INFINITY and most < needed:
        yield Finding(
            "warning",
            "open files",
            f"limited to {most}, and PLUGIN_MAX_CONNECTIONS={settings.max_connections} needs"
            f" {needed}",
            f"ulimit -Hn {needed}, or fewer connections",
        )
    else:
        yield Finding("ok", "open files", f"{settings.max_connections} connections fit")


def memory(settings: Settings) -> Iterator[Finding]:  # noqa: ARG001 - a check is given them
    yield judge_memory([Path(name) for name in CGROUP])


def judge_memory(limits: list[Path]) -> Finding:
    """The container's limit, from the first of the files that can be read."""
    for file in limits:
        try:
            text = file.read_text().strip()
        except OSError:
            continue
        # The first version of cgroups says "none" by a number beyond all memory.
        if text.isdecimal() and int(text) < 1 << 60:
            found = f"limited to {int(text) // MIB:,} MiB"
            if int(text) < MEMORY:
                return Finding("warning", "memory", found, f"allow {MEMORY // MIB} MiB or more")
            return Finding("ok", "memory", found)
    return Finding("ok", "memory", "not limited")


def _database(settings: Settings) -> Path | None:
    return sqlite_path(settings.database)


def _is_open_to_all(path: Path) -> bool:
    path = path.resolve()
    return bool(path.stat().st_mode & 0o004) and all(
        folder.stat().st_mode & 0o001 for folder in path.parents
    )
