"""The operations of openapi.yaml: each view is an operationId in snake case."""

from quart import Blueprint, Response

from ..auth import list_name
from ..http.answer import json_answer, state_answer
from ..http.body import json_body, json_body_or_query
from ..http.conditions import allowed_tags
from ..storage.current import database
from . import store
from .models import AddTodo, DeleteTodo

todos = Blueprint("todos", __name__)


@todos.get("/todos/<username>")
async def get_todos(username: str) -> Response:
    owner = await list_name(username)
    listed = await database().read(store.get_todos, owner)
    return state_answer(owner, listed.revision, listed._asdict())


@todos.post("/todos/<username>")
async def add_todo(username: str) -> Response:
    owner = await list_name(username)
    body = await json_body(AddTodo)
    allowed = allowed_tags(body.revision)
    added = await database().write(store.add_todo, owner, body.todo, allowed)
    return json_answer(added._asdict())


@todos.delete("/todos/<username>")
async def delete_todo(username: str) -> Response:
    owner = await list_name(username)
    body = await json_body_or_query(DeleteTodo)
    allowed = allowed_tags(body.revision)
    deleted = await database().write(store.delete_todo, owner, body.todo_idx, allowed)
    return json_answer(deleted._asdict())
