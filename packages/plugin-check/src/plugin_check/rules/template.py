"""What is left of the template that a plugin was made from: M07."""

from collections.abc import Iterator
from typing import Any

from guarded_fetch.words import shown

from ..approved import FEW
from ..contract import escape
from ..domains import host_of
from ..plugin import HOSTNAME, PluginSnapshot, SourceDocument
from ..report import Violation
from ..rule import ERROR, WARNING, rule
from ..served import is_left_over
from .manifest import FOR_PEOPLE, OBJECTS

# The example programs' text for a value that is to be replaced.
REPLACE = "replace_this_string"


@rule(
    "M07",
    "manifest",
    "nothing of the template is left to fill in; an example's address for people was accepted",
    "EX",
    plugin=(ERROR, WARNING),
    shares=(FEW,),
)
def filled_in(plugin: PluginSnapshot) -> Iterator[Violation]:
    manifest, contract = (
        plugin.manifest or SourceDocument(""),
        plugin.contract or SourceDocument(""),
    )
    for pointer, value in _values(manifest):
        if isinstance(value, str):
            yield from _left_over(plugin, manifest, pointer, value)
    servers = contract.top.get("servers")
    for index, server in enumerate(servers if isinstance(servers, list) else ()):
        url = server.get("url") if isinstance(server, dict) else None
        if isinstance(url, str):
            yield from _left_over(plugin, contract, f"/servers/{index}/url", url)


def _values(manifest: SourceDocument) -> Iterator[tuple[str, Any]]:
    """The fields and those of `auth` and `api`; A02 looks at the verification tokens."""
    for key, value in manifest.top.items():
        yield f"/{escape(key)}", value
        if key in OBJECTS and isinstance(value, dict):
            yield from ((f"/{key}/{escape(inner)}", each) for inner, each in value.items())


def _left_over(
    plugin: PluginSnapshot, document: SourceDocument, pointer: str, text: str
) -> Iterator[Violation]:
    if HOSTNAME in text and not plugin.filled_in:
        message = f"{HOSTNAME} was not replaced."
        yield document.violation(
            pointer, message, "Write the address that the plugin is served at."
        )
    elif REPLACE in text.lower():
        message = f"{shown(text)} is the template's text."
        yield document.violation(pointer, message, "Replace it with your own.")
    else:
        address = f"https://{text.rpartition('@')[2]}" if pointer == "/contact_email" else text
        host = host_of(address)
        if host is not None and is_left_over(plugin, host):
            message = f"{shown(text)} is an example's address."
            level = WARNING if pointer[1:] in FOR_PEOPLE else ERROR
            repair = "Write an address of your own."
            yield document.violation(pointer, message, repair, level, FEW)
