"""The operations of openapi.yaml: each view is an operationId in snake case."""

from quart import Blueprint, Response

from plugin_server import (
    State,
    allowed_tags,
    answer,
    body_or_query,
    database,
    json_body,
    owner,
    page,
    query,
)

from . import store
from .models import AddTodo, DeleteTodo, GetTodos

todos = Blueprint("todos", __name__)


@todos.get("/todos/<username>")
async def get_todos(username: str) -> Response:
    name = await owner(username)
    asked = await query(GetTodos)
    listed = await database().read(store.get_todos, name)
    shown = page(listed.todos, asked.limit, asked.offset)
    members = {**listed._asdict(), "todos": shown.items, **shown.counts}
    return answer(members, state=State(name, listed.revision) if shown.is_whole else None)


@todos.post("/todos/<username>")
async def add_todo(username: str) -> Response:
    name = await owner(username)
    body = await json_body(AddTodo)
    allowed = allowed_tags(body.revision)
    added = await database().write(store.add_todo, name, body.todo, allowed)
    return answer(added._asdict())


@todos.delete("/todos/<username>")
async def delete_todo(username: str) -> Response:
    name = await owner(username)
    body = await body_or_query(DeleteTodo)
    allowed = allowed_tags(body.revision)
    deleted = await database().write(store.delete_todo, name, body.todo_idx, allowed)
    return answer({"todo": deleted.todo, "revision": deleted.revision})
