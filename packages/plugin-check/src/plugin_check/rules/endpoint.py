"""How an MCP endpoint was found: K14."""

from collections.abc import Iterator

from guarded_fetch import Fetch

from ..domains import host_of, is_local
from ..plugin import PluginSnapshot, place_of
from ..report import Violation
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
def endpoint(plugin: PluginSnapshot) -> Iterator[Violation]:
    asked = plugin.seen("tools")
    if not asked:
        return
    if plugin.tools is None:
        yield _scan(asked[-1], plugin.token)
        if is_absent(asked[-1]):
            return
    elif plugin.tools.top.get("nextCursor") is not None:
        yield plugin.tools.violation(
            "/nextCursor",
            f"The list of tools does not end after {len(plugin.tools.top['tools'])} tools.",
            "Answer with all tools at once, or leave out nextCursor on the last page.",
        )
    # Of the plugin's own host T01 and T13 say it.
    if host_of(asked[-1].url) != host_of(plugin.origin):
        yield from _reachable(asked[-1])
    for fetch in plugin.seen("challenge"):
        yield from _challenge(fetch)


def _scan(fetch: Fetch, token: str | None) -> Violation:
    """Why there is no list of tools."""
    if fetch.failure_kind is not None:
        return Violation(
            f"The tools could not be listed: {fetch.failure or fetch.failure_kind}",
            "Answer tools/list with one JSON document.",
            place_of(fetch),
        )
    if is_absent(fetch):
        return Violation(
            "No MCP endpoint answers here.",
            "Say where it is, if there is one. Without one there is nothing to submit but skills.",
            place_of(fetch),
            NOTE,
        )
    if fetch.status == 401 and token is None:
        challenged = "www-authenticate" in fetch.headers
        return Violation(
            "The tools cannot be listed without a token"
            + ("." if challenged else ", and no WWW-Authenticate says where to get one."),
            "Give a token to see them."
            if challenged
            else "Send WWW-Authenticate: Bearer with resource_metadata on every 401.",
            place_of(fetch),
            NOTE if challenged else WARNING,
        )
    if fetch.status in (401, 403):
        message, repair = "The token was refused.", "Give a token that may list the tools."
        if token is None:
            message, repair = (
                "Listing the tools is forbidden.",
                "Let anybody list them, or send 401.",
            )
        return Violation(message, repair, place_of(fetch))
    return Violation(
        f"{fetch.subject} was answered with status {fetch.status} and no list of tools.",
        "Answer with a JSON-RPC response whose result has tools, as JSON or as one event.",
        place_of(fetch),
    )


def _reachable(fetch: Fetch) -> Iterator[Violation]:
    host = host_of(fetch.url) or ""
    if is_local(host):
        yield Violation(
            "Only this machine can reach the MCP endpoint.",
            "Give it a public https address, or a tunnel, before you submit it.",
            place_of(fetch),
            NOTE,
        )
    elif not fetch.url.startswith("https://"):
        yield Violation(
            "The MCP endpoint is not served over https.",
            "Serve it over https, with a certificate that everybody trusts.",
            place_of(fetch),
        )


def _challenge(fetch: Fetch) -> Iterator[Violation]:
    """Problems with the proof of the domain; its token is only known to the portal."""
    message, level = None, None
    if fetch.failure_kind is not None:
        message = f"It could not be fetched: {fetch.failure or fetch.failure_kind}"
    elif fetch.status in (404, 410):
        message, level = "The token that proves the domain is not set.", NOTE
    elif fetch.status != 200:
        message = f"It was answered with status {fetch.status}, not with the token."
    elif fetch.content_type == "text/html" or not _is_token(fetch.body.rstrip(b"\r\n")):
        message = "The answer is not the token alone."
    elif not _is_token(fetch.body):
        message, level = "A line break follows the token.", WARNING
    if message:
        repair = "Answer with the portal's token and nothing else, as text/plain."
        yield Violation(message, repair, place_of(fetch), level)


def _is_token(body: bytes) -> bool:
    """Whether it is one printable word, and no markup."""
    words = 0 < len(body) <= TOKEN_BYTES and all(0x21 <= byte <= 0x7E for byte in body)
    return words and not body.startswith((b"<", b"{", b"[", b'"'))
