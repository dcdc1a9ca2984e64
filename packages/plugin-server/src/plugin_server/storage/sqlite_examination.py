"""How a SQLite database is, for `doctor`."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

from .backup import applied_migrations, opened_unchanging
from .finding import Finding, judge_migrations
from .migrations import known

INTEGRITY_SECONDS = 30
# Between two looks at the clock SQLite does so many steps, some milliseconds' worth.
STEPS = 100_000


def examine_sqlite(path: Path, folders: list[Path]) -> Iterator[Finding]:
    yield judge_version(sqlite3.sqlite_version_info)
    if not path.exists():
        if path.parent.is_dir():
            yield Finding("warning", "database", f"there is no {path}", "the server makes it")
        else:
            yield Finding("error", "database", f"there is no folder {path.parent}", "make it")
        return
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        yield Finding(
            "error", "database", f"{path} or its folder cannot be written", "run as its owner"
        )
    try:
        with closing(opened_unchanging(path)) as connection:
            applied = applied_migrations(connection)
            yield Finding("ok", "database", f"{path}, {path.stat().st_size:,} bytes")
            yield judge_migrations(applied, set(known(tuple(folders), "sqlite")))
            yield _integrity(connection)
    except sqlite3.OperationalError as error:
        yield Finding("error", "database", f"{path} cannot be read: {error}", "run as its owner")
    except sqlite3.DatabaseError as error:
        yield Finding("error", "database", f"{path} is damaged: {error}", "restore a backup")


def judge_version(version: tuple[int, ...]) -> Finding:
    """SQLite against its WAL-reset bug: https://sqlite.org/wal.html#walresetbug"""
    text = ".".join(map(str, version))
    mended = (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )
    if mended:
        return Finding("ok", "SQLite", text)
    return Finding(
        "warning",
        "SQLite",
        f"{text} may corrupt a file on which two processes checkpoint (fixed in 3.51.3)",
        "one server on a file is safe; let nothing else write to it while the server runs",
    )


def _integrity(connection: sqlite3.Connection) -> Finding:
    deadline = monotonic() + INTEGRITY_SECONDS
    connection.set_progress_handler(lambda: monotonic() > deadline, STEPS)
    try:
        rows = connection.execute("PRAGMA integrity_check(1)").fetchall()
        stray = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return Finding(
            "warning",
            "integrity",
            f"not looked at to the end within {INTEGRITY_SECONDS} seconds",
            "check a backup instead: restore it elsewhere",
        )
    if rows != [("ok",)] or stray:
        return Finding("error", "integrity", "the database is damaged", "restore the last backup")
    return Finding("ok", "integrity", "nothing is damaged")
