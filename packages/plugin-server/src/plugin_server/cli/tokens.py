"""The verb `token`: who may call, in the modes in which each person has a token."""

from typing import TYPE_CHECKING

import click

from .program import Program

if TYPE_CHECKING:
    from ..storage import Connection


def token_commands(program: Program) -> click.Group:
    """The group of commands."""

    @click.group()
    def token() -> None:
        """The tokens of mode user_http, and those that people allowed in mode oauth."""

    @token.command("add")
    @click.argument("name")
    def add(name: str) -> None:
        """Make a token of mode user_http for NAME and print it. It cannot be shown again."""
        from ..auth.tokens import add_token

        name = checked(program, name)
        click.echo(program.write(program.plugin(), add_token, name))

    @token.command("list")
    def list_() -> None:
        """Print who has tokens, since when, and in mode oauth who got them."""
        from ..auth.oauth.grants import list_grants
        from ..auth.tokens import list_tokens

        plugin = program.plugin()
        for issued in program.write(plugin, list_tokens):
            click.echo(f"{issued.created}  {issued.name}")
        for grant in program.write(plugin, list_grants):
            # A client names itself, and could name what a terminal obeys.
            client = "".join(each if each.isprintable() else "?" for each in grant.client_name)
            click.echo(f"{grant.created}  {grant.name}  {client} ({grant.client_id})")

    @token.command("revoke")
    @click.argument("name")
    def revoke(name: str) -> None:
        """Delete every token of NAME, and end what they allowed. What is kept for them stays."""
        from ..auth.oauth.grants import end_grants
        from ..auth.tokens import revoke_tokens

        name = checked(program, name)

        def revoke_all(connection: "Connection") -> int:
            return revoke_tokens(connection, name) + end_grants(connection, name)

        count = program.write(program.plugin(), revoke_all)
        if not count:
            program.fail("that name has no token", 1)
        click.echo(f"revoked: {count}")

    return token


def checked(program: Program, name: str) -> str:
    """The name in its one spelling; exits when it is none that a person can have."""
    from ..auth.names import checked_name

    try:
        return checked_name(name)
    except ValueError as error:
        program.fail(str(error), 2)
