"""A rule: a function that looks at a plugin and yields its violations.

    @rule("M04", "manifest", "schema_version is v1", "GS", plugin=ERROR)
    def schema_version(plugin: PluginSnapshot) -> Iterator[Violation]: ...

Rules are pure: whatever they look at was gathered before. They meet documents of any shape.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from .approved import Share
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
    "AP": "https://agent-plugins.org/specification, version 1.0.0",
    "RFC 6750": "https://www.rfc-editor.org/rfc/rfc6750#section-3",
    "RFC 8414": "https://www.rfc-editor.org/rfc/rfc8414#section-3",
    "RFC 9728": "https://www.rfc-editor.org/rfc/rfc9728#section-3",
    "python-sdk 732": "https://github.com/modelcontextprotocol/python-sdk/issues/732",
    "python-sdk 1798": "https://github.com/modelcontextprotocol/python-sdk/issues/1798",
    "litellm 34845": "https://github.com/BerriAI/litellm/pull/34845",
    "outline": "https://github.com/outline/outline/issues/11572",
    "langchainjs": "https://github.com/langchain-ai/langchainjs/issues/11351",
    "langfuse": "https://github.com/langfuse/langfuse/issues/14770",
    "Dokploy": "https://github.com/Dokploy/mcp/issues/72",
    "Dify": "https://github.com/langgenius/dify: api/core/tools/utils/parser.py",
    "LobeHub": "https://github.com/lobehub/lobe-chat: src/utils/toolManifest.ts",
    "editor": "the GPT editor, as its users report it",
    "measured": "measured with the hosts' own libraries",
}


@dataclass(frozen=True)
class Rule:
    """What a rule says of itself; `evaluate` finds the violations.

    `levels` are those that its violations may have for a host, first the one that they have when
    they say no other. `reasons` say why a host takes it otherwise than another. `shares` are the
    accepted plugins that break it.
    """

    id: str
    subject: Subject
    title: str
    sources: tuple[str, ...]
    levels: Mapping[Host, tuple[Level, ...]]
    evaluate: RuleFunction
    reasons: Mapping[Host, str]
    shares: tuple[Share, ...]

    @property
    def hosts(self) -> tuple[Host, ...]:
        """The hosts that it matters to."""
        return tuple(self.levels)


RULES: dict[str, Rule] = {}

# One level, or all that a rule's violations may have.
Levels = Level | tuple[Level, ...] | None


def rule(
    identifier: str,
    subject: Subject,
    title: str,
    *sources: str,
    plugin: Levels = None,
    actions: Levels = None,
    mcp: Levels = None,
    reasons: Mapping[Host, str] = MappingProxyType({}),
    shares: tuple[Share, ...] = (),
) -> Callable[[RuleFunction], RuleFunction]:
    """Register the decorated function as a rule. Each identifier exists once."""
    given: tuple[tuple[Host, Levels], ...] = (
        ("plugin", plugin),
        ("actions", actions),
        ("mcp", mcp),
    )
    levels = {
        host: (each,) if isinstance(each, Level) else each
        for host, each in given
        if each is not None
    }

    def register(evaluate: RuleFunction) -> RuleFunction:
        if identifier in RULES:
            raise ValueError(f"two rules are called {identifier}")
        RULES[identifier] = Rule(
            identifier, subject, title, sources, levels, evaluate, reasons, shares
        )
        return evaluate

    return register
