"""A fork gets its tools by writing its contract, whatever that looks like."""

import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running import PROJECT, running_server

from .mcp_listing import TOOLS, USERNAME
from .mcp_messages import message, result, succeeded, tool_call

VIEWS = """

@todos.get("/todos/<username>/count")
async def count_todos(username: str) -> Response:
    name = await owner(username)
    listed = await database().read(store.get_todos, name)
    longer = int(request.args.get("longer_than", 0))
    return answer({"count": len([todo for todo in listed.todos if len(todo) > longer])})


@todos.put("/todos/<username>/order")
async def order_todos(username: str) -> Response:
    order = await request.get_json()
    if order == []:
        return Response(b"nothing to do\\xff", 418, content_type="text/plain")
    return Response(json.dumps([username, *order]), content_type="application/json")
"""
OPERATIONS = """
  /todos/{username}/count:
    parameters:
      - $ref: '#/components/parameters/Username'
    get:
      operationId: countTodos
      summary: Count the todos
      description: Count the todos of the list.
      x-openai-isConsequential: false
      parameters:
        - name: longer_than
          in: query
          description: Count only todos with more characters.
          schema: {type: [integer, 'null'], minimum: 0}
      responses:
        '200':
          $ref: '#/components/responses/Count'
  /todos/{username}/order:
    put:
      operationId: orderTodos
      summary: Put the todos in order
      parameters:
        - $ref: '#/components/parameters/Username'
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: array, items: {type: integer}}
      responses:
        '200':
          description: The order.
          content:
            application/json:
              schema: {type: array, items: {}}
components:
  parameters:
    Username:
      name: username
      in: path
      required: true
      description: The name of the user whose list it is.
      x-owner: true
      schema: *username
  schemas:
    Count:
      type: object
      required: [count]
      properties:
        count: {type: integer}
"""
COUNT = """
    Count:
      description: How many there are.
      content:
        application/json:
          schema:
            $ref: '#/components/schemas/Count'
"""
CAREFUL = {
    "readOnlyHint": False,
    "destructiveHint": False,
    "idempotentHint": False,
    "openWorldHint": False,
}


@pytest.fixture(name="fork")
def fixture_fork(tmp_path: Path) -> Path:
    """A copy of the project with two more operations, and nothing else changed."""
    folder = tmp_path / "fork"
    shutil.copytree(PROJECT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("ai-plugin.json", "openapi.yaml", "logo.png"):
        shutil.copy(PROJECT / name, folder)
    contract = folder / "openapi.yaml"
    before, _, after = contract.read_text().partition("\ncomponents:\n")
    after = after.replace("  responses:\n", f"  responses:{COUNT}", 1)
    contract.write_text(f"{before}{OPERATIONS}{after}")
    routes = folder / "app" / "todos" / "routes.py"
    views = routes.read_text().replace(
        "import Blueprint, Response", "import Blueprint, Response, request"
    )
    routes.write_text(views.replace("from quart", "import json\n\nfrom quart", 1) + VIEWS)
    return folder


async def test_a_forks_operations_are_tools(fork: Path) -> None:
    with running_server(fork, PYTHONPATH=str(fork)) as server:
        async with httpx.AsyncClient(base_url=server.url) as client:
            tools = (await result(client, message("tools/list")))["tools"]
            for todo in ("milk", "bread", "x"):
                await client.post("/todos/ann", json={"todo": todo})
            arguments: dict[str, Any] = {"username": "ann"}
            counted = await result(client, tool_call("countTodos", arguments))
            longer = [
                await result(client, tool_call("countTodos", {**arguments, "longer_than": each}))
                for each in (4, "4", 4.0, None)
            ]
            ordered = await result(
                client, tool_call("orderTodos", {"username": "a/n", "body": [1, 0]})
            )
            wrong = [
                await result(client, tool_call("countTodos", {**arguments, "longer_than": each}))
                for each in ("04", "four", 4.5, True)
            ]
            arguments = {"username": "ann", "body": [1, 0]}
            put = await result(client, tool_call("orderTodos", arguments))
            refused = await result(client, tool_call("orderTodos", {"username": "ann", "body": []}))
    assert tools[: len(TOOLS)] == TOOLS
    assert tools[len(TOOLS) :] == [
        {
            "name": "countTodos",
            "title": "Count the todos",
            "description": "Count the todos of the list.",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "username": USERNAME,
                    "longer_than": {
                        "type": ["integer", "null"],
                        "minimum": 0,
                        "description": "Count only todos with more characters.",
                    },
                },
                "required": ["username"],
            },
            "outputSchema": {
                "type": "object",
                "required": ["count"],
                "properties": {"count": {"type": "integer"}},
            },
            "annotations": {**CAREFUL, "readOnlyHint": True, "idempotentHint": True},
        },
        {
            "name": "orderTodos",
            "title": "Put the todos in order",
            "description": "Put the todos in order",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "username": USERNAME,
                    "body": {"type": "array", "items": {"type": "integer"}},
                },
                "required": ["username", "body"],
            },
            "annotations": {**CAREFUL, "destructiveHint": True, "idempotentHint": True},
        },
    ]
    assert counted == succeeded({"count": 3})
    assert longer == [succeeded({"count": count}) for count in (1, 1, 1, 3)]
    for each in wrong:
        assert (each["isError"], "Must be a whole number" in each["content"][0]["text"]) == (
            True,
            True,
        )
    assert (ordered["isError"], "hold a slash" in ordered["content"][0]["text"]) == (True, True)
    text = [{"type": "text", "text": '["ann", 1, 0]'}]
    assert put == {"content": text, "isError": False}
    text = [{"type": "text", "text": "nothing to do\N{REPLACEMENT CHARACTER}"}]
    assert refused == {"content": text, "isError": True}
