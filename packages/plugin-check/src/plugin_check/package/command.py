"""The verb `package`. Importing this is cheap: whatever packages is imported when it is run."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import click


@click.command("package")
@click.argument("directory", type=click.Path(file_okay=False))
@click.option("--url", metavar="URL", required=True, help="The plugin's public origin.")
@click.option(
    "--documents",
    "folder",
    metavar="FOLDER",
    default=".",
    help="Where manifest, contract and logo are. Default: the current folder.",
)
@click.option("--force", is_flag=True, help="Write anew what an earlier run wrote.")
def package_command(directory: str, url: str, folder: str, force: bool) -> None:
    """Write the plugin package for OpenAI's directory into DIRECTORY.

    It is made from the manifest and the contract, for the public URL, and checked.

    Exit code: 0 clean, 1 not written or with errors, 2 the documents or the URL are not fit.
    """
    from . import UnusableDirectory, UnusableDocuments, public_origin
    from .documents import read_documents

    if not directory:
        _fail("DIRECTORY is empty: say where the package goes", 2)
    try:
        origin = public_origin(url)
    except ValueError as error:
        _fail(f"--url: {error}", 2)
    try:
        documents = read_documents(Path(folder), origin)
        sys.exit(write_and_check(Path(directory), *documents, origin, force=force))
    except UnusableDocuments as error:
        _fail(str(error), 2)
    except UnusableDirectory as error:
        _fail(str(error), 1)


def write_and_check(
    directory: Path,
    manifest: Mapping[str, Any],
    contract: Mapping[str, Any],
    logo: bytes,
    origin: str,
    *,
    force: bool,
) -> int:
    """Write a package, print what it is and what OpenAI's directory would say of it.

    Gives the exit code: 0 clean, 1 with errors. Arguments and errors are those of `write`.
    """
    from .. import check
    from ..show.printable import fitting, printable
    from ..show.text import render
    from . import ENDPOINT, write

    listing = write(directory, manifest, contract, logo, origin, force=force)
    for remark in listing.remarks:
        click.echo(printable(remark), err=True)
    summary = printable(f"{directory}: {listing.name} {listing.version} for {origin}{ENDPOINT}")
    report = check(directory, hosts=["mcp"], origin=origin)
    text = f"{summary}\n{render(report, colour=False)}"
    click.echo(fitting(text, getattr(sys.stdout, "encoding", None)), nl=False)
    return report.exit_code


def _fail(sentence: str, code: int) -> NoReturn:
    from ..show.printable import printable

    click.echo(f"plugin-check: {printable(sentence)}", err=True)
    sys.exit(code)
