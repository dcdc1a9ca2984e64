"""Callers who are counted."""

import asyncio
from collections import Counter
from typing import Any, cast

import httpx

from plugin_server import storage
from tests.front_door import OTHER_TOKEN, TOKEN

from .mcp_messages import tool_call

LIST = "/todos/ann"
HOST = {"auth": "service_http", "service_tokens": f"{TOKEN},{OTHER_TOKEN}"}
CALL = tool_call("getTodos", {"username": "ann"})
PROXY = {"trusted_proxies": "for=1"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def of(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


def client_database(client: httpx.AsyncClient) -> storage.Database:
    """The database of the application behind a front door."""
    transport = cast(httpx.ASGITransport, client._transport)
    return cast(storage.Database, cast(Any, transport.app).extensions["database"])


async def statuses(client: httpx.AsyncClient, count: int, **request: Any) -> Counter[int]:
    """The statuses of so many requests at once."""
    path = request.pop("path", LIST)
    asked = [client.get(path, **request) for _ in range(count)]
    return Counter([answer.status_code for answer in await asyncio.gather(*asked)])
