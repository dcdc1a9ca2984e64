"""What plugin-check does, where it is installed: the verbs `check` and `package`, and looking at
files that change.
"""

import json
import logging
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NoReturn

import click

from .program import Program

if TYPE_CHECKING:
    from ..proxy.files import Files
    from ..settings import Settings


def checking_commands(program: Program) -> list[click.Command]:
    """The commands. Making them imports nothing of plugin-check."""

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
            _fail_without_it(program, "check", error)
        command = check_command(program.documents_folder, "this plugin's own files")
        command.main(list(words), prog_name=f"{program.name} check")

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
            _fail_without_it(program, "package", error)
        if not directory:
            program.fail("DIRECTORY is empty: say where the package goes", 2)
        given = program.settings()
        origin = _public_origin(program, given, url)
        try:
            documents = _served_documents(program, given, origin)
            sys.exit(write_and_check(Path(directory), *documents, origin, force=force))
        except UnusableDocuments as error:
            program.fail(str(error), 2)
        except UnusableDirectory as error:
            program.fail(str(error), 1)

    return [check, package]


def examination() -> "Callable[[Files], None] | None":
    """Prints what plugin-check says of two files; None where it is not installed."""
    try:
        from plugin_check import check
        from plugin_check.show.printable import fitting
        from plugin_check.show.text import render
    except ModuleNotFoundError as error:
        if error.name != "plugin_check":
            raise
        logging.getLogger(__name__).info("plugin-check is not installed, and so nothing is checked")
        return None

    def examine(files: "Files") -> None:
        with TemporaryDirectory() as name:
            has_logo = _gather(files, Path(name))
            report = check(name)
        # A logo that is not there may be where the API is.
        found = tuple(each for each in report.findings if has_logo or each.rule != "M08")
        report = replace(report, source=" and ".join(map(str, files)), findings=found)
        text = render(report, sys.stdout.isatty())
        click.echo(fitting(text, getattr(sys.stdout, "encoding", None)))

    return examine


def _gather(files: "Files", folder: Path) -> bool:
    """Copy the files to where they are looked for; the answer is whether there is a logo."""
    logo = files.manifest.with_name("logo.png")
    contract = folder / f"openapi{files.contract.suffix}"
    for file, copy in ((files.manifest, folder / "ai-plugin.json"), (files.contract, contract)):
        if file.is_file():
            shutil.copyfile(file, copy)
    if not logo.is_file():
        return False
    shutil.copyfile(logo, folder / logo.name)
    return True


def _public_origin(program: Program, settings: "Settings", url: str | None) -> str:
    from plugin_check.package import public_origin

    name, given = ("PLUGIN_PUBLIC_URL", settings.public_url) if url is None else ("--url", url)
    if not given:
        program.fail("set PLUGIN_PUBLIC_URL, or give --url: a package names the public address", 2)
    try:
        return public_origin(given)
    except ValueError as error:
        program.fail(f"{name}: {error}", 2)


def _served_documents(
    program: Program, settings: "Settings", origin: str
) -> tuple[Any, Any, bytes]:
    """Manifest, contract and logo, as a host gets them at `origin`."""
    from ..documents import Documents, InvalidDocument, read_logo

    folder = program.documents_folder
    try:
        documents, logo = Documents(folder, settings), read_logo(folder)
    except InvalidDocument as error:
        program.fail(str(error), 2)
    manifest = json.loads(documents.render("ai-plugin.json", origin).content)
    contract = json.loads(documents.render("openapi.json", origin).content)
    return manifest, contract, logo.content


def _fail_without_it(program: Program, verb: str, error: ModuleNotFoundError) -> NoReturn:
    if error.name != "plugin_check":
        raise error
    # No index is asked for it: the name there could be anybody's.
    program.fail(
        f"{verb} needs plugin-check, which is not installed: in a checkout,"
        " pip install packages/plugin-check",
        2,
    )
