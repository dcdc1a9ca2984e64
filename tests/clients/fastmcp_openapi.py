"""FastMCP: from_openapi makes a tool of each operation and holds the answers to their schemas."""

import asyncio
from typing import Any

from common import arguments, headers, require, walk
from fastmcp import Client, FastMCP
from httpx2 import AsyncClient


async def use(base_url: str, token: str | None) -> None:
    async with AsyncClient(base_url=base_url, headers=headers(token)) as http:
        contract = (await http.get("/openapi.json")).json()
        async with Client(FastMCP.from_openapi(contract, http)) as client:
            tools = {tool.name: tool for tool in await client.list_tools()}
            names = {"getTodos", "addTodo", "deleteTodo"}
            require(set(tools) == names, f"The tools are {sorted(tools)}.")
            for name, tool in tools.items():
                require(tool.description, f"{name} has no description.")
                require(tool.output_schema, f"{name} has no output schema.")

            async def call(operation_id: str, values: dict[str, Any]) -> object:
                return (await client.call_tool(operation_id, values)).structured_content

            await walk(call)


if __name__ == "__main__":
    asyncio.run(use(*arguments()))
