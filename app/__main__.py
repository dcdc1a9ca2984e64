"""The command line: `todo-plugin`, or `python -m app`."""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from .check import check_commands
from .maintenance.commands import maintenance_commands

if TYPE_CHECKING:
    from .main import Plugin
    from .maintenance.commands import Deletions
    from .metrics import Metrics
    from .settings import Settings

R = TypeVar("R")


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """A todo plugin for AI assistants: manifest, contract and API. Without a verb: serve."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    if context.invoked_subcommand is None:
        context.invoke(serve)


@main.command()
def serve() -> None:
    """Answer requests until SIGTERM or Ctrl-C."""
    # Importing makes much and drops nothing; `serving` turns the collector on again.
    gc.disable()
    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        # Who renews a certificate does not wait until the server can hear of it.
        signal.signal(signal.SIGHUP, lambda *_: None)
    # Else pydantic asks every installed distribution whether it has a plugin for it.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    settings = _settings(serving=True)
    from . import serving, storage
    from .documents import InvalidDocument
    from .limits import UnusableStorage
    from .main import create_app
    from .settings.files import UnusableFile

    try:
        app = create_app(settings)
    except (InvalidDocument, UnusableFile, UnusableStorage) as error:
        _fail(str(error), 2)
    try:
        serving.run(app, settings, _beside(settings, app))
    except UnusableFile as error:
        _fail(str(error), 2)
    except OSError as error:
        # asyncio makes errors up; a name that does not resolve has a number below 0.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        _fail(f"cannot listen on {error.filename or settings.address}: {reason}", 1)
    except (storage.Unavailable, ModuleNotFoundError) as error:
        _fail(f"the database cannot be used: {error}", 1)


def _beside(settings: "Settings", app: "Plugin") -> "dict[str, Metrics]":
    """What is served apart from the application, by address."""
    if settings.metrics_bind is None or app.metrics is None:
        return {}
    return {settings.metrics_bind: app.metrics}


@main.command("settings")
def show_settings() -> None:
    """Print every setting with its value; secrets are masked."""
    from .settings import shown

    for line in shown(_settings()):
        click.echo(line)


@main.group()
def token() -> None:
    """The tokens of mode user_http: one person, one list."""


@token.command("add")
@click.argument("name")
def add(name: str) -> None:
    """Make a token for NAME and print it. It cannot be shown again."""
    from .auth.names import checked_name
    from .auth.tokens import add_token

    try:
        name = checked_name(name)
    except ValueError as error:
        _fail(str(error), 2)
    click.echo(_write(add_token, name))


@token.command("list")
def list_() -> None:
    """Print who has tokens, and since when."""
    from .auth.tokens import list_tokens

    for issued in _write(list_tokens):
        click.echo(f"{issued.created}  {issued.name}")


@token.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """Delete every token of NAME. The list stays."""
    from .auth.names import checked_name
    from .auth.tokens import revoke_tokens

    try:
        count = _write(revoke_tokens, checked_name(name))
    except ValueError as error:
        _fail(str(error), 2)
    if not count:
        _fail("that name has no token", 1)
    click.echo(f"revoked: {count}")


def _settings(serving: bool = False) -> "Settings":
    from .settings import Settings, explain

    try:
        settings = Settings()
    except ValueError as error:
        _warn_of_unknown_variables()
        _fail(explain(error), 2)
    if serving:
        from . import logs

        logs.configure(settings)
    _warn_of_unknown_variables()
    return settings


def _warn_of_unknown_variables() -> None:
    from .settings import environment, unknown_variables

    for sentence in unknown_variables(environment()):
        logging.getLogger("app.settings").warning("%s", sentence)


def _write(operation: Callable[..., R], *arguments: Any) -> R:
    """Run an operation on the database of the settings, prepared if it is new."""
    from . import storage
    from .main import MIGRATIONS

    try:
        database = storage.connect(_settings().database_url.get_secret_value(), guest=True)
        try:
            database.migrate(*MIGRATIONS)
            return asyncio.run(database.write(operation, *arguments))
        finally:
            database.close()
    except (storage.Unavailable, ModuleNotFoundError) as error:
        _fail(f"the database cannot be used: {error}", 1)


def _migrations() -> list[Path]:
    from .main import MIGRATIONS

    return MIGRATIONS


def _deletions() -> "Deletions":
    from .main import FORGET

    return FORGET


for command in (
    *check_commands(_settings),
    *maintenance_commands(_settings, _migrations, _deletions, _write),
):
    main.add_command(command)


def _fail(sentence: str, code: int) -> NoReturn:
    for handler in logging.getLogger().handlers:
        # What led to this stands before it.
        handler.flush()
    click.echo(f"todo-plugin: {sentence}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
