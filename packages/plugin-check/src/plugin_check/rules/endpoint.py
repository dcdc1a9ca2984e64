"""How an MCP endpoint was found: K14."""

from collections.abc import Iterator

from ..domains import host_of, is_local
from ..plugin import Exchange, Plugin
from ..report import Problem
from ..rule import ERROR, NOTE, WARNING, rule
from ..tools import is_absent

TOKEN_BYTES = 1_024


@rule(
    "K14",
    "live",
    ERROR,
    ("mcp",),
    "a public https MCP endpoint lists its tools, and the domain is proven",
    "SE",
)
def endpoint(plugin: Plugin) -> Iterator[Problem]:
    asked = plugin.seen("tools")
    if not asked:
        return
    if plugin.tools is None:
        yield _scan(asked[-1], plugin.token)
        if is_absent(asked[-1]):
            return
    elif plugin.tools.top.get("nextCursor") is not None:
        yield plugin.tools.problem(
            "/nextCursor",
            f"The list of tools does not end after {len(plugin.tools.top['tools'])} tools.",
            "Answer with all tools at once, or leave out nextCursor on the last page.",
        )
    # Of the plugin's own host T01 and T13 say it.
    if host_of(asked[-1].url) != host_of(plugin.origin):
        yield from _reachable(asked[-1])
    for exchange in plugin.seen("challenge"):
        yield from _challenge(exchange)


def _scan(exchange: Exchange, token: str | None) -> Problem:
    """Why there is no list of tools."""
    if exchange.trouble is not None:
        return Problem(
            f"The tools could not be listed: {exchange.failure or exchange.trouble}",
            "Answer tools/list with one JSON document.",
            exchange.place,
        )
    if is_absent(exchange):
        return Problem(
            "No MCP endpoint answers here.",
            "Say where it is, if there is one. Without one there is nothing to submit but skills.",
            exchange.place,
            NOTE,
        )
    if exchange.status == 401 and token is None:
        challenged = "www-authenticate" in exchange.headers
        return Problem(
            "The tools cannot be listed without a token"
            + ("." if challenged else ", and no WWW-Authenticate says where to get one."),
            "Give a token to see them."
            if challenged
            else "Send WWW-Authenticate: Bearer with resource_metadata on every 401.",
            exchange.place,
            NOTE if challenged else WARNING,
        )
    if exchange.status in (401, 403):
        message, repair = "The token was refused.", "Give a token that may list the tools."
        if token is None:
            message, repair = (
                "Listing the tools is forbidden.",
                "Let anybody list them, or send 401.",
            )
        return Problem(message, repair, exchange.place)
    return Problem(
        f"{exchange.subject} was answered with status {exchange.status} and no list of tools.",
        "Answer with a JSON-RPC response whose result has tools, as JSON or as one event.",
        exchange.place,
    )


def _reachable(exchange: Exchange) -> Iterator[Problem]:
    host = host_of(exchange.url) or ""
    if is_local(host):
        yield Problem(
            "Only this machine can reach the MCP endpoint.",
            "Give it a public https address, or a tunnel, before you submit it.",
            exchange.place,
            NOTE,
        )
    elif not exchange.url.startswith("https://"):
        yield Problem(
            "The MCP endpoint is not served over https.",
            "Serve it over https, with a certificate that everybody trusts.",
            exchange.place,
        )


def _challenge(exchange: Exchange) -> Iterator[Problem]:
    """Problems with the proof of the domain; its token is only known to the portal."""
    message, level = None, None
    if exchange.trouble is not None:
        message = f"It could not be fetched: {exchange.failure or exchange.trouble}"
    elif exchange.status in (404, 410):
        message, level = "The token that proves the domain is not set.", NOTE
    elif exchange.status != 200:
        message = f"It was answered with status {exchange.status}, not with the token."
    elif exchange.content_type == "text/html" or not _is_token(exchange.body.rstrip(b"\r\n")):
        message = "The answer is not the token alone."
    elif not _is_token(exchange.body):
        message, level = "A line break follows the token.", WARNING
    if message:
        repair = "Answer with the portal's token and nothing else, as text/plain."
        yield Problem(message, repair, exchange.place, level)


def _is_token(body: bytes) -> bool:
    """Whether it is one printable word, and no markup."""
    words = 0 < len(body) <= TOKEN_BYTES and all(0x21 <= byte <= 0x7E for byte in body)
    return words and not body.startswith((b"<", b"{", b"[", b'"'))
