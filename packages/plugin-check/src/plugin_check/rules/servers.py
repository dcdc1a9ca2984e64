"""What GPT Actions call, and how large a contract they take: G07 and G08."""

import json
from collections.abc import Iterator

from guarded_fetch.words import shown

from ..domains import host_of, is_local
from ..plugin import PluginSnapshot, SourceDocument
from ..public_server import fault_of, first_server
from ..report import Violation
from ..rule import ERROR, rule
from ..served import is_served_locally

CONTRACT_CHARACTERS = 1_000_000
COUNTED = 10 * CONTRACT_CHARACTERS
INDENTED = json.JSONEncoder(indent=2, ensure_ascii=False)


@rule(
    "G07",
    "contract",
    "servers[0] is the https address of a public host, with nothing left to fill in",
    "AC",
    "editor",
    actions=ERROR,
)
def called_server(plugin: PluginSnapshot) -> Iterator[Violation]:
    """What is no address at all is S01's, and a list without one S02's.

    Of a plugin that is served on this machine T13 says that it is out of reach.
    """
    contract = plugin.contract or SourceDocument("")
    address = first_server(contract, plugin=plugin)
    if address is None:
        return
    if is_served_locally(plugin) and is_local(host_of(address) or ""):
        return
    if fault := fault_of(address):
        yield contract.violation(
            "/servers/0/url",
            f"servers[0] is {shown(address)}, which {fault}: an Action calls that address.",
            "Write the API's own address: https://, a public host and the path.",
        )


@rule(
    "G08",
    "contract",
    "the contract has at most 1,000,000 characters as indented JSON, as the GPT editor counts it",
    "editor",
    actions=ERROR,
)
def contract_size(plugin: PluginSnapshot) -> Iterator[Violation]:
    contract = plugin.contract or SourceDocument("")
    characters = 0
    for piece in INDENTED.iterencode(contract.value):
        characters += len(piece)
        # A text that stands behind many aliases is written out each time.
        if characters > COUNTED:
            break
    if characters > CONTRACT_CHARACTERS:
        more = "more than " if characters > COUNTED else ""
        yield contract.violation(
            "",
            f"The contract has {more}{min(characters, COUNTED):,} characters as indented JSON; the "
            f"GPT editor takes {CONTRACT_CHARACTERS:,}.",
            "Leave out operations, examples and answers that no Action needs, or split it.",
        )
