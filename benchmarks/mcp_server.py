"""The same tools on the SDK's own high-level server, to measure against.

It was named FastMCP before version 2 of the SDK, and is MCPServer since. The lists are in memory,
and anybody may call: it does less than ours.

Run as `python -m benchmarks.mcp_server PORT`.
"""

from collections import defaultdict
from typing import Annotated

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field

from .under_uvicorn import serve

server = MCPServer("todos", log_level="WARNING")
TODOS: defaultdict[str, list[str]] = defaultdict(list)
Username = Annotated[str, Field(min_length=1, max_length=100)]


class TodoList(BaseModel):
    """The result of getTodos."""

    todos: list[str]


class Todo(BaseModel):
    """The result of addTodo and deleteTodo."""

    todo: str


# The tools are coroutines because the SDK calls other functions in threads.
@server.tool("getTodos")
async def get_todos(username: Username) -> TodoList:
    """Get all todos of the list, oldest first."""
    return TodoList(todos=TODOS[username])


@server.tool("addTodo")
async def add_todo(
    username: Username, todo: Annotated[str, Field(min_length=1, max_length=1000)]
) -> Todo:
    """Add one todo to the end of the list."""
    TODOS[username].append(todo)
    return Todo(todo=todo)


@server.tool("deleteTodo")
async def delete_todo(username: Username, todo_idx: Annotated[int, Field(ge=0)]) -> Todo:
    """Delete one todo."""
    if todo_idx >= len(TODOS[username]):
        raise ToolError("There is no todo with that index.")
    return Todo(todo=TODOS[username].pop(todo_idx))


if __name__ == "__main__":
    serve(server.streamable_http_app(json_response=True, stateless_http=True))
