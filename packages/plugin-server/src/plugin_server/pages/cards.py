"""Each host, how it is connected, and what it needs that this server may not give."""

from typing import NamedTuple

from .connecting import Server

# What a host needs; each goes on behind its name.
PUBLIC = (
    "calls from its own servers: it needs a public https address, which PLUGIN_PUBLIC_URL names"
)
OPEN_OR_SIGN_IN = "takes no fixed token: the server must be open, or have people sign in"

OPEN = "Whoever learns the address can use this server. Use it for a trial only."
# In the modes with sign-in.
SIGN_IN = {
    "oauth": "It sends you here to sign in, and asks for your consent.",
    "issuer": "It sends you to another server to sign in, which asks for your consent.",
}
REGISTERS = "If it has no document that names it, PLUGIN_OAUTH_REGISTRATION must be on."
CONTAINER = (
    "In a container, localhost is the container: use host.docker.internal, and name that in"
    " PLUGIN_PUBLIC_URL."
)
NO_CLIENT = (
    "A GPT needs a client of its own: PLUGIN_OAUTH_CLIENT_ID and PLUGIN_OAUTH_CLIENT_SECRET."
)
MODES = {
    "none": "Open: nobody is asked who they are.",
    "service_http": "For one trusted host, which calls with its token.",
    "user_http": "Each person calls with a token of their own, and reaches what is theirs.",
    "oauth": "Each person signs in, and says which assistant may act for them.",
    "issuer": "Each person signs in at another server, and says which assistant may act for them.",
}


class Card(NamedTuple):
    """`copied` is what a person copies, and `what` it is. Of `needs`, each is a sentence about what
    this server does not give; without any, it works as it stands. `notes` are good to know.
    """

    host: str
    steps: str
    what: str
    copied: str
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """For the page's own links."""
        return self.host.lower().replace(" ", "-")


def cards(server: Server) -> list[Card]:
    """One for each host: first those for which this server is enough."""
    made = [
        _claude(server),
        _codex(server),
        _vs_code(server),
        _cursor(server),
        _langchain(server),
        _open_webui(server),
        _chatgpt(server),
        _gpt_action(server),
        _curl(server),
    ]
    return sorted(made, key=lambda card: bool(card.needs))


def _lacks(server: Server) -> list[str]:
    """What a host in a cloud needs that takes no fixed token."""
    lacks = [] if server.is_public else [PUBLIC]
    return [*lacks, OPEN_OR_SIGN_IN] if server.has_tokens else lacks


def _signs_in(server: Server) -> tuple[str, ...]:
    return (SIGN_IN[server.mode],) if server.mode in SIGN_IN else ()


def _registers(server: Server) -> tuple[str, ...]:
    """For a host that is known to register itself, or not known to do without."""
    return (REGISTERS,) if server.mode == "oauth" else ()


def _placeholder(server: Server) -> tuple[str, ...]:
    return ("Put your token where TOKEN stands.",) if server.asks_for_token else ()


def _sends_bearer(host: str, server: Server) -> tuple[str, ...]:
    """What a host lacks that sends tokens in no other way."""
    is_basic = server.has_tokens and server.scheme != "bearer"
    return (f"{host} sends bearer tokens, and this server asks for Basic.",) if is_basic else ()


def _chatgpt(server: Server) -> Card:
    return Card(
        "ChatGPT",
        "In Settings, Security and login, turn on Developer mode. Then add a server at"
        " chatgpt.com/plugins, with this address.",
        "The address",
        server.mcp,
        needs=tuple(f"ChatGPT {each}." for each in _lacks(server)),
        notes=(OPEN,) if server.mode == "none" and server.is_public else _signs_in(server),
    )


def _claude(server: Server) -> Card:
    app = [f"Claude's app {each}." for each in _lacks(server)]
    connector = f"In Claude's app, add {server.mcp} under Settings, Connectors."
    return Card(
        "Claude",
        "For Claude Code, in a terminal:",
        "The command",
        server.claude_code,
        notes=(
            *(_placeholder(server) if server.has_tokens else ()),
            *(app or [connector]),
            *_signs_in(server),
        ),
    )


def _codex(server: Server) -> Card:
    return Card(
        "Codex",
        "In a terminal:",
        "The command",
        server.codex,
        needs=_sends_bearer("Codex", server),
        notes=(f"Your token goes into the environment as {server.variable}.",)
        if server.has_tokens
        else _signs_in(server),
    )


def _vs_code(server: Server) -> Card:
    return Card(
        "VS Code",
        "In .vscode/mcp.json:",
        "The settings",
        server.vs_code,
        notes=("VS Code asks for your token.",) if server.has_tokens else _signs_in(server),
    )


def _cursor(server: Server) -> Card:
    return Card(
        "Cursor",
        "In ~/.cursor/mcp.json, or .cursor/mcp.json of a project:",
        "The settings",
        server.cursor,
        notes=(f"Your token goes into the environment as {server.variable}.",)
        if server.has_tokens
        else (*_signs_in(server), *_registers(server)),
    )


def _open_webui(server: Server) -> Card:
    way = "Auth is Bearer, with your token." if server.has_tokens else "Auth is None."
    for each in _signs_in(server):
        way = f"Auth is OAuth 2.1. {each}"
    return Card(
        "Open WebUI",
        "In Settings, Admin, Integrations, add a server of the type MCP (Streamable HTTP), with"
        f" this address. {way}",
        "The address",
        server.mcp,
        needs=_sends_bearer("Open WebUI", server),
        notes=(*_registers(server), *((CONTAINER,) if server.is_local else ())),
    )


def _gpt_action(server: Server) -> Card:
    lacks = () if server.is_public else (f"OpenAI {PUBLIC}.",)
    ways = {
        "oauth": "Authentication is OAuth, with the client's ID and secret, the authorization URL"
        f" {server.origin}/authorize, the token URL {server.origin}/token and the scope"
        f" {server.scope}.",
        "issuer": "Authentication is OAuth, with a client that the other server knows, and its"
        " authorization and token URL.",
    }
    way = ways.get(server.mode, f"The token goes in as API key, {server.scheme.title()}.")
    return Card(
        "GPT Action",
        "In the GPT editor, import the contract from this address.",
        "The address",
        f"{server.origin}/openapi.yaml",
        needs=(*lacks, NO_CLIENT) if server.mode == "oauth" and not server.has_client else lacks,
        notes=(
            *((way,) if server.asks_for_token else ()),
            *_signs_in(server),
            "OpenAI is retiring custom GPTs: personal accounts can make no new ones.",
        ),
    )


def _langchain(server: Server) -> Card:
    return Card(
        "LangChain",
        "With the package langchain-mcp-adapters:",
        "The code",
        server.langchain,
        notes=_placeholder(server),
    )


def _curl(server: Server) -> Card:
    return Card(
        "Anything else",
        f"The contract is at {server.origin}/openapi.json. In a terminal, this lists the tools of"
        " MCP:",
        "The command",
        server.curl,
        notes=_placeholder(server),
    )
