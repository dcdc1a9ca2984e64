"""What an MCP endpoint is asked: its tools, and what clients ask around it."""

import asyncio
import re
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import urlsplit

from guarded_fetch import Client, Fetch

from .gathered import Gathered
from .origins import origin_of
from .tools import CALL_HEADERS, NAMED_METADATA, is_absent, list_tools

CHALLENGE_PATH = "/.well-known/openai-apps-challenge"

# Where clients look for what they need to sign in: RFC 9728 section 3.1, RFC 8414 section 3.1.
RESOURCE_METADATA = "/.well-known/oauth-protected-resource"
SERVER_METADATA = "/.well-known/oauth-authorization-server"
RESOURCE_METADATA_NAMED = re.compile(r'resource_metadata="?([^"\s,]{1,2000})')

# Nobody answers there.
NOT_THERE = ("unresolved", "connection")

PING = b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'


class EndpointOptions(Protocol):
    """The token to send, and the endpoint, where it is not /mcp at the start's origin."""

    @property
    def token(self) -> str | None: ...
    @property
    def mcp(self) -> str | None: ...


async def ask_endpoint(
    gathered: Gathered, start: str, client: Client, options: EndpointOptions
) -> Gathered:
    """Ask for the tools and for the proof that the domain is the publisher's; and, where there is
    an endpoint, under the path with the other ending, and for what clients need to sign in.
    """
    endpoint = options.mcp or f"{start}/mcp"
    challenge = await client.fetch("challenge", "GET", origin_of(endpoint).lower() + CHALLENGE_PATH)
    tools, fetches = await list_tools(client, endpoint, options.token)
    last = fetches[-1]
    if last.failure_kind is None and not is_absent(last):
        fetches += tuple(await asyncio.gather(*_around(endpoint, last, client)))
    plugin = gathered.plugin
    unseen = gathered.unseen
    if not plugin.fetches and challenge.failure_kind in NOT_THERE:
        unseen = (f"{challenge.url}: {challenge.failure}",)
    return replace(
        gathered,
        plugin=replace(plugin, fetches=(*plugin.fetches, challenge, *fetches), tools=tools),
        facts=replace(gathered.facts, mcp_endpoint=endpoint if tools else None),
        unseen=unseen,
    )


def _around(endpoint: str, last: Fetch, client: Client) -> Iterator[Coroutine[Any, Any, Fetch]]:
    path = urlsplit(endpoint).path
    if path.removesuffix("/").endswith("/mcp"):
        other = endpoint.removesuffix("/") if path.endswith("/") else f"{endpoint}/"
        yield client.fetch(
            "slash", "POST", other, headers=CALL_HEADERS, body=PING, may_follow=_not_followed
        )
    origin = origin_of(endpoint).lower()
    for metadata in (RESOURCE_METADATA + path, RESOURCE_METADATA, SERVER_METADATA):
        yield client.fetch("metadata", "GET", origin + metadata)
    if named := RESOURCE_METADATA_NAMED.search(last.headers.get("www-authenticate", "")):
        yield client.fetch("metadata", "GET", named[1], subject=NAMED_METADATA)


def _not_followed(_source: str, _target: str) -> str:
    return "many clients do not follow it"
