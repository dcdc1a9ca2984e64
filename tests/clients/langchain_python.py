"""LangChain: reads the plugin manifest, then calls the API with its requests toolkit.

Its DELETE tool takes nothing but a URL, so the values of deleteTodo travel in the query.
"""

import asyncio
import json
from typing import Any
from urllib.parse import quote, urlencode

import yaml
from common import arguments, headers, require, walk
from langchain_community.agent_toolkits.openapi.spec import reduce_openapi_spec
from langchain_community.agent_toolkits.openapi.toolkit import RequestsToolkit
from langchain_community.tools.plugin import AIPluginTool
from langchain_community.utilities.requests import TextRequestsWrapper


def main() -> None:
    base_url, token = arguments()
    plugin = AIPluginTool.from_plugin_url(f"{base_url}/.well-known/ai-plugin.json")
    text = plugin.invoke("")
    require("deleteTodo" in text, "The manifest leads to a contract without deleteTodo.")

    contract = reduce_openapi_spec(yaml.safe_load(TextRequestsWrapper().get(plugin.plugin.api.url)))
    names = {name for name, description, _ in contract.endpoints if description}
    wanted = {f"{method} /todos/{{username}}" for method in ("GET", "POST", "DELETE")}
    require(names == wanted, f"The agent sees {sorted(names)} with a description.")

    toolkit = RequestsToolkit(
        requests_wrapper=TextRequestsWrapper(headers=headers(token)), allow_dangerous_requests=True
    )
    tools = {tool.name: tool for tool in toolkit.get_tools()}
    server = contract.servers[0]["url"]

    async def call(operation_id: str, values: dict[str, Any]) -> object:
        url = f"{server}/todos/{quote(str(values.pop('username')))}"
        match operation_id:
            case "getTodos":
                answer = tools["requests_get"].invoke(url)
            case "addTodo":
                answer = tools["requests_post"].invoke(json.dumps({"url": url, "data": values}))
            case _:
                answer = tools["requests_delete"].invoke(f"{url}?{urlencode(values)}")
        return json.loads(answer)

    asyncio.run(walk(call))


if __name__ == "__main__":
    main()
