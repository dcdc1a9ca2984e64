"""The verbs backup, restore, doctor and forget. Importing this is cheap: the work is not."""

import sys
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from ..settings import Settings
    from ..storage import Connection
    from ..storage.backup import Held

    Deletions = Mapping[str, Callable[[Connection, str], int]]


def maintenance_commands(
    settings: Callable[[], "Settings"],
    migrations: Callable[[], list[Path]],
    deletions: Callable[[], "Deletions"],
    write: Callable[..., Any],
) -> list[click.Command]:
    """The commands. `deletions` names what there is of a person, each with what deletes it and
    tells how much there was; `write` runs an operation on the database.
    """

    @click.command("backup")
    @click.argument("file")
    def backup(file: str) -> None:
        """Copy the database into FILE, which must not exist. The server may run meanwhile."""
        from ..storage.backup import Refused, back_up

        database = _sqlite_file(settings(), "pg_dump --format=custom --file=FILE URL")
        try:
            _show(file, back_up(database, Path(file)))
        except Refused as refusal:
            _fail(str(refusal), 1)

    @click.command("restore")
    @click.argument("file")
    @click.option("--replace", is_flag=True, help="Lose what the database holds now.")
    def restore(file: str, replace: bool) -> None:
        """Make the database what FILE holds. The server may run meanwhile."""
        from ..storage.backup import Refused
        from ..storage.restore import restore as put_back

        database = _sqlite_file(
            settings(), "pg_restore --clean --if-exists --single-transaction --dbname=URL FILE"
        )
        try:
            _show(str(database), put_back(database, Path(file), migrations(), replace=replace))
        except Refused as refusal:
            _fail(str(refusal), 1)

    @click.command("doctor")
    def doctor() -> None:
        """Look at settings, database and machine, and say what is not well. Changes nothing.

        Exit code: 0 no errors, 1 errors, 2 the settings cannot be read.
        """
        from ..settings import Settings, explain
        from .doctor import findings

        try:
            given = Settings()
        except ValueError as error:
            _fail(explain(error), 2)
        errors = 0
        for finding in findings(given, migrations()):
            click.echo(finding)
            errors += finding.level == "error"
        sys.exit(1 if errors else 0)

    @click.command("forget")
    @click.argument("name")
    def forget(name: str) -> None:
        """Delete all that is kept under NAME."""
        from ..auth.names import name_fault

        name = unicodedata.normalize("NFC", name)
        fault = name_fault(name)
        # What is no UTF-8 arrives as lone surrogates, which no database takes.
        if fault is None and any("\ud800" <= character <= "\udfff" for character in name):
            fault = "A username is UTF-8."
        if fault is not None:
            _fail(fault, 2)

        def delete(connection: "Connection") -> dict[str, int]:
            return {what: delete(connection, name) for what, delete in deletions().items()}

        deleted = write(delete)
        if not any(deleted.values()):
            _fail("nothing is kept under that name", 1)
        click.echo("deleted: " + ", ".join(f"{what} {count}" for what, count in deleted.items()))

    return [backup, restore, doctor, forget]


def _sqlite_file(settings: "Settings", instead: str) -> Path:
    from ..storage.examination import sqlite_path

    path = sqlite_path(settings.database_url.get_secret_value())
    if path is None:
        _fail(f"this is for SQLite; for PostgreSQL use its own tool: {instead}", 2)
    return path


def _show(file: str, held: "Held") -> None:
    rows = ", ".join(f"{table} {count:,}" for table, count in held.rows.items())
    click.echo(f"{file}: {held.size:,} bytes, migrations {len(held.migrations)}, {rows}")


def _fail(sentence: str, code: int) -> NoReturn:
    click.echo(f"todo-plugin: {sentence}", err=True)
    sys.exit(code)
