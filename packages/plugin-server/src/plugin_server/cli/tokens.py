"""The verb `token`: who may call in mode user_http."""

import click

from .program import Program


def token_commands(program: Program) -> click.Group:
    """The group of commands."""

    @click.group()
    def token() -> None:
        """The tokens of mode user_http: one person, one list."""

    @token.command("add")
    @click.argument("name")
    def add(name: str) -> None:
        """Make a token for NAME and print it. It cannot be shown again."""
        from ..auth.tokens import add_token

        name = _checked(program, name)
        click.echo(program.write(program.plugin(), add_token, name))

    @token.command("list")
    def list_() -> None:
        """Print who has tokens, and since when."""
        from ..auth.tokens import list_tokens

        for issued in program.write(program.plugin(), list_tokens):
            click.echo(f"{issued.created}  {issued.name}")

    @token.command("revoke")
    @click.argument("name")
    def revoke(name: str) -> None:
        """Delete every token of NAME. The list stays."""
        from ..auth.tokens import revoke_tokens

        name = _checked(program, name)
        count = program.write(program.plugin(), revoke_tokens, name)
        if not count:
            program.fail("that name has no token", 1)
        click.echo(f"revoked: {count}")

    return token


def _checked(program: Program, name: str) -> str:
    from ..auth.names import checked_name

    try:
        return checked_name(name)
    except ValueError as error:
        program.fail(str(error), 2)
