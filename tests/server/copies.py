"""Copies of a SQLite database for tests, and the command line that makes and restores them."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
from click.testing import CliRunner

from app.__main__ import main
from app.main import create_app
from plugin_server.storage import connect

ROWS = 20_000
# The tables of mode oauth, and what a backup that has nothing in them says of them.
SIGN_IN_TABLES = [
    f"oauth_{name}"
    for name in ("assertions", "clients", "codes", "grants", "people", "sessions", "tokens")
]
NOBODY_SIGNS_IN = ", ".join(f"{table} 0" for table in SIGN_IN_TABLES)
HELD = f": 143,360 bytes, migrations 4, lists 1, {NOBODY_SIGNS_IN}, todos 1, tokens 0\n"
# What forget says of somebody who never signed in.
NO_SIGN_IN = "grants 0, sessions 0, people 0"


def command(*words: str, **variables: str) -> tuple[int, str, str]:
    """Exit code, output and complaints of the command line, without a process of its own."""
    result = CliRunner(env=variables).invoke(main, words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def url(file: Path) -> str:
    return f"sqlite:///{file}"


def add(server_url: str, username: str, todo: str) -> None:
    httpx.post(f"{server_url}/todos/{username}", json={"todo": todo}).raise_for_status()


def make_database(folder: Path) -> Path:
    """A database that holds nothing, as the server makes it."""
    database = connect(url(folder / "todo-plugin.db"))
    database.migrate(*create_app().migrations)
    database.close()
    return folder / "todo-plugin.db"


def make_copy(folder: Path) -> Path:
    """A backup with one list, of the database beside it, which is empty."""
    copy = folder / "copy.db"
    shutil.copy(make_database(folder), copy)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("INSERT INTO lists VALUES ('ann', 1, 1, 7)")
        connection.execute("INSERT INTO todos VALUES ('ann', 1, 'milk')")
    return copy


def fill(file: Path) -> None:
    """Make it some megabytes large."""
    with closing(sqlite3.connect(file)) as connection, connection:
        rows = ((f"{number:0100}", number) for number in range(ROWS))
        connection.executemany("INSERT INTO lists VALUES (?, ?, 0, 0)", rows)


def damage(file: Path) -> None:
    """Overwrite a page of a table."""
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 4] = b"\x55" * 4096
    file.write_bytes(content)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def line(what: str) -> str:
    """What `doctor` says of one thing."""
    (found,) = re.findall(rf"^\w+ +{what}: .*$", command("doctor")[1], re.MULTILINE)
    return str(found)
