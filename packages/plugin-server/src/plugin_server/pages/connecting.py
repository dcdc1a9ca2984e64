"""The commands and settings that connect a host, for one server at one address."""

import json
import re
from dataclasses import dataclass
from ipaddress import ip_address
from shlex import quote
from typing import Any

from ..settings.hosts import is_loopback, parse_host

NAME_CHARACTERS = 40
# What a person puts their own token for.
PLACEHOLDER = "TOKEN"


@dataclass(frozen=True)
class Server:
    """The server as hosts meet it. `title` is from the manifest, and may be any text; `mode` is
    that of the documents; `scheme` is what tokens are sent with. In mode oauth a host may ask for
    the scopes in `scope`, and `has_client` where it can have a client of its own.
    """

    title: str
    origin: str
    mode: str
    scheme: str
    scope: str = ""
    has_client: bool = False

    @property
    def name(self) -> str:
        """What hosts call it: nothing that a shell, JSON or Python could read as more."""
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", self.title)[:NAME_CHARACTERS].strip("-")
        return plain or "plugin"

    @property
    def path(self) -> str:
        """The path of the address, which begins with a slash; empty where it has none."""
        _, slash, path = self.origin.partition("://")[2].partition("/")
        return slash + path

    @property
    def mcp(self) -> str:
        return f"{self.origin}/mcp"

    @property
    def has_tokens(self) -> bool:
        """Whether a caller sends a token that somebody gave them."""
        return self.mode in ("service_http", "user_http")

    @property
    def asks_for_token(self) -> bool:
        """Whether a caller sends a token at all: with sign-in, hosts get theirs by themselves."""
        return self.mode != "none"

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the address."""
        return is_loopback(self._host)

    @property
    def is_public(self) -> bool:
        """Whether a host's servers, elsewhere, can call the address over https."""
        try:
            is_reached = ip_address(self._host.strip("[]")).is_global
        except ValueError:
            is_reached = "." in self._host and not self.is_local
        return is_reached and self.origin.startswith("https:")

    @property
    def _host(self) -> str:
        host = parse_host(self.origin.partition("://")[2].partition("/")[0])
        return host.name if host else ""

    @property
    def variable(self) -> str:
        """The environment variable for the token."""
        return re.sub(r"[^A-Z0-9]", "_", self.name.upper()) + "_TOKEN"

    @property
    def authorization(self) -> str:
        return f"{self.scheme.title()} {PLACEHOLDER}"

    @property
    def curl(self) -> str:
        """Lists the tools."""
        message = '{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
        header = f' -H "Authorization: {self.authorization}"' if self.asks_for_token else ""
        return f"curl -s {quote(self.mcp)}{header} -d '{message}'"

    @property
    def claude_code(self) -> str:
        header = f' --header "Authorization: {self.authorization}"' if self.has_tokens else ""
        return f"claude mcp add --transport http {self.name} {quote(self.mcp)}{header}"

    @property
    def codex(self) -> str:
        token = f" --bearer-token-env-var {self.variable}" if self.has_tokens else ""
        return f"codex mcp add {self.name} --url {quote(self.mcp)}{token}"

    @property
    def vs_code(self) -> str:
        members: dict[str, Any] = {"type": "http", "url": self.mcp}
        if not self.has_tokens:
            return f'{{"servers": {{{_entry(self.name, members)}}}}}'
        asked = f"{self.name}-token"
        members["headers"] = {"Authorization": f"{self.scheme.title()} ${{input:{asked}}}"}
        described = {"description": f"Token of {self.name}", "password": True}
        inputs = _lines({"type": "promptString", "id": asked, **described})
        return f'{{"servers": {{{_entry(self.name, members)}}},\n "inputs": [{inputs}]}}'

    @property
    def cursor(self) -> str:
        members: dict[str, Any] = {"url": self.mcp}
        if self.has_tokens:
            value = f"{self.scheme.title()} ${{env:{self.variable}}}"
            members["headers"] = {"Authorization": value}
        return f'{{"mcpServers": {{{_entry(self.name, members)}}}}}'

    @property
    def langchain(self) -> str:
        members: dict[str, Any] = {"transport": "http", "url": self.mcp}
        if self.asks_for_token:
            members["headers"] = {"Authorization": self.authorization}
        return (
            "from langchain_mcp_adapters.client import MultiServerMCPClient\n\n"
            f"client = MultiServerMCPClient({{{_entry(self.name, members)}}})\n"
            "tools = await client.get_tools()"
        )


def _entry(name: str, members: dict[str, Any]) -> str:
    return f"{json.dumps(name)}: {_lines(members)}"


def _lines(members: dict[str, Any]) -> str:
    """A JSON object with a line for each member, which is Python too."""
    return json.dumps(members, indent=2).replace("\n    ", " ").replace("\n  }", " }")
