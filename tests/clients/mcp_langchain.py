"""LangChain: langchain.mcp makes a tool for agents of each tool of the server."""

import asyncio

from common import arguments, headers
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from langchain.mcp import MCPAdapter
from langchain_tools import use


async def main(base_url: str, token: str | None) -> None:
    transport = StreamableHttpTransport(f"{base_url}/mcp", headers=headers(token))
    async with MCPAdapter(Client(transport)) as adapter:
        await use(await adapter.list_tools())


if __name__ == "__main__":
    asyncio.run(main(*arguments()))
