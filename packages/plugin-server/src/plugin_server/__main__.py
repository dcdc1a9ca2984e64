"""The command `plugin-server`, or `python -m plugin_server`: what is done without a plugin."""

import click

from .cli.initialising import init_command
from .cli.proxying import proxy_command


@click.group()
def main() -> None:
    """For plugins: a manifest, a contract, an API and MCP for AI assistants."""


main.add_command(init_command())
main.add_command(proxy_command())

if __name__ == "__main__":
    main(prog_name="plugin-server")
