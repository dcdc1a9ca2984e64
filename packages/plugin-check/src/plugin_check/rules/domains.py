"""Domains: everything that a plugin names belongs to the domain that it is served from."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from guarded_fetch.words import printable, shown

from ..approved import WITH_OAUTH, Share
from ..contract import escape
from ..domains import choose_server, filled, host_of, is_local, is_under, registrable
from ..plugin import PluginSnapshot, SourceDocument, place_of
from ..public_server import first_server
from ..report import Violation
from ..rule import ERROR, WARNING, rule
from ..served import auth_of, contract_url, is_left_over, is_served_locally, root_of, written

LEGAL_ELSEWHERE, CONTACT_ELSEWHERE = Share(23), Share(46)
OAUTH_ELSEWHERE = Share(47, WITH_OAUTH)

OAUTH_URLS = ("client_url", "authorization_url")
FLOWS = ("authorizationCode", "implicit", "password", "clientCredentials", "deviceAuthorization")
FLOW_URLS = ("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl")

# The providers that GPT Actions except, by the domains of their sign-in.
EXCEPTED = (
    *("google.com", "googleapis.com"),
    *("microsoft.com", "microsoftonline.com", "live.com"),
    *("adobe.com", "adobelogin.com"),
)


class NamedAddress(NamedTuple):
    """A URL's host, and where it stands."""

    document: SourceDocument
    pointer: str
    name: str
    host: str


@rule(
    "D02",
    "live",
    "the manifest redirects only to a sub-domain, or from www. to the bare name",
    "PR",
    plugin=ERROR,
)
def manifest_redirects(plugin: PluginSnapshot) -> Iterator[Violation]:
    for fetch in plugin.seen("manifest"):
        for hop in fetch.hops:
            if hop.refused:
                yield Violation(
                    f"The redirect from {shown(hop.source, 200)} to {shown(hop.target, 200)}"
                    f" is not followed: {printable(hop.refused, 200)}.",
                    "Serve the manifest itself there, or redirect to a sub-domain.",
                    place_of(fetch),
                )


@rule("D03", "manifest", "api.url is on the root domain or below it", "PR", "VA", plugin=ERROR)
def contract_host(plugin: PluginSnapshot) -> Iterator[Violation]:
    for address in _address(plugin, "api", "url"):
        if not is_under(address.host, root_of(plugin)):
            yield address.document.violation(
                address.pointer,
                f"api.url is on {shown(address.host)}, not on {root_of(plugin)} or below it.",
                f"Serve the contract from {root_of(plugin)} or a sub-domain of it.",
            )


@rule(
    "D04",
    "manifest",
    "legal_info_url is on the plugin's own domain",
    "PR",
    "VA",
    plugin=WARNING,
    shares=(LEGAL_ELSEWHERE,),
)
def legal_host(plugin: PluginSnapshot) -> Iterator[Violation]:
    text, manifest = written(plugin, "legal_info_url"), plugin.manifest or SourceDocument("")
    domain = registrable(root_of(plugin))
    if text is None or is_served_locally(plugin) or not domain:
        return
    host = host_of(text)
    if host is None:
        message = f"legal_info_url is {shown(text)}, not an absolute http or https URL."
    elif is_left_over(plugin, host) or registrable(host) == domain:
        return
    else:
        message = f"legal_info_url is on {shown(registrable(host))}, not on {domain}."
    repair = f"Write the address of a page on {domain} or a sub-domain of it."
    yield manifest.violation("/legal_info_url", message, repair, share=LEGAL_ELSEWHERE)


@rule(
    "D05",
    "manifest",
    "contact_email is on the plugin's own domain",
    "PR",
    "VA",
    plugin=WARNING,
    shares=(CONTACT_ELSEWHERE,),
)
def contact_domain(plugin: PluginSnapshot) -> Iterator[Violation]:
    text, manifest = written(plugin, "contact_email"), plugin.manifest or SourceDocument("")
    domain = registrable(root_of(plugin))
    if text is None or is_served_locally(plugin) or not domain:
        return
    name, _, mail_domain = text.rpartition("@")
    host = host_of(f"https://{mail_domain}") if name else None
    if host is None:
        message = f"contact_email is {shown(text)}, which is no e-mail address."
    elif is_left_over(plugin, host) or registrable(host) == domain:
        return
    else:
        message = f"contact_email is at {shown(registrable(host))}, not at {domain}."
    repair = f"Write an e-mail address at {domain}."
    yield manifest.violation("/contact_email", message, repair, share=CONTACT_ELSEWHERE)


@rule(
    "D06",
    "contract",
    "servers[0] is on the root domain or below it, and is the one that every reader takes",
    "PR",
    plugin=WARNING,
)
def server_choice(plugin: PluginSnapshot) -> Iterator[Violation]:
    contract, root = plugin.contract, root_of(plugin)
    if contract is None or is_served_locally(plugin) or not root:
        return
    base = contract_url(plugin, contract)
    # M07 tells of an example's address.
    if is_left_over(plugin, _first_host(plugin, contract, base) or ""):
        return
    if warning := choose_server(contract, base, root, plugin).warning:
        repair = (
            f"Write the API's address first in servers, on {root} itself or a sub-domain of it."
        )
        yield contract.violation("/servers", warning, repair)


@rule("D07", "live", "neither the contract nor the API redirects", "PR", plugin=WARNING)
def other_redirects(plugin: PluginSnapshot) -> Iterator[Violation]:
    reported = set()
    for fetch in (*plugin.seen("contract"), *plugin.seen("probe")):
        for hop in fetch.hops:
            if hop.source not in reported:
                reported.add(hop.source)
                yield Violation(
                    f"{shown(hop.source, 200)} redirects to {shown(hop.target, 200)}.",
                    "Name the final address, and answer there.",
                    place_of(fetch),
                )


@rule(
    "D08",
    "manifest",
    "the OAuth URLs share the API's domain",
    "AU",
    "PR",
    plugin=WARNING,
    shares=(OAUTH_ELSEWHERE,),
)
def oauth_domains(plugin: PluginSnapshot) -> Iterator[Violation]:
    if auth_of(plugin).get("type") != "oauth":
        return
    domain = registrable(root_of(plugin))
    for name in OAUTH_URLS:
        for address in _address(plugin, "auth", name):
            if domain and registrable(address.host) != domain:
                yield _foreign(address, domain, OAUTH_ELSEWHERE)


@rule(
    "D09",
    "contract",
    "every OAuth URL is on the API's domain; Google, Microsoft and Adobe are excepted",
    "AC",
    actions=ERROR,
)
def actions_oauth_domains(plugin: PluginSnapshot) -> Iterator[Violation]:
    contract = plugin.contract
    if contract is None or is_served_locally(plugin):
        return
    base = contract_url(plugin, contract)
    api = _first_host(plugin, contract, base) or host_of(base)
    # G07 tells of an address on this machine.
    if api is None or is_local(api):
        return
    for address in (*_manifest_oauth(plugin), *_contract_oauth(plugin, contract)):
        excepted = any(is_under(address.host, domain) for domain in EXCEPTED)
        if not excepted and registrable(address.host) != registrable(api):
            yield _foreign(address, registrable(api))


def _foreign(address: NamedAddress, domain: str, share: Share | None = None) -> Violation:
    return address.document.violation(
        address.pointer,
        f"{address.name} is on {shown(registrable(address.host))}, the API on {domain}.",
        f"Serve it from {domain} or a sub-domain of it.",
        share=share,
    )


def _address(plugin: PluginSnapshot, *keys: str) -> Iterator[NamedAddress]:
    """The manifest's URL under those keys, when it is for the domain rules to judge."""
    text = written(plugin, *keys)
    host = host_of(text) if text is not None else None
    if plugin.manifest is None or host is None or is_served_locally(plugin) or not root_of(plugin):
        return
    if not is_left_over(plugin, host):
        yield NamedAddress(plugin.manifest, f"/{'/'.join(keys)}", ".".join(keys), host)


def _manifest_oauth(plugin: PluginSnapshot) -> Iterator[NamedAddress]:
    if auth_of(plugin).get("type") == "oauth":
        for name in OAUTH_URLS:
            yield from _address(plugin, "auth", name)


def _contract_oauth(plugin: PluginSnapshot, contract: SourceDocument) -> Iterator[NamedAddress]:
    components = _object(contract.top.get("components"))
    for scheme, value in _object(components.get("securitySchemes")).items():
        flows = _object(_object(value).get("flows"))
        for flow, name in product(FLOWS, FLOW_URLS):
            text = _object(flows.get(flow)).get(name)
            host = host_of(filled(plugin, text)) if isinstance(text, str) else None
            if isinstance(scheme, str) and host is not None and not is_left_over(plugin, host):
                pointer = f"/components/securitySchemes/{escape(scheme)}/flows/{flow}/{name}"
                yield NamedAddress(contract, pointer, name, host)


def _first_host(plugin: PluginSnapshot, contract: SourceDocument, base: str) -> str | None:
    """The host of servers[0], which most readers take."""
    return host_of(first_server(contract, base, plugin) or "")


def _object(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, dict) else {}
