"""The verb `init` of `plugin-server`: a project to begin with."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from ..scaffold.names import Names
    from ..scaffold.openapi.reading import Schema


def init_command() -> click.Command:
    """The command."""

    @click.command("init")
    @click.argument("directory")
    @click.option("--name", metavar="TEXT", help="What people call it: at most 20 characters.")
    @click.option("--description", metavar="TEXT", help="What it does, in at most 100 characters.")
    @click.option("--contact", metavar="EMAIL", help="Where its users write to.")
    @click.option(
        "--from-openapi",
        metavar="FILE|URL",
        help="A contract that exists: each of its operations answers 501 until it is written.",
    )
    def init(
        directory: str,
        name: str | None,
        description: str | None,
        contact: str | None,
        from_openapi: str | None,
    ) -> None:
        """Write a plugin to begin with into DIRECTORY, whose name becomes that of its command.

        What no option gives is asked for on a terminal; elsewhere it is made up, and told. Nothing
        is written over a file that is not empty.

        Exit code: 0 written, 2 nothing was written.
        """
        from ..scaffold.contract_project import contract_files, contract_places
        from ..scaffold.names import UnusableName, command_of, package_of
        from ..scaffold.openapi.cleaning import cleaned_contract
        from ..scaffold.openapi.reading import UnusableContract, read_contract
        from ..scaffold.project import (
            UnusableDirectory,
            project_files,
            project_places,
            require_room,
            write,
        )
        from ..scaffold.source import source_of_the_library

        if not directory:
            _fail("DIRECTORY is empty: say where the project goes")
        folder = Path(directory)
        try:
            given = read_contract(from_openapi) if from_openapi else None
            command = command_of(folder)
            places = contract_places if given is not None else project_places
            require_room(folder, places(package_of(command)))
            names = _names(command, name, description, contact, given)
            source = source_of_the_library()
            if given is None:
                files = project_files(names, source)
            else:
                cleaned = cleaned_contract(given, names.contact)
                files = contract_files(names, source, cleaned)
            write(folder, files)
        except (UnusableName, UnusableContract, UnusableDirectory) as error:
            _fail(str(error))
        if given is not None:
            for line in cleaned.changes.lines():
                click.echo(f"changed: {line}")
        lines = sum(each.count(b"\n") for place, each in files.items() if place != "logo.png")
        click.echo(f"{directory}: {len(files)} files, {lines} lines. Read README.md next.")

    return init


def _names(
    command: str,
    name: str | None,
    description: str | None,
    contact: str | None,
    contract: "Schema | None",
) -> "Names":
    from ..scaffold import names

    title, about, email = names.title_of(command), names.ABOUT, names.CONTACT
    if contract is not None:
        title, about, email = names.texts_of(contract, title)
    return names.Names(
        command,
        _given("name", _at_most(names.TITLE_CHARACTERS), name, title, names.checked_title),
        _given(
            "description",
            _at_most(names.DESCRIPTION_CHARACTERS),
            description,
            about,
            names.checked_description,
        ),
        _given("contact", "an e-mail address", contact, email, names.checked_contact),
    )


def _at_most(characters: int) -> str:
    return f"at most {characters} characters"


def _given(
    option: str, limit: str, value: str | None, default: str, checked: Callable[[str], str]
) -> str:
    """What the option gives, else what is said on a terminal, else the default, which is told."""
    from ..scaffold.names import UnusableName

    if value is not None:
        return checked(value)
    if not sys.stdin.isatty():
        click.echo(f"--{option} is not given: it is {default!r}", err=True)
        return checked(default)
    while True:
        try:
            return checked(click.prompt(f"{option.capitalize()}, {limit}", default=default))
        except UnusableName as error:
            click.echo(str(error), err=True)


def _fail(sentence: str) -> NoReturn:
    click.echo(f"plugin-server: {sentence}", err=True)
    sys.exit(2)
