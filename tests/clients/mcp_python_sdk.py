"""The MCP SDK for Python: lists and calls in each era of the protocol and in its automatic mode."""

import asyncio
from typing import Any

from common import arguments, headers, require, require_tools, stumble, walk
from httpx2 import AsyncClient
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

SPOKEN = {"legacy": "2025-11-25", "2026-07-28": "2026-07-28", "auto": "2026-07-28"}


async def use(base_url: str, token: str | None, mode: str) -> None:
    async with AsyncClient(headers=headers(token)) as http:
        transport = streamable_http_client(f"{base_url}/mcp", http_client=http)
        async with Client(transport, mode=mode, cache=None) as client:
            spoken = client.protocol_version
            require(spoken == SPOKEN[mode], f"In mode {mode} the two agree on {spoken}.")
            require_tools(tool.name for tool in (await client.list_tools()).tools)

            async def call(operation_id: str, values: dict[str, Any]) -> object:
                result = await client.call_tool(operation_id, values)
                require(not result.is_error, f"In mode {mode}: {result.content}")
                return result.structured_content

            async def fail(operation_id: str, values: dict[str, Any]) -> str:
                result = await client.call_tool(operation_id, values)
                require(result.is_error, f"In mode {mode} a refusal is no error: {result}")
                return result.content[0].text

            await walk(call)
            await stumble(fail)


async def main() -> None:
    for mode in SPOKEN:
        await use(*arguments(), mode)


if __name__ == "__main__":
    asyncio.run(main())
