"""Semantic Kernel: imports the contract by its URL and calls each operation as a function.

It refuses plain http unless the server is among its allowed base URLs, and sends a value declared
in the query and in the body twice.
"""

import asyncio
import json
from typing import Any

from common import arguments, headers, require, walk
from semantic_kernel import Kernel
from semantic_kernel.connectors.openapi_plugin import OpenAPIFunctionExecutionParameters
from semantic_kernel.functions import KernelArguments


def main() -> None:
    base_url, token = arguments()

    async def authorize(**_: str) -> dict[str, str]:
        return headers(token)

    settings = OpenAPIFunctionExecutionParameters(
        auth_callback=authorize, server_url_validation_allowed_base_urls=[base_url]
    )
    kernel = Kernel()
    plugin = kernel.add_plugin_from_openapi(
        "todo", f"{base_url}/openapi.yaml", execution_settings=settings
    )
    names = set(plugin.functions)
    require(names == {"getTodos", "addTodo", "deleteTodo"}, f"The plugin offers {sorted(names)}.")

    async def call(operation_id: str, values: dict[str, Any]) -> object:
        result = await kernel.invoke(plugin[operation_id], KernelArguments(**values))
        return json.loads(str(result))

    asyncio.run(walk(call))


if __name__ == "__main__":
    main()
