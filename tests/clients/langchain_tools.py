"""LangChain's tools, however they came from MCP: called as an agent calls them."""

from collections.abc import Iterable
from typing import Any

from common import require, require_tools, stumble, walk
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool


async def use(tools: Iterable[BaseTool]) -> None:
    by_name = {tool.name: tool for tool in tools}
    require_tools(by_name)

    async def ask(operation_id: str, values: dict[str, Any]) -> ToolMessage:
        asked = {"type": "tool_call", "id": "1", "name": operation_id, "args": values}
        return await by_name[operation_id].ainvoke(asked)

    async def call(operation_id: str, values: dict[str, Any]) -> object:
        message = await ask(operation_id, values)
        require(message.status == "success", f"{operation_id} is refused: {message.text}")
        return message.artifact["structured_content"]

    async def fail(operation_id: str, values: dict[str, Any]) -> str:
        message = await ask(operation_id, values)
        require(message.status == "error", f"A refusal is no error: {message.text}")
        return message.text

    await walk(call)
    await stumble(fail)
