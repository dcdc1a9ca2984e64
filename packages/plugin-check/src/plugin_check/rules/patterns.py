"""Regular expressions in what a model is to fill in: each reader compiles them with its own engine.

S11 looks at requests of the contract, K25 at tools.
"""

from collections.abc import Iterator
from typing import Any

from guarded_fetch.words import shown

from ..contract import Part
from ..patterns import (
    BRACKET,
    NUL,
    OTHER_ESCAPE,
    PYTHON,
    UNICODE_ESCAPE,
    Construct,
    patterns,
    refused,
)
from ..plugin import PluginSnapshot, SourceDocument
from ..report import Violation
from ..rule import ERROR, WARNING, rule
from ..walk import request_schemas, schemas

INSTEAD = {
    UNICODE_ESCAPE: "Write the character itself, or \\x and two hexadecimal digits.",
    OTHER_ESCAPE: "Write the character without the backslash.",
    NUL: "Write \\x00.",
    BRACKET: "Write \\[.",
}
WITHOUT = "Write it without, or leave the pattern out and check the value yourself."


@rule(
    "S11",
    "contract",
    "every engine of regular expressions takes the patterns of requests",
    "langchainjs",
    "langfuse",
    "Dokploy",
    plugin=WARNING,
    actions=WARNING,
)
def patterns_of_requests(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Each schema once, however many operations share it."""
    contract = plugin.contract or SourceDocument("")
    for schema in request_schemas(contract):
        for pointer, pattern in patterns(schema):
            for construct in refused(pattern):
                yield contract.violation(pointer, *_worded(pattern, construct))


@rule(
    "K25",
    "tools",
    "every engine of regular expressions takes the patterns of tools",
    "langfuse",
    "langchainjs",
    "Dokploy",
    mcp=(WARNING, ERROR),
)
def patterns_of_tools(plugin: PluginSnapshot) -> Iterator[Violation]:
    """OpenAI compiles them with Python's engine, and refuses all tools where one does not fit."""
    tools = plugin.tools or SourceDocument("")
    listed: Any = tools.top.get("tools")
    for index, tool in enumerate(listed if isinstance(listed, list) else ()):
        schema = tool.get("inputSchema") if isinstance(tool, dict) else None
        if not isinstance(schema, dict):
            continue
        # References in it lead into it.
        own = SourceDocument(tools.name, schema)
        for part in schemas(own, Part("", schema), set()):
            for pointer, pattern in patterns(part):
                for construct in refused(pattern):
                    yield tools.violation(
                        f"/tools/{index}/inputSchema{pointer}",
                        *_worded(pattern, construct),
                        ERROR if PYTHON in construct.engines else None,
                    )


def _worded(pattern: str, construct: Construct) -> tuple[str, str]:
    return (
        f"The pattern {shown(pattern)} has {shown(construct.written)}, {construct.name}, which is "
        f"refused by {' and by '.join(construct.engines)}.",
        INSTEAD.get(construct.name, WITHOUT),
    )
