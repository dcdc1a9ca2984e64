"""A plugin at an address: asked for what the installer of 2023 asked for, in its order."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from .contract import operations
from .domains import choose_server, host_of, is_under, refused_redirect
from .fetching import Client
from .gathered import Gathered, server_facts
from .origins import origin_of
from .plugin import Document, Exchange, Plugin
from .probing import probe
from .reading import read_document, read_json
from .report import Facts, Host
from .served import auth_of, contract_url, is_at_home, root_of
from .tools import list_tools
from .words import shown

MANIFEST_PATH = "/.well-known/ai-plugin.json"
CHALLENGE_PATH = "/.well-known/openai-apps-challenge"
CONTRACT_PATHS = ("/openapi.yaml", "/openapi.json")
CHAT_ORIGINS = ("https://chat.openai.com", "https://chatgpt.com")

# The start itself could not be asked: nothing was seen, which says nothing about the plugin.
NOT_THERE = ("unresolved", "connection")


@dataclass(frozen=True)
class Wishes:
    """What the caller asked for. `mcp` is the endpoint, else it is /mcp at the start's origin."""

    hosts: Collection[Host]
    probe: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    mcp: str | None = None


async def gather(address: str, client: Client, wishes: Wishes) -> Gathered:
    """Ask for everything that the rules of the wished hosts look at.

    `address` is an http or https URL with a host. Raises nothing that a server could cause.
    """
    gathered = Gathered(Plugin(origin=origin_of(address).lower(), token=wishes.token), Facts())
    if {"plugin", "actions"} & set(wishes.hosts):
        gathered = await _documents(gathered, address, client, wishes)
        if _goes_on(gathered):
            gathered = await _surroundings(gathered, client, wishes)
    if "mcp" in wishes.hosts and _goes_on(gathered):
        gathered = await _endpoint(gathered, origin_of(address).lower(), client, wishes)
    return gathered


async def _documents(gathered: Gathered, address: str, client: Client, wishes: Wishes) -> Gathered:
    plugin = gathered.plugin
    if _names_a_contract(address):
        plugin = await _contract(plugin, [address], client)
        return Gathered(plugin, server_facts(plugin))
    exchange = await client.exchange(
        "manifest", "GET", plugin.origin + MANIFEST_PATH, may_follow=refused_redirect
    )
    plugin = replace(plugin, exchanges=(exchange,))
    if exchange.trouble in NOT_THERE and not exchange.hops:
        return Gathered(plugin, Facts(), (f"{exchange.url}: {exchange.failure}",))
    if answered(exchange):
        manifest = read_json(exchange.url, exchange.body)
        plugin = replace(plugin, origin=origin_of(exchange.url).lower(), manifest=manifest)
    named = plugin.manifest.text("api", "url") if plugin.manifest else None
    if exchange.trouble == "timeout":
        return Gathered(plugin, Facts())
    if named is not None:
        plugin = await _contract(plugin, [_absolute(exchange.url, named)], client)
    elif "actions" in wishes.hosts:
        usual = [plugin.origin + path for path in CONTRACT_PATHS]
        plugin = await _contract(plugin, usual, client)
    return Gathered(plugin, server_facts(plugin))


async def _contract(plugin: Plugin, addresses: list[str], client: Client) -> Plugin:
    """The first of the addresses that answers is the contract."""
    for address in addresses:
        exchange = await client.exchange("contract", "GET", address)
        if answered(exchange):
            break
    found = read_document(exchange.url, exchange.body) if answered(exchange) else None
    return replace(plugin, exchanges=(*plugin.exchanges, exchange), contract=found)


async def _surroundings(gathered: Gathered, client: Client, wishes: Wishes) -> Gathered:
    """Logo, legal page, preflights and probes, all at once."""
    plugin, base = gathered.plugin, gathered.facts.base_url or gathered.plugin.origin
    manifest = plugin.manifest or Document("")
    asked: list[Coroutine[Any, Any, Exchange]] = []
    if logo := manifest.text("logo_url"):
        asked.append(client.exchange("logo", "GET", _absolute(plugin.origin, logo)))
    if legal := manifest.text("legal_info_url"):
        asked.append(client.exchange("legal", "GET", _absolute(plugin.origin, legal)))
    if is_at_home(plugin):
        asked += [_preflight(plugin, base, chat, client) for chat in CHAT_ORIGINS]
    exchanges = await asyncio.gather(*asked)
    plugin = replace(
        plugin,
        exchanges=(*plugin.exchanges, *exchanges),
        logo=next((each.body for each in exchanges if each.purpose == "logo"), None),
    )
    if not (wishes.probe and plugin.contract):
        return replace(gathered, plugin=plugin)
    token = wishes.token
    withheld: tuple[str, ...] = ()
    if token is not None and (reason := _foreign(plugin, plugin.contract)):
        token, withheld = None, (f"The credential was not sent: {reason}",)
    probed = await probe(client, plugin.contract, base, auth_of(plugin), wishes.parameters, token)
    plugin = replace(plugin, exchanges=(*plugin.exchanges, *probed.exchanges))
    return replace(gathered, plugin=plugin, skipped=(*withheld, *probed.skipped))


def _foreign(plugin: Plugin, contract: Document) -> str | None:
    """Why calls would go to a server that is not the plugin's, None when it is.

    A contract may lie with somebody else, who is not to get the key of the API.
    """
    root = root_of(plugin)
    choice = choose_server(contract, contract_url(plugin, contract), root, plugin)
    if choice.index is None and choice.warning:
        return choice.warning
    if not is_under(host_of(choice.url) or "", root):
        return f"Calls go to {shown(choice.url)}, which is not on {root} or below it."
    return None


def _preflight(
    plugin: Plugin, base: str, chat: str, client: Client
) -> Coroutine[Any, Any, Exchange]:
    first = next(operations(plugin.contract), None) if plugin.contract else None
    return client.exchange(
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


async def _endpoint(gathered: Gathered, start: str, client: Client, wishes: Wishes) -> Gathered:
    """The tools of the MCP endpoint, and the proof that the domain is the publisher's."""
    endpoint = wishes.mcp or f"{start}/mcp"
    challenge = await client.exchange(
        "challenge", "GET", origin_of(endpoint).lower() + CHALLENGE_PATH
    )
    tools, exchanges = await list_tools(client, endpoint, wishes.token)
    plugin = gathered.plugin
    asked = (*plugin.exchanges, challenge, *exchanges)
    unseen = gathered.unseen
    if not plugin.exchanges and challenge.trouble in NOT_THERE:
        unseen = (f"{challenge.url}: {challenge.failure}",)
    return replace(
        gathered,
        plugin=replace(plugin, exchanges=asked, tools=tools),
        facts=replace(gathered.facts, mcp_endpoint=endpoint if tools else None),
        unseen=unseen,
    )


def _goes_on(gathered: Gathered) -> bool:
    """Whether it is worth asking more: each question to a silent server takes its full time."""
    silent = any(each.trouble == "timeout" for each in gathered.plugin.seen("manifest"))
    return not (silent or gathered.unseen)


def answered(exchange: Exchange) -> bool:
    """Whether the whole answer arrived and is what was asked for."""
    return exchange.status == 200 and exchange.trouble is None


def _names_a_contract(address: str) -> bool:
    path = urlsplit(address).path
    return path.endswith((".yaml", ".yml", ".json")) and not path.endswith("/ai-plugin.json")


def _absolute(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address
