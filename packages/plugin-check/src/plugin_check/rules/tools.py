"""The tools that an MCP endpoint lists: K11, K12, K18 and K20."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from guarded_fetch.words import shown

from ..contract import escape
from ..plugin import PluginSnapshot, SourceDocument
from ..report import Violation
from ..rule import ERROR, WARNING, rule

HINTS = {
    "readOnlyHint": "read_only_justification",
    "destructiveHint": "destructive_justification",
    "openWorldHint": "open_world_justification",
}
NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
DEPTH = 5

# Words that ask for what a tool should not know; of two words, both in this order.
SENSITIVE = (
    *("password", "passwd", "passphrase", "passcode", "pwd", "secret", "credential", "credentials"),
    *("api key", "apikey", "private key", "access token", "refresh token", "auth token"),
    *("bearer token", "id token", "session token", "otp", "mfa", "ssn", "social security"),
    *("passport", "national id", "driver license", "drivers license", "tax id"),
    *("card number", "credit card", "debit card", "cardnumber", "cvv", "cvc", "iban"),
    *("bank account", "account number", "routing number"),
    *("diagnosis", "medical", "patient", "prescription", "biometric", "fingerprint"),
)
# Sensitive only as the whole name: `page_token` is none.
SENSITIVE_ALONE = ("token", "pin")
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


@rule("K11", "plugin", "every tool sets and justifies its three hints", "SE", "SK", mcp=ERROR)
def hints(plugin: PluginSnapshot) -> Iterator[Violation]:
    for pointer, tool in _listed(plugin.tools):
        yield from _hints(plugin.tools or SourceDocument(""), pointer, tool)
    submission = plugin.submission
    if submission is None or not isinstance(submission.value, dict):
        return
    described = submission.top.get("tools")
    if not isinstance(described, dict) or not described:
        repair = "Write each tool's name with its annotations and justifications."
        yield submission.violation("/tools", "tools has no tools.", repair)
        return
    for name, value in described.items():
        pointer, tool = f"/tools/{escape(name)}", value if isinstance(value, dict) else {}
        yield from _hints(submission, pointer, {**tool, "name": name})
        justified = tool.get("justifications")
        for key in HINTS.values():
            text = justified.get(key) if isinstance(justified, dict) else None
            if not isinstance(text, str) or not text.strip():
                yield submission.violation(
                    f"{pointer}/justifications/{key}",
                    f"The tool {shown(name)} has no {key}.",
                    "Write in one sentence what the tool does, not what the hint says.",
                )


@rule("K12", "tools", "tools have an outputSchema", "SK", mcp=WARNING)
def output_schema(plugin: PluginSnapshot) -> Iterator[Violation]:
    for pointer, tool in _listed(plugin.tools):
        if not isinstance(tool.get("outputSchema"), dict):
            yield _violation(
                plugin,
                f"{pointer}/outputSchema",
                f"The tool {shown(tool.get('name'))} has no outputSchema.",
                "Describe its result with a JSON schema, so that models can rely on it.",
            )


@rule(
    "K18", "tools", "tools do not ask for secrets, health, payment or identity", "SK", mcp=WARNING
)
def sensitive(plugin: PluginSnapshot) -> Iterator[Violation]:
    for pointer, tool in _listed(plugin.tools):
        for place, name in _inputs(tool.get("inputSchema"), f"{pointer}/inputSchema", DEPTH):
            if _is_sensitive(name):
                yield _violation(
                    plugin,
                    place,
                    f"The tool {shown(tool.get('name'))} asks for {shown(name)}.",
                    "Take it out unless the tool cannot work without it; "
                    "sign users in by OAuth instead of asking for credentials.",
                )


@rule("K20", "tools", "tool names are 1-128 of A-Z a-z 0-9 _ - . and differ", "MCP", mcp=ERROR)
def tool_names(plugin: PluginSnapshot) -> Iterator[Violation]:
    seen: set[str] = set()
    entries = plugin.tools.top.get("tools") if plugin.tools else None
    for index, tool in enumerate(entries if isinstance(entries, list) else ()):
        name = tool.get("name") if isinstance(tool, dict) else None
        fault = None
        if not isinstance(name, str) or not NAME.fullmatch(name):
            fault = f"The name of tool {index + 1} is {shown(name)}."
        elif name in seen:
            fault = f"Two tools are called {shown(name)}."
        else:
            seen.add(name)
        if fault:
            repair = "Write 1 to 128 of A-Z a-z 0-9 _ - . and give each tool a name of its own."
            yield _violation(plugin, f"/tools/{index}/name", fault, repair)


def _hints(document: SourceDocument, pointer: str, tool: Mapping[str, Any]) -> Iterator[Violation]:
    annotations = tool.get("annotations")
    for hint in HINTS:
        value = annotations.get(hint) if isinstance(annotations, dict) else None
        if not isinstance(value, bool):
            yield document.violation(
                f"{pointer}/annotations/{hint}",
                f"The tool {shown(tool.get('name'))} does not set {hint}.",
                "Write true or false. Leaving it to the default blocks the submission.",
            )


def _listed(tools: SourceDocument | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The tools that are objects, each with its pointer."""
    entries = tools.top.get("tools") if tools else None
    for index, tool in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(tool, dict):
            yield f"/tools/{index}", tool


def _inputs(schema: object, pointer: str, depth: int) -> Iterator[tuple[str, str]]:
    """The names of all properties, also of objects in objects and in lists."""
    if not isinstance(schema, dict) or depth == 0:
        return
    properties = schema.get("properties")
    for name, value in properties.items() if isinstance(properties, dict) else ():
        place = f"{pointer}/properties/{escape(name)}"
        yield place, name
        yield from _inputs(value, place, depth - 1)
    yield from _inputs(schema.get("items"), f"{pointer}/items", depth - 1)


def _is_sensitive(name: str) -> bool:
    words = " ".join(WORD.findall(name[:200])).lower()
    return words in SENSITIVE_ALONE or any(f" {each} " in f" {words} " for each in SENSITIVE)


def _violation(plugin: PluginSnapshot, pointer: str, message: str, repair: str) -> Violation:
    return (plugin.tools or SourceDocument("")).violation(pointer, message, repair)
