"""The verb `user`: who may sign in, in mode oauth."""

import sys

import click

from .program import Program
from .tokens import checked


def user_commands(program: Program) -> click.Group:
    """The group of commands."""

    @click.group()
    def user() -> None:
        """The people who may sign in, in mode oauth."""

    @user.command("add")
    @click.argument("name")
    def add(name: str) -> None:
        """Let NAME sign in. The password is asked for, or a line of standard input."""
        from ..auth.oauth.people import add_person

        name = checked(program, name)
        plugin = program.plugin()
        if not program.write(plugin, add_person, name, _hash_of_new_password(program)):
            program.fail("that name can sign in already: `user passwd` changes the password", 1)

    @user.command("list")
    def list_() -> None:
        """Print who may sign in, and since when."""
        from ..auth.oauth.people import list_people

        for person in program.write(program.plugin(), list_people):
            click.echo(f"{person.created}  {person.name}")

    @user.command("passwd")
    @click.argument("name")
    def passwd(name: str) -> None:
        """Give NAME another password, and sign them out everywhere. What they allowed stays."""
        from ..auth.oauth.people import set_password

        name = checked(program, name)
        plugin = program.plugin()
        if not program.write(plugin, set_password, name, _hash_of_new_password(program)):
            program.fail("nobody of that name can sign in", 1)

    @user.command("remove")
    @click.argument("name")
    def remove(name: str) -> None:
        """Let NAME sign in no longer, and end what they allowed. What is kept for them stays."""
        from ..auth.oauth.people import remove_person

        name = checked(program, name)
        if not program.write(program.plugin(), remove_person, name):
            program.fail("nobody of that name can sign in", 1)

    return user


def _hash_of_new_password(program: Program) -> str:
    """What to keep of a password that is typed twice, or read as a line where nobody types."""
    try:
        from ..auth.oauth.passwords import hash_password, password_fault
    except ModuleNotFoundError as missing:
        program.fail(f"this needs the extra `oauth`; {missing.name} is not installed", 2)
    try:
        if sys.stdin.isatty():
            password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        else:
            password = sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError:
        program.fail("the password is not UTF-8", 2)
    fault = password_fault(password)
    if fault is not None:
        program.fail(fault, 2)
    return hash_password(password)
