"""OpenAI's Agents SDK: lists and calls, and turns each tool into a function for its models."""

import asyncio
from typing import Any

from agents import Agent, RunContextWrapper
from agents.mcp import MCPServerStreamableHttp, MCPUtil
from common import arguments, headers, require, require_tools, stumble, walk


async def use(base_url: str, token: str | None) -> None:
    params = {"url": f"{base_url}/mcp", "headers": headers(token)}
    async with MCPServerStreamableHttp(params=params) as server:
        functions = await MCPUtil.get_all_function_tools(
            [server],
            convert_schemas_to_strict=True,
            run_context=RunContextWrapper(context=None),
            agent=Agent(name="todo"),
        )
        require_tools(function.name for function in functions)

        async def call(operation_id: str, values: dict[str, Any]) -> object:
            result = await server.call_tool(operation_id, values)
            require(not result.is_error, f"{operation_id} is refused: {result.content}")
            return result.structured_content

        async def fail(operation_id: str, values: dict[str, Any]) -> str:
            result = await server.call_tool(operation_id, values)
            require(result.is_error, f"A refusal is no error: {result}")
            return result.content[0].text

        await walk(call)
        await stumble(fail)


if __name__ == "__main__":
    asyncio.run(use(*arguments()))
