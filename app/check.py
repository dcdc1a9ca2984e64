"""The verbs `check` and `package`: plugin-check does them, where it is installed.

Importing this imports nothing of it.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from .settings import Settings


def check_commands(settings: Callable[[], "Settings"]) -> list[click.Command]:
    """The commands."""

    # What the words mean is known where plugin-check is installed, so they are handed on.
    @click.command(
        "check", add_help_option=False, context_settings={"ignore_unknown_options": True}
    )
    @click.argument("words", nargs=-1, type=click.UNPROCESSED)
    def check(words: tuple[str, ...]) -> None:
        """Would AI hosts accept this plugin, or that at an address or in a folder?"""
        try:
            from plugin_check.command import check_command
        except ModuleNotFoundError as error:
            _fail_without_it("check", error)
        from .documents import project_folder

        command = check_command(project_folder(), "this plugin's own files")
        command.main(list(words), prog_name="todo-plugin check")

    @click.command("package")
    @click.argument("directory", type=click.Path(file_okay=False))
    @click.option(
        "--url", metavar="URL", help="The public origin. Default: that of PLUGIN_PUBLIC_URL."
    )
    @click.option("--force", is_flag=True, help="Write anew what an earlier run wrote.")
    def package(directory: str, url: str | None, force: bool) -> None:
        """Write the plugin package for OpenAI's directory into DIRECTORY.

        It is made from the manifest and the contract, for the public URL, and checked.

        Exit code: 0 clean, 1 not written or with errors, 2 settings or documents are not fit.
        """
        try:
            from plugin_check.package import UnusableDirectory, UnusableDocuments
            from plugin_check.package.command import write_and_check
        except ModuleNotFoundError as error:
            _fail_without_it("package", error)
        if not directory:
            _fail("DIRECTORY is empty: say where the package goes", 2)
        given = settings()
        origin = _public_origin(given, url)
        try:
            documents = _served_documents(given, origin)
            sys.exit(write_and_check(Path(directory), *documents, origin, force=force))
        except UnusableDocuments as error:
            _fail(str(error), 2)
        except UnusableDirectory as error:
            _fail(str(error), 1)

    return [check, package]


def _public_origin(settings: "Settings", url: str | None) -> str:
    from plugin_check.package import public_origin

    name, given = ("PLUGIN_PUBLIC_URL", settings.public_url) if url is None else ("--url", url)
    if not given:
        _fail("set PLUGIN_PUBLIC_URL, or give --url: a package names the public address", 2)
    try:
        return public_origin(given)
    except ValueError as error:
        _fail(f"{name}: {error}", 2)


def _served_documents(settings: "Settings", origin: str) -> tuple[Any, Any, bytes]:
    """Manifest, contract and logo, as a host gets them at `origin`."""
    from .documents import Documents, InvalidDocument, project_folder, read_logo

    try:
        documents, logo = Documents(project_folder(), settings), read_logo(project_folder())
    except InvalidDocument as error:
        _fail(str(error), 2)
    manifest = json.loads(documents.render("ai-plugin.json", origin).content)
    contract = json.loads(documents.render("openapi.json", origin).content)
    return manifest, contract, logo.content


def _fail_without_it(verb: str, error: ModuleNotFoundError) -> NoReturn:
    if error.name != "plugin_check":
        raise error
    _fail(
        f"{verb} needs plugin-check, which is not installed: in a checkout,"
        " pip install packages/plugin-check",
        2,
    )


def _fail(sentence: str, code: int) -> NoReturn:
    click.echo(f"todo-plugin: {sentence}", err=True)
    sys.exit(code)
