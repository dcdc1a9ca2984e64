"""The verb `check`. Importing this is cheap: whatever checks is imported when it is run."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import arguments

if TYPE_CHECKING:
    from .report import Report

INTERRUPTED = 130

HELP = """Would AI hosts accept the plugin at SOURCE, an address or a folder?

Without SOURCE: {}. A folder is judged without the network.

Exit code: 0 clean, 1 errors, 2 could not look.
"""


def check_command(default: Path, called: str, epilog: str | None = None) -> click.Command:
    """The command; without SOURCE it checks the folder `default`, which the help calls `called`."""

    @click.command("check", help=HELP.format(called), epilog=epilog)
    @click.argument("source", required=False)
    @click.option(
        "--for",
        "hosts",
        multiple=True,
        metavar="HOST,...",
        callback=arguments.hosts,
        help="Only these hosts: plugin, actions, mcp. Default: all three.",
    )
    @click.option("--probe", is_flag=True, help="Call the GET operations and judge their answers.")
    @click.option(
        "--param",
        "parameters",
        multiple=True,
        metavar="NAME=VALUE",
        callback=arguments.parameters,
        help="A parameter for the probed operations. May be repeated.",
    )
    @click.option(
        "--token-file",
        "token",
        metavar="FILE",
        callback=arguments.token,
        help="A file with the credential for probes and MCP; - is standard input.",
    )
    @click.option(
        "--origin",
        metavar="URL",
        callback=arguments.origin,
        help="Judge a folder as if it were served there.",
    )
    @click.option(
        "--mcp",
        metavar="URL",
        callback=arguments.address,
        help="The MCP endpoint. Default: /mcp where the manifest is.",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
    @click.option("--github", is_flag=True, help="Print annotations for GitHub Actions.")
    @click.option(
        "--rules", is_flag=True, help="Print the table of all rules, and look at nothing."
    )
    @click.option("--strict", is_flag=True, help="Let warnings end in exit code 1 too.")
    @click.option("--verbose", is_flag=True, help="Print a line for each request, on stderr.")
    @click.option(
        "--no-color",
        "--no-colour",
        "plain",
        is_flag=True,
        type=arguments.PresenceFlag(),
        envvar="NO_COLOR",
        help="No colours on a terminal either; NO_COLOR in the environment does the same.",
    )
    def check(source: str | None, rules: bool, **options: Any) -> None:
        if rules:
            from .show.table import rules_table

            _print(rules_table())
            return
        if source == "":
            raise click.UsageError(f"SOURCE is empty. Leave it out to check {called}.")
        _refuse_contradictions(source, options)
        try:
            report = _look(default if source is None else source, options)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        _print(_shown(report, options), colour=_colour(options))
        sys.exit(_exit_code(report, strict=options["strict"]))

    return check


def _look(source: str | Path, options: dict[str, Any]) -> "Report":
    from . import check
    from .show.progress import Progress

    with Progress(sys.stderr, options["verbose"]) as progress:
        return check(
            source,
            hosts=options["hosts"],
            origin=options["origin"],
            probe=options["probe"],
            parameters=options["parameters"],
            token=options["token"],
            mcp=options["mcp"],
            progress=progress,
        )


def _shown(report: "Report", options: dict[str, Any]) -> str:
    if options["as_json"]:
        from .show.as_json import to_json

        return to_json(report)
    if options["github"]:
        from .show.github import annotations

        return annotations(report, Path.cwd())
    import shutil

    from .show.text import WIDTH, render

    width = shutil.get_terminal_size((WIDTH, 24)).columns if _on_a_terminal() else WIDTH
    return render(report, _colour(options), width)


def _colour(options: dict[str, Any]) -> bool:
    return _on_a_terminal() and not options["plain"]


def _on_a_terminal() -> bool:
    # Python has no stream where the caller closed it (`>&-`).
    return sys.stdout is not None and sys.stdout.isatty()


def _exit_code(report: "Report", *, strict: bool) -> int:
    from .report import Level

    if strict and any(finding.level is Level.WARNING for finding in report.findings):
        return 1
    return report.exit_code


def _print(text: str, *, colour: bool = False) -> None:
    from .show.printable import fitting

    click.echo(fitting(text, getattr(sys.stdout, "encoding", None)), nl=False, color=colour)


def _refuse_contradictions(source: str | None, options: dict[str, Any]) -> None:
    address = source is not None and "://" in source
    if options["as_json"] and options["github"]:
        raise click.UsageError("--json and --github exclude each other.")
    if options["probe"] and not address:
        raise click.UsageError("--probe needs an address: a folder answers no calls.")
    if options["origin"] and address:
        raise click.UsageError("--origin is for a folder: an address says itself where it is.")
    if options["mcp"] and not address:
        raise click.UsageError("--mcp needs an address: a folder is judged without the network.")
    if options["parameters"] and not options["probe"]:
        raise click.UsageError("--param needs --probe.")
    if options["token"] and not address:
        raise click.UsageError("--token-file is for an address: a folder answers no calls.")
