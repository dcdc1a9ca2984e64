"""The plugin package for OpenAI's directory, made from manifest and contract.

    from plugin_check import package

    origin = package.public_origin("https://todo.example.org")
    listing = package.write(directory, manifest, contract, logo, origin)

`listing` derives what the directory shows, `files` puts it into the two formats, `writing` puts
the files into a directory; `documents` reads manifest, contract and logo from a folder, `command`
is the verb.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import UnusableDirectory, UnusableDocuments
from .files import package_files
from .listing import Listing, derive
from .origin import public_origin
from .writing import write_files

__all__ = [
    "ENDPOINT",
    "Listing",
    "UnusableDirectory",
    "UnusableDocuments",
    "public_origin",
    "write",
]

# Where the MCP endpoint is, on the plugin's own host.
ENDPOINT = "/mcp"


def write(
    directory: Path,
    manifest: Mapping[str, Any],
    contract: Mapping[str, Any],
    logo: bytes,
    origin: str,
    *,
    force: bool = False,
) -> Listing:
    """Write the package of the plugin whose documents, as served at `origin`, these are.

    `origin` is one of `public_origin`. With `force` an earlier package of the same name is written
    over. Raises UnusableDocuments, and UnusableDirectory.
    """
    listing = derive(manifest, contract, origin)
    files = package_files(listing, origin + ENDPOINT, logo)
    try:
        write_files(directory, listing.name, files, force=force)
    except OSError as error:
        raise UnusableDirectory(f"{directory} cannot be written: {error.strerror}") from None
    return listing
