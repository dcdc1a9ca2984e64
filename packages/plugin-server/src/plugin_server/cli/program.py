"""What the verbs of the command line share: the settings, the plugin, and its database."""

import asyncio
import logging
import sys
from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

import click

if TYPE_CHECKING:
    from ..plugin import Plugin
    from ..settings import Settings

R = TypeVar("R")


class Program:
    """The command line of the plugin whose `create_app` and `Settings` are in the module.

    Every failure is one line on standard error that begins with the program's name.

    Exit codes: 1 what was asked for cannot be done, 2 settings, documents or arguments are not fit.
    """

    def __init__(self, module: str) -> None:
        self._name = module

    @cached_property
    def _module(self) -> Any:
        # Imported by the verbs that need it, and not for --help.
        return import_module(self._name)

    @property
    def name(self) -> str:
        """The command's name."""
        return self._settings.program

    @property
    def documents_folder(self) -> Path:
        """The folder with the plugin's manifest, contract and logo."""
        from ..documents import documents_folder

        return documents_folder(Path(self._module.__file__).parent)

    @property
    def _settings(self) -> "type[Settings]":
        return cast("type[Settings]", self._module.Settings)

    def settings(
        self, configure_logs: Callable[["Settings"], None] | None = None, *, warns: bool = True
    ) -> "Settings":
        """The settings of the environment; exits when one is not valid. `configure_logs` is called
        before anything is logged, and unknown variables are, unless it `warns` not.
        """
        from ..settings import explain

        try:
            settings = self._settings()
        except ValueError as error:
            self._warn_of_unknown_variables()
            self.fail(explain(error, self._settings), 2)
        if configure_logs:
            configure_logs(settings)
        if warns:
            self._warn_of_unknown_variables()
        return settings

    def plugin(self, settings: "Settings | None" = None) -> "Plugin":
        """The application for these settings, else for those of the environment; exits when it
        cannot be made of them.
        """
        from ..auth.oauth import UnusableOAuth
        from ..documents import InvalidDocument
        from ..limits import UnusableStorage
        from ..settings.files import UnusableSetting

        try:
            return cast("Plugin", self._module.create_app(settings or self.settings()))
        except (InvalidDocument, UnusableOAuth, UnusableSetting, UnusableStorage) as error:
            self.fail(str(error), 2)

    def write(self, plugin: "Plugin", operation: Callable[..., R], *arguments: Any) -> R:
        """Run an operation on the plugin's database, which is prepared if it is new."""
        from .. import storage

        try:
            database = storage.connect(plugin.settings.database, program=self.name, guest=True)
            try:
                database.migrate(*plugin.migrations)
                return asyncio.run(database.write(operation, *arguments))
            finally:
                database.close()
        except (storage.DatabaseUnavailable, ModuleNotFoundError) as error:
            self.fail(f"the database cannot be used: {error}", 1)

    def fail(self, sentence: str, code: int) -> NoReturn:
        """End the process with this sentence."""
        for handler in logging.getLogger().handlers:
            # What led to this stands before it.
            handler.flush()
        click.echo(f"{self.name}: {sentence}", err=True)
        sys.exit(code)

    def _warn_of_unknown_variables(self) -> None:
        from ..settings import environment, unknown_variables

        for sentence in unknown_variables(environment(), self._settings):
            logging.getLogger("plugin_server.settings").warning("%s", sentence)
