"""How an MCP endpoint was found: K14, and K22 to K24."""

from collections.abc import Iterator

from guarded_fetch import Fetch
from guarded_fetch.words import printable, shown

from ..domains import host_of, is_local
from ..plugin import PluginSnapshot, place_of
from ..reading import read_json
from ..report import Place, Violation
from ..rule import ERROR, NOTE, WARNING, rule
from ..tools import NAMED_METADATA, is_absent

TOKEN_BYTES = 1_024
MISDIRECTED = 421
UNAUTHORIZED = 401


@rule(
    "K14",
    "live",
    "a public https MCP endpoint lists its tools, and the domain is proven",
    "SE",
    mcp=(ERROR, WARNING, NOTE),
)
def endpoint(plugin: PluginSnapshot) -> Iterator[Violation]:
    asked = plugin.seen("tools")
    if not asked:
        return
    if plugin.tools is None:
        if not (asked[-1].hops or asked[-1].status == MISDIRECTED):
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


@rule(
    "K22",
    "live",
    "the MCP endpoint answers under /mcp and under /mcp/, without a redirect",
    "python-sdk 732",
    "litellm 34845",
    mcp=(WARNING, ERROR),
)
def either_ending(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Users and clients write either. A redirect loses the method or the credential on the way."""
    repair = "Answer POST at both paths with the endpoint itself."
    redirected = next((each for each in plugin.seen("tools") if each.hops), None)
    for fetch in (*((redirected,) if redirected else ()), *plugin.seen("slash")):
        if fetch.hops:
            hop = fetch.hops[0]
            yield Violation(
                f"POST {shown(hop.source, 200)} is redirected to {shown(hop.target, 200)}.",
                repair,
                Place(hop.source),
                ERROR if fetch is redirected and plugin.tools is None else None,
            )
        elif is_absent(fetch):
            message = f"No MCP endpoint answers at {shown(fetch.url, 200)}."
            yield Violation(message, repair, place_of(fetch))


@rule(
    "K23",
    "live",
    "the MCP endpoint takes the host name that it is called by",
    "python-sdk 1798",
    mcp=ERROR,
)
def host_is_allowed(plugin: PluginSnapshot) -> Iterator[Violation]:
    """The tools are not to blame: none of them was asked."""
    for refused in plugin.seen("tools")[-1:]:
        if refused.status != MISDIRECTED:
            return
        yield Violation(
            f"{refused.subject} was answered with status 421: the server does not allow the host "
            f"name {shown(host_of(refused.url))}.",
            "Add it to the server's list of allowed hosts, with and without the port; in the "
            "Python SDK that is TransportSecuritySettings(allowed_hosts=[…]).",
            place_of(refused),
        )


@rule(
    "K24",
    "live",
    "what is found at the addresses of OAuth metadata is JSON, or nothing",
    "RFC 9728",
    "RFC 8414",
    "outline",
    mcp=(ERROR, WARNING),
    reasons={"mcp": "clients cannot sign in, and the endpoint asks for that"},
)
def metadata(plugin: PluginSnapshot) -> Iterator[Violation]:
    """A page for every path is what single-page applications answer."""
    needed = any(each.status == UNAUTHORIZED for each in plugin.seen("tools"))
    level = None if needed else WARNING
    for fetch in plugin.seen("metadata"):
        if fetch.succeeded and not isinstance(read_json(fetch.url, fetch.body).value, dict):
            yield Violation(
                f"The answer is {shown(fetch.content_type or 'no type')}, not a JSON object.",
                "Answer the metadata as application/json, or 404 where there is none.",
                place_of(fetch),
                level,
            )
        elif fetch.subject == NAMED_METADATA and not fetch.succeeded:
            why = printable(fetch.failure or f"status {fetch.status}", 200).rstrip(".")
            yield Violation(
                f"WWW-Authenticate names this metadata, which cannot be had: {why}.",
                "Serve it there, or name the address where it is.",
                place_of(fetch),
                level,
            )
