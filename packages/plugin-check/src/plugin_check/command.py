"""The verb `check`. Importing this is cheap: whatever checks is imported when it is run."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import arguments

if TYPE_CHECKING:
    from .report import Report

INTERRUPTED = 130
# Of several sources: errors count more than what could not be judged.
WORST_FIRST = (1, 2)

HELP = """Would AI hosts accept the plugin at SOURCE?

SOURCE is the address of a plugin or of a contract, the folder of a plugin or of a package, or the
file of a contract or of a manifest; there may be several. Without SOURCE: {}. Folders and files
are judged without the network.

Exit code: 0 clean, 1 errors, 2 nothing could be judged.
"""


def check_command(default: Path, called: str, epilog: str | None = None) -> click.Command:
    """The command; without SOURCE it checks the folder `default`, which the help calls `called`."""

    @click.command("check", help=HELP.format(called), epilog=epilog)
    @click.argument("sources", metavar="[SOURCE]...", nargs=-1)
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
    def check(sources: tuple[str, ...], rules: bool, **options: Any) -> None:
        if rules:
            from .show.table import rules_table

            _print(rules_table())
            return
        if "" in sources:
            raise click.UsageError(f"SOURCE is empty. Leave it out to check {called}.")
        _refuse_contradictions(sources, options)
        try:
            code = _check_each(sources or (default,), options)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        sys.exit(code)

    return check


def _check_each(sources: Sequence[str | Path], options: dict[str, Any]) -> int:
    """Print a report on each, as soon as there is one; with --json a list of several together."""
    from .show.printable import printable

    codes, documents = set(), []
    for number, source in enumerate(sources):
        report = _look(source, options)
        codes.add(_exit_code(report, strict=options["strict"]))
        shown = _shown(report, options)
        if options["as_json"]:
            documents.append(shown)
            continue
        if options["github"] and len(sources) > 1:
            _print(f"{printable(str(source))}:\n")
        elif number:
            _print("\n")
        _print(shown, colour=_colour(options))
    if options["as_json"]:
        _print(_joined(documents))
    return next((code for code in WORST_FIRST if code in codes), 0)


def _joined(documents: list[str]) -> str:
    """One report as it is, several as a list."""
    if len(documents) == 1:
        return documents[0]
    return f"[\n{','.join(documents)}]\n"


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


def _refuse_contradictions(sources: tuple[str, ...], options: dict[str, Any]) -> None:
    addresses = ["://" in source for source in sources]
    online = bool(addresses) and all(addresses)
    if options["as_json"] and options["github"]:
        raise click.UsageError("--json and --github exclude each other.")
    if options["probe"] and not online:
        raise click.UsageError("--probe needs an address: a folder answers no calls.")
    if options["origin"] and any(addresses):
        raise click.UsageError("--origin is for a folder: an address says itself where it is.")
    if options["mcp"] and not online:
        raise click.UsageError("--mcp needs an address: a folder is judged without the network.")
    if options["parameters"] and not options["probe"]:
        raise click.UsageError("--param needs --probe.")
    if options["token"] and not online:
        raise click.UsageError("--token-file is for an address: a folder answers no calls.")
