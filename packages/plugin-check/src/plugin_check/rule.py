"""A rule: a function that looks at a plugin and yields its violations.

    @rule("M04", "manifest", ERROR, ("plugin",), "schema_version is v1", "GS")
    def schema_version(plugin: PluginSnapshot) -> Iterator[Violation]: ...

Rules are pure: whatever they look at was gathered before. They meet documents of any shape.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from .plugin import PluginSnapshot
from .report import Host, Level, Violation

ERROR, WARNING, NOTE = Level.ERROR, Level.WARNING, Level.NOTE

# What a rule looks at; it is not asked where that was not gathered or cannot be read.
Subject = Literal[
    "plugin", "manifest", "contract", "both", "folder", "package", "submission", "tools", "live"
]

RuleFunction = Callable[[PluginSnapshot], Iterator[Violation]]

# The pages that rules come from. Those of 2023 are retired; their text survives in copies.
SOURCES = {
    "GS": "platform.openai.com/docs/plugins/getting-started (2023, retired)",
    "AU": "platform.openai.com/docs/plugins/authentication (2023, retired)",
    "PR": "platform.openai.com/docs/plugins/production (2023, retired)",
    "EX": "platform.openai.com/docs/plugins/examples (2023, retired)",
    "VA": "https://github.com/pluginlab-ai/chatgpt-plugin-validator",
    "TS": "https://github.com/transitive-bullshit/chatgpt-plugin-ts",
    "QS": "https://github.com/openai/plugins-quickstart",
    "AC": "https://developers.openai.com/api/docs/actions/production.md",
    "AA": "https://developers.openai.com/api/docs/actions/authentication.md",
    "AG": "https://developers.openai.com/api/docs/actions/getting-started.md",
    "SF": "https://developers.openai.com/api/docs/actions/sending-files",
    "SE": "https://developers.openai.com/plugins/deploy/submission-errors.md",
    "SK": "https://github.com/openai/plugins: skills/chatgpt-app-submission",
    "PK": "https://developers.openai.com/plugins/build/plugins.md",
    "nobrainer": "https://github.com/nobrainer-tech/nobrainer-tech-flow/releases/tag/v2.7.2",
    "upstash": "https://github.com/upstash/skills/pull/32",
    "MCP": "https://modelcontextprotocol.io/specification/2026-07-28/server/tools",
    "OAS": "https://spec.openapis.org/oas/",
    "RFC 6750": "https://www.rfc-editor.org/rfc/rfc6750#section-3",
    "Dify": "https://github.com/langgenius/dify: api/core/tools/utils/parser.py",
    "LobeHub": "https://github.com/lobehub/lobe-chat: src/utils/toolManifest.ts",
    "editor": "the GPT editor, as its users report it",
    "measured": "measured with the hosts' own libraries",
}


@dataclass(frozen=True)
class Rule:
    """What a rule says of itself; `evaluate` finds the violations."""

    id: str
    subject: Subject
    level: Level
    hosts: tuple[Host, ...]
    title: str
    sources: tuple[str, ...]
    evaluate: RuleFunction


RULES: dict[str, Rule] = {}


def rule(
    identifier: str,
    subject: Subject,
    level: Level,
    hosts: tuple[Host, ...],
    title: str,
    *sources: str,
) -> Callable[[RuleFunction], RuleFunction]:
    """Register the decorated function as a rule. Each identifier exists once."""

    def register(evaluate: RuleFunction) -> RuleFunction:
        if identifier in RULES:
            raise ValueError(f"two rules are called {identifier}")
        RULES[identifier] = Rule(identifier, subject, level, hosts, title, sources, evaluate)
        return evaluate

    return register
