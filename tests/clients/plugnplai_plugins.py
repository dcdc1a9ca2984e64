"""plugnplai: installs the plugin from its base URL and calls what it can.

It sends path parameters in the body of a POST as well, and it has no DELETE.
"""

import asyncio
from typing import Any

from common import arguments, require, walk
from plugnplai import Plugins, plugins


def main() -> None:
    base_url, token = arguments()
    # Counting tokens downloads a vocabulary, and no test should need a third party's server.
    plugins.count_tokens = lambda text: len(text.split())
    installed = Plugins.install_and_activate(base_url)
    [name] = installed.list_active()
    for operation_id in ("getTodos", "addTodo", "deleteTodo"):
        require(operation_id in installed.prompt, f"The prompt does not offer {operation_id}.")

    async def call(operation_id: str, values: dict[str, Any]) -> object:
        return installed.call_api(name, operation_id, values, token).json()

    asyncio.run(walk(call, deletes=False))


if __name__ == "__main__":
    main()
