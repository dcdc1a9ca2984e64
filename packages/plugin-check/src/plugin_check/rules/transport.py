"""How the plugin is reached: over TLS, or on localhost, where a browser asks first."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from guarded_fetch import Fetch
from guarded_fetch.words import printable, shown

from ..approved import FEW
from ..domains import choose_server, host_of, is_local
from ..plugin import PluginSnapshot, SourceDocument, place_of
from ..public_server import HTTPS_PORT
from ..report import Place, Violation
from ..rule import ERROR, NOTE, WARNING, rule
from ..served import contract_url, is_served_locally, root_of, written

TLS_VERSIONS = ("TLSv1.2", "TLSv1.3")
FAILURE_SHOWN = 200

# Pages that a browser shows; the host itself calls none of them.
FOR_PEOPLE = ("legal", "authorization")

ADDRESSES = (
    ("api", "url"),
    ("logo_url",),
    ("auth", "client_url"),
    ("auth", "authorization_url"),
)


@rule(
    "T01",
    "plugin",
    "a public host answers over HTTPS on port 443, with TLS 1.2 or later and a trusted certificate",
    "PR",
    "AC",
    "SE",
    plugin=ERROR,
    actions=ERROR,
    mcp=ERROR,
)
def secure(plugin: PluginSnapshot) -> Iterator[Violation]:
    """The origin itself, and every host that was asked; T02 has the addresses in the documents."""
    host = host_of(plugin.origin)
    if host is None or is_local(host):
        return
    if _is_plain(plugin.origin):
        yield Violation(
            f"{shown(plugin.origin)} is served over plain http.",
            "Serve it over https on port 443, with a certificate of a public authority.",
            Place(plugin.origin),
        )
    elif (port := urlsplit(plugin.origin).port or HTTPS_PORT) != HTTPS_PORT:
        yield Violation(
            f"{shown(plugin.origin)} is served on port {port}.",
            "Serve it on port 443, and leave the port out of the address.",
            Place(plugin.origin),
        )
    said: set[str] = set()
    for fetch in plugin.fetches:
        violation = _insecure(fetch)
        if violation is not None and violation.message not in said:
            said.add(violation.message)
            yield violation


def _insecure(fetch: Fetch) -> Violation | None:
    host = host_of(fetch.url)
    if host is None or is_local(host) or fetch.purpose in FOR_PEOPLE:
        return None
    tls = fetch.tls
    if tls is not None and tls.failure is not None:
        wrong = printable(tls.failure, FAILURE_SHOWN)
    elif tls is not None and tls.version is not None and tls.version not in TLS_VERSIONS:
        wrong = f"{shown(host)} speaks no TLS later than {shown(tls.version)}."
    elif fetch.failure_kind == "tls":
        wrong = printable(fetch.failure or f"{shown(host)} refused TLS.", FAILURE_SHOWN)
    else:
        return None
    return Violation(
        wrong,
        "Serve it over TLS 1.2 and 1.3, with a valid certificate of a public authority and its "
        "whole chain.",
        place_of(fetch),
    )


@rule(
    "T02",
    "plugin",
    "plain http is for localhost only",
    "GS",
    plugin=WARNING,
    shares=(FEW,),
)
def encrypted(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Addresses in the documents, of the servers only the one that is called.

    Where the plugin's own origin is plain http, its addresses are T01's.
    """
    for document, pointer, address in _addresses(plugin):
        host = host_of(address)
        if host is None or is_local(host) or not _is_plain(address):
            continue
        if not (_is_plain(plugin.origin) and host == host_of(plugin.origin)):
            yield document.violation(
                pointer,
                f"{shown(address)} is plain http, which is for localhost only.",
                "Serve it over https, and write https:// here.",
                share=FEW,
            )


def _addresses(plugin: PluginSnapshot) -> Iterator[tuple[SourceDocument, str, str]]:
    manifest, contract = plugin.manifest, plugin.contract
    if manifest is not None:
        for keys in ADDRESSES:
            if address := written(plugin, *keys):
                yield manifest, "".join(f"/{key}" for key in keys), address
    if contract is not None:
        server = choose_server(contract, contract_url(plugin, contract), root_of(plugin), plugin)
        if server.index is not None:
            yield contract, f"/servers/{server.index}/url", server.url


def _is_plain(address: str) -> bool:
    return address[:7].lower() == "http://"


@rule("T04", "live", "localhost lets the chat's pages call it", "EX", "QS", plugin=WARNING)
def cors_on_localhost(plugin: PluginSnapshot) -> Iterator[Violation]:
    """The CORS answers to both chat origins, and Chrome's private-network preflight."""
    if not is_served_locally(plugin):
        return
    answered = [each for each in plugin.seen("preflight") if each.status is not None]
    for each in answered:
        allowed = each.headers.get("access-control-allow-origin")
        if allowed not in ("*", each.subject) or not each.succeeded:
            yield Violation(
                f"A page of {each.subject} may not call this plugin: its preflight was answered "
                f"{each.status}, with Access-Control-Allow-Origin {shown(allowed)}.",
                f"Answer OPTIONS with 204 and Access-Control-Allow-Origin: {each.subject}.",
                place_of(each),
            )
    private = [
        each
        for each in answered
        if each.headers.get("access-control-allow-private-network", "").lower() != "true"
    ]
    if private:
        yield Violation(
            "Chrome asks whether a public page may call this machine, and was not told so.",
            "Answer the preflight with Access-Control-Allow-Private-Network: true as well.",
            place_of(private[0]),
        )


@rule("T13", "plugin", "localhost is out of a host's reach", "AC", "SE", actions=NOTE, mcp=NOTE)
def reachable(plugin: PluginSnapshot) -> Iterator[Violation]:
    """GPT Actions and MCP are called by OpenAI's servers; the plugin installer was a browser."""
    if is_served_locally(plugin):
        yield Violation(
            f"{shown(plugin.origin)} cannot be reached by GPT Actions or over MCP.",
            "Open a tunnel to it, or deploy it, and check the public address.",
            Place(plugin.origin),
        )
