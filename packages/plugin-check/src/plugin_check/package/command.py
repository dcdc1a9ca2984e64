"""The verb `package`. Importing this is cheap: whatever packages is imported when it is run."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .refusal import InTheWay, Refusal

if TYPE_CHECKING:
    from app.settings import Settings

    from .listing import Listing

# Where the MCP endpoint is, on the plugin's own host.
ENDPOINT = "/mcp"


def package_command(
    documents: Callable[[], Path],
    settings: Callable[[], "Settings"],
    judge: Callable[[Path, str], int],
) -> click.Command:
    """The command, for the manifest, contract and logo in the folder that `documents` names.

    `judge` prints what OpenAI's directory would say of the package in a folder, of a plugin that is
    served at an origin, and answers with the exit code.
    """

    @click.command("package")
    @click.argument("directory", type=click.Path(file_okay=False))
    @click.option(
        "--url", metavar="URL", help="The public origin. Default: that of PLUGIN_PUBLIC_URL."
    )
    @click.option("--force", is_flag=True, help="Write anew what an earlier run wrote.")
    def package(directory: str, url: str | None, force: bool) -> None:
        """Write the plugin package for OpenAI's directory into DIRECTORY.

        It is made from the manifest and the contract, for the public URL, and checked.

        Exit code: 0 clean, 1 not written or with errors, 2 settings or documents are not fit.
        """
        if not directory:
            raise Refusal("DIRECTORY is empty: say where the package goes")
        from .origin import package_origin

        given = settings()
        origin = package_origin(given.public_url, url)
        listing, logo = _derived(documents(), given, origin)
        _write(Path(directory), listing, origin + ENDPOINT, logo, force=force)
        for remark in listing.remarks:
            click.echo(remark, err=True)
        click.echo(f"{directory}: {listing.name} {listing.version} for {origin}{ENDPOINT}")
        sys.exit(judge(Path(directory), origin))

    return package


def _derived(folder: Path, settings: "Settings", origin: str) -> "tuple[Listing, bytes]":
    from app.documents import Documents, InvalidDocument, read_logo

    from .listing import derive

    try:
        documents, logo = Documents(folder, settings), read_logo(folder).content
        manifest = json.loads(documents.render("ai-plugin.json", origin).content)
        contract = json.loads(documents.render("openapi.json", origin).content)
    except InvalidDocument as error:
        raise Refusal(str(error)) from None
    except TypeError:
        # YAML has more types than JSON.
        raise Refusal("openapi.yaml: put dates into quotation marks") from None
    return derive(manifest, contract, origin), logo


def _write(directory: Path, listing: "Listing", endpoint: str, logo: bytes, *, force: bool) -> None:
    from .files import package_files
    from .writing import write_package

    files = package_files(listing, endpoint, logo)
    try:
        write_package(directory, listing.name, files, force=force)
    except OSError as error:
        raise InTheWay(f"{directory} cannot be written: {error.strerror}") from None
