"""LangChain's MCP adapters, which its own langchain.mcp follows: the same tools for agents, by the
code that the server's page shows.
"""

import ast
import asyncio
from typing import Any

from common import arguments, on_the_page
from langchain_tools import use


async def main(base_url: str, token: str | None) -> None:
    shown = on_the_page(base_url, "langchain", token)
    code = compile(shown, "the page", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    names: dict[str, Any] = {}
    await eval(code, names)  # noqa: S307 - what a reader of the page would run
    await use(names["tools"])


if __name__ == "__main__":
    asyncio.run(main(*arguments()))
