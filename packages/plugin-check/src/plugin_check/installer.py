"""A plugin at an address: asked for what the installer of 2023 asked for, in its order."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from guarded_fetch import Client, Fetch
from guarded_fetch.words import shown

from .assumed_origin import assumed_origin
from .contract import operations
from .domains import choose_server, host_of, is_under, refused_redirect, root_domain
from .gathered import Gathered, server_facts
from .mcp_endpoint import NOT_THERE, ask_endpoint
from .origins import origin_of
from .plugin import PluginSnapshot, SourceDocument
from .probing import probe
from .reading import read_document, read_json
from .report import Facts, Host
from .served import auth_of, contract_url, is_served_locally

MANIFEST_PATH = "/.well-known/ai-plugin.json"
CONTRACT_PATHS = ("/openapi.yaml", "/openapi.json")
CONTRACT_SUFFIXES = (".yaml", ".yml", ".json")
CHAT_ORIGINS = ("https://chat.openai.com", "https://chatgpt.com")


@dataclass(frozen=True)
class CheckOptions:
    """What the caller asked for. `mcp` is the endpoint, else it is /mcp at the start's origin."""

    hosts: Collection[Host]
    probe: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    mcp: str | None = None


async def gather(address: str, client: Client, options: CheckOptions) -> Gathered:
    """Ask for everything that the rules of the wished hosts look at.

    `address` is an http or https URL with a host: of a plugin, or of a contract. Raises nothing
    that a server could cause.
    """
    start = origin_of(address).lower()
    gathered = Gathered(PluginSnapshot(origin=start, token=options.token), Facts())
    if {"plugin", "actions"} & set(options.hosts):
        plugin = await _contract_at(gathered.plugin, address, client)
        if plugin is not None:
            gathered = Gathered(plugin, server_facts(plugin), _unreached(plugin.fetches[-1]))
        else:
            gathered = await _documents(gathered, client, options)
        if _goes_on(gathered):
            # A contract may lie with somebody else, who is not to get the key of the API.
            owner = start if plugin is not None else gathered.plugin.origin
            gathered = await _surroundings(gathered, client, options, owner)
    if "mcp" in options.hosts and _goes_on(gathered):
        gathered = await ask_endpoint(gathered, start, client, options)
    return gathered


async def _contract_at(
    plugin: PluginSnapshot, address: str, client: Client
) -> PluginSnapshot | None:
    """The plugin of the contract at the address, None where there is no contract.

    It is served where its servers[0] is; where that is no public address, where the contract is.
    """
    path = urlsplit(address).path
    if path in ("", "/") or path.endswith("/ai-plugin.json"):
        return None
    found = await _contract(plugin, [address], client)
    described = found.contract.top if found.contract else {}
    if not path.endswith(CONTRACT_SUFFIXES) and {"openapi", "swagger"}.isdisjoint(described):
        return None
    assumed = assumed_origin(None, found.contract, {})
    if not assumed.origin:
        return found
    return replace(found, origin=assumed.origin, origin_reason=assumed.reason)


async def _documents(gathered: Gathered, client: Client, options: CheckOptions) -> Gathered:
    plugin = gathered.plugin
    fetch = await client.fetch(
        "manifest", "GET", plugin.origin + MANIFEST_PATH, may_follow=refused_redirect
    )
    plugin = replace(plugin, fetches=(fetch,))
    if unreached := _unreached(fetch):
        return Gathered(plugin, Facts(), unreached)
    if answered(fetch):
        manifest = read_json(fetch.url, fetch.body)
        plugin = replace(plugin, origin=origin_of(fetch.url).lower(), manifest=manifest)
    named = plugin.manifest.text("api", "url") if plugin.manifest else None
    if fetch.failure_kind == "timeout":
        return Gathered(plugin, Facts())
    if named is not None:
        plugin = await _contract(plugin, [_absolute(fetch.url, named)], client)
    elif "actions" in options.hosts:
        usual = [plugin.origin + path for path in CONTRACT_PATHS]
        found = await _contract(plugin, usual, client)
        # That there is none where nobody said that there was one is no mistake.
        plugin = found if found.contract else plugin
    return Gathered(plugin, server_facts(plugin))


async def _contract(plugin: PluginSnapshot, addresses: list[str], client: Client) -> PluginSnapshot:
    """The first of the addresses that answers is the contract."""
    for address in addresses:
        fetch = await client.fetch("contract", "GET", address)
        if answered(fetch):
            break
    found = read_document(fetch.url, fetch.body) if answered(fetch) else None
    return replace(plugin, fetches=(*plugin.fetches, fetch), contract=found)


async def _surroundings(
    gathered: Gathered, client: Client, options: CheckOptions, owner: str
) -> Gathered:
    """Logo, legal page, preflights and probes, all at once."""
    plugin, base = gathered.plugin, gathered.facts.base_url or gathered.plugin.origin
    manifest = plugin.manifest or SourceDocument("")
    asked: list[Coroutine[Any, Any, Fetch]] = []
    if logo := manifest.text("logo_url"):
        asked.append(client.fetch("logo", "GET", _absolute(plugin.origin, logo)))
    if legal := manifest.text("legal_info_url"):
        asked.append(client.fetch("legal", "GET", _absolute(plugin.origin, legal)))
    if is_served_locally(plugin):
        asked += [_preflight(plugin, base, chat, client) for chat in CHAT_ORIGINS]
    fetches = await asyncio.gather(*asked)
    plugin = replace(
        plugin,
        fetches=(*plugin.fetches, *fetches),
        logo=next((each.body for each in fetches if each.purpose == "logo"), None),
    )
    if not (options.probe and plugin.contract):
        return replace(gathered, plugin=plugin)
    token = options.token
    withheld: tuple[str, ...] = ()
    if token is not None and (reason := _foreign(plugin, plugin.contract, owner)):
        token, withheld = None, (f"The credential was not sent: {reason}",)
    probed = await probe(client, plugin.contract, base, auth_of(plugin), options.parameters, token)
    plugin = replace(plugin, fetches=(*plugin.fetches, *probed.fetches))
    return replace(gathered, plugin=plugin, skipped=(*withheld, *probed.skipped))


def _foreign(plugin: PluginSnapshot, contract: SourceDocument, owner: str) -> str | None:
    """Why calls would go to a server that is not the owner's, None when it is."""
    root = root_domain(host_of(owner) or "")
    choice = choose_server(contract, contract_url(plugin, contract), root, plugin)
    if choice.index is None and choice.warning:
        return choice.warning
    if not is_under(host_of(choice.url) or "", root):
        return f"Calls go to {shown(choice.url)}, which is not on {root} or below it."
    return None


def _preflight(
    plugin: PluginSnapshot, base: str, chat: str, client: Client
) -> Coroutine[Any, Any, Fetch]:
    first = next(operations(plugin.contract), None) if plugin.contract else None
    return client.fetch(
        "preflight",
        "OPTIONS",
        base.rstrip("/") + first.path if first else plugin.origin + MANIFEST_PATH,
        subject=chat,
        headers={
            "Origin": chat,
            "Access-Control-Request-Method": first.method.upper() if first else "GET",
            "Access-Control-Request-Headers": "authorization,content-type",
            "Access-Control-Request-Private-Network": "true",
        },
    )


def _goes_on(gathered: Gathered) -> bool:
    """Whether it is worth asking more: each question to a silent server takes its full time."""
    silent = any(each.failure_kind == "timeout" for each in gathered.plugin.seen("manifest"))
    return not (silent or gathered.unseen)


def _unreached(fetch: Fetch) -> tuple[str, ...]:
    """That the start could not be asked: nothing was seen, which says nothing about the plugin."""
    gone = fetch.failure_kind in NOT_THERE and not fetch.hops
    return (f"{fetch.url}: {fetch.failure}",) if gone else ()


def answered(fetch: Fetch) -> bool:
    """Whether the whole answer arrived and is what was asked for."""
    return fetch.status == 200 and fetch.failure_kind is None


def _absolute(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address
