"""The verbs backup, restore, doctor and forget. Importing this is cheap: the work is not."""

import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .program import Program

if TYPE_CHECKING:
    from ..settings import Settings
    from ..storage import Connection
    from ..storage.backup import Held


def maintenance_commands(program: Program) -> list[click.Command]:
    """The commands."""

    @click.command("backup")
    @click.argument("file")
    def backup(file: str) -> None:
        """Copy the database into FILE, which must not exist. The server may run meanwhile."""
        from ..storage.backup import Refused, back_up

        settings = program.settings()
        database = _sqlite_file(program, settings, "pg_dump --format=custom --file=FILE URL")
        try:
            _show(file, back_up(database, Path(file)))
        except Refused as refusal:
            program.fail(str(refusal), 1)

    @click.command("restore")
    @click.argument("file")
    @click.option("--replace", is_flag=True, help="Lose what the database holds now.")
    def restore(file: str, replace: bool) -> None:
        """Make the database what FILE holds. The server may run meanwhile."""
        from ..storage.backup import Refused
        from ..storage.restore import restore as put_back

        settings = program.settings()
        database = _sqlite_file(
            program,
            settings,
            "pg_restore --clean --if-exists --single-transaction --dbname=URL FILE",
        )
        migrations = program.plugin(settings).migrations
        try:
            _show(str(database), put_back(database, Path(file), migrations, replace=replace))
        except Refused as refusal:
            program.fail(str(refusal), 1)

    @click.command("doctor")
    def doctor() -> None:
        """Look at settings, database and machine, and say what is not well. Changes nothing.

        Exit code: 0 no errors, 1 errors, 2 the settings cannot be read.
        """
        from ..maintenance.doctor import findings

        # It tells of unknown variables itself.
        given = program.settings(warns=False)
        # What these name is looked at below, and is no reason to look at nothing.
        sound = given.model_copy(update={"allowed_networks": (), "rate_limit_storage": None})
        errors = 0
        for finding in findings(given, program.plugin(sound).migrations):
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
            program.fail(fault, 2)

        plugin = program.plugin()

        def delete(connection: "Connection") -> dict[str, int]:
            return {what: delete(connection, name) for what, delete in plugin.all_deletions.items()}

        deleted = program.write(plugin, delete)
        if not any(deleted.values()):
            program.fail("nothing is kept under that name", 1)
        click.echo("deleted: " + ", ".join(f"{what} {count}" for what, count in deleted.items()))

    return [backup, restore, doctor, forget]


def _sqlite_file(program: Program, settings: "Settings", instead: str) -> Path:
    from ..storage.examination import sqlite_path

    path = sqlite_path(settings.database)
    if path is None:
        program.fail(f"this is for SQLite; for PostgreSQL use its own tool: {instead}", 2)
    return path


def _show(file: str, held: "Held") -> None:
    rows = ", ".join(f"{table} {count:,}" for table, count in held.rows.items())
    click.echo(f"{file}: {held.size:,} bytes, migrations {len(held.migrations)}, {rows}")
