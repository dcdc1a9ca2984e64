"""LangChain's MCP adapters, which its own langchain.mcp follows: the same tools for agents."""

import asyncio

from common import arguments, headers
from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_tools import use


async def main(base_url: str, token: str | None) -> None:
    server = {"transport": "http", "url": f"{base_url}/mcp", "headers": headers(token)}
    await use(await MultiServerMCPClient({"todo": server}).get_tools())


if __name__ == "__main__":
    asyncio.run(main(*arguments()))
