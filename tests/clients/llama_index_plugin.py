"""LlamaIndex: ChatGPTPluginToolSpec reads the manifest, RequestsToolSpec calls what it describes.

The tool spec refuses every manifest whose auth type is not "none".
"""

import asyncio
import json
from typing import Any

from common import arguments, require, walk
from llama_index.tools.chatgpt_plugin import ChatGPTPluginToolSpec
from llama_index.tools.requests import RequestsToolSpec


def main() -> None:
    base_url, _ = arguments()
    plugin = ChatGPTPluginToolSpec(manifest_url=f"{base_url}/.well-known/ai-plugin.json")
    contract = json.loads(plugin.load_openapi_spec()[0].text)
    for endpoint in contract["endpoints"]:
        for key in ("description", "parameters", "responses"):
            require(endpoint.get(key), f"{endpoint['verb']} reaches the model without its {key}.")

    requests = RequestsToolSpec(timeout_seconds=15)
    url = contract["servers"][0]["url"] + "/todos/{username}"

    async def call(operation_id: str, values: dict[str, Any]) -> object:
        path = {"username": values.pop("username")}
        match operation_id:
            case "getTodos":
                return requests.get_request(url, path)
            case "addTodo":
                return requests.post_request(url, path, body=values)
            case _:
                return requests.delete_request(url, path, body=values)

    asyncio.run(walk(call))


if __name__ == "__main__":
    main()
