"""Why there is no package."""

import click


class Refusal(click.ClickException):
    """A sentence for the person at the command line: the settings or the documents are not fit."""

    exit_code = 2

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's signature
        click.echo(f"todo-plugin: {self.message}", err=True)


class InTheWay(Refusal):
    """There is something where the package would go."""

    exit_code = 1
