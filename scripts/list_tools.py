"""List the tools as a model is told of them, in each mode, into docs/tools.md.

    python scripts/list_tools.py

What a client makes of `tools/list` differs; it holds nothing but what stands here.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from app import main as plugin
from plugin_server.contract import types_of
from plugin_server.documents import Documents, documents_folder
from plugin_server.http.models import LARGEST_NUMBER
from plugin_server.mcp.tools import tools_of

PAGE = Path(__file__).parent.parent / "docs" / "tools.md"
BEGIN, END = "<!-- tools: made by scripts/list_tools.py -->", "<!-- end of the tools -->"
# A token is nobody's here, but the mode is refused without one.
MODES: list[dict[str, Any]] = [
    {"auth": "none"},
    {"auth": "service_http", "service_tokens": "k7Qm2zXw9RtLs4Vb8NcJ"},
    {"auth": "user_http"},
]
WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
}


def listing() -> Iterator[str]:
    """The lines: for the modes that tell the same, once."""
    told = [(settings["auth"], list(_told(settings))) for settings in MODES]
    for lines, modes in groupby(told, key=lambda each: each[1]):
        names = " and ".join(f"`{mode}`" for mode, _ in modes)
        yield f"## In mode {names}"
        yield from lines


def _told(settings: dict[str, Any]) -> Iterator[str]:
    folder = documents_folder(Path(plugin.__file__).parent)
    documents = Documents(folder, plugin.Settings(**settings))
    yield f"\n> {documents.manifest['description_for_model']}\n"
    for tool in tools_of(documents.contract).values():
        yield f"### {tool.name}: {tool.listed['title']}\n"
        yield f"{tool.listed['description']}\n"
        yield from _members("argument", tool.listed["inputSchema"], "may be left out")
        yield from _members("answer", tool.listed.get("outputSchema", {}), "not always there")
        hints = [name for name, holds in tool.listed["annotations"].items() if holds]
        yield f"Hints: {', '.join(hints) or 'none hold'}.\n"


def _members(heading: str, schema: dict[str, Any], optional: str) -> Iterator[str]:
    if not schema.get("properties"):
        return
    yield f"| {heading} | | |\n|---|---|---|"
    for name, member in schema["properties"].items():
        kind = (
            _kind(member) if name in schema.get("required", []) else f"{_kind(member)}, {optional}"
        )
        yield f"| `{name}` | {kind} | {member.get('description', '')} |"
    yield ""


def _kind(schema: dict[str, Any]) -> str:
    """The type and the limits of a value, in words."""
    if "array" in types_of(schema):
        return f"list of {_kind(schema.get('items', {}))}"
    words = " or ".join(WORDS.get(each, each) for each in types_of(schema)) or "anything"
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    # What is only there so that every reader of JSON keeps the number.
    high = None if high == LARGEST_NUMBER else high
    limits = " to ".join(f"{each:,}" for each in (low, high) if each is not None)
    unit = " characters" if "maxLength" in schema else ""
    open_end = " or more" if high is None else ""
    return f"{words}, {limits}{unit}{open_end}" if limits else words


def main() -> None:
    page = PAGE.read_text()
    lines = "\n".join(listing()).rstrip()
    between = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    PAGE.write_text(between.sub(lambda _: f"{BEGIN}\n\n{lines}\n\n{END}", page))


if __name__ == "__main__":
    main()
