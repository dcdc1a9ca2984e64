"""The command line of a plugin. Importing this is cheap: each verb imports what it needs.

program      what the verbs share: the settings, the plugin, its database
serving      serve
tokens       token add, list, revoke
users        user add, list, passwd, remove
checking     check, package: by plugin-check, where it is installed
proxying     proxy: of the library's own command
maintenance  backup, restore, doctor, forget
"""

import logging

import click

from .checking import checking_commands
from .maintenance import maintenance_commands
from .program import Program
from .serving import serve_command
from .tokens import token_commands
from .users import user_commands


def command_line(module: str) -> click.Group:
    """The command of the plugin whose `create_app(settings)` and `Settings` are in the module."""
    program = Program(module)
    serve = serve_command(program)

    @click.group(invoke_without_command=True)
    @click.pass_context
    def main(context: click.Context) -> None:
        """A plugin for AI assistants: manifest, contract, API and MCP. Without a verb: serve."""
        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
        if context.invoked_subcommand is None:
            context.invoke(serve)

    @main.command("settings")
    def show_settings() -> None:
        """Print every setting with its value; secrets are masked."""
        from ..settings import shown

        for line in shown(program.settings()):
            click.echo(line)

    commands = [serve, token_commands(program), user_commands(program)]
    for command in (*commands, *checking_commands(program), *maintenance_commands(program)):
        main.add_command(command)
    return main
