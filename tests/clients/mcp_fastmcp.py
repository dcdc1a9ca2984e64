"""FastMCP's client: holds the answers to the schemas that the tools declare."""

import asyncio
from typing import Any

from common import arguments, headers, require, require_tools, stumble, walk
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport


async def use(base_url: str, token: str | None) -> None:
    transport = StreamableHttpTransport(f"{base_url}/mcp", headers=headers(token))
    async with Client(transport) as client:
        tools = await client.list_tools()
        require_tools(tool.name for tool in tools)
        for tool in tools:
            require(tool.output_schema, f"{tool.name} has no output schema.")

        async def call(operation_id: str, values: dict[str, Any]) -> object:
            return (await client.call_tool(operation_id, values)).structured_content

        async def fail(operation_id: str, values: dict[str, Any]) -> str:
            result = await client.call_tool(operation_id, values, raise_on_error=False)
            require(result.is_error, f"A refusal is no error: {result}")
            return result.content[0].text

        await walk(call)
        await stumble(fail)


if __name__ == "__main__":
    asyncio.run(use(*arguments()))
