"""The operations of openapi.yaml: each view is an operationId in snake case."""

from quart import Blueprint, Response

from ..auth import list_name
from ..errors import PreconditionFailed, answer
from ..http.answer import json_answer, json_bytes, tagged_answer
from ..http.body import json_body, json_body_or_query
from ..http.conditions import allowed_revisions, entity_tag, required_revisions
from ..storage.current import database
from . import store
from .models import AddTodo, DeleteTodo, check_username

todos = Blueprint("todos", __name__)


@todos.get("/todos/<username>")
async def get_todos(username: str) -> Response:
    owner = await _owner(username)
    listed = await database().read(store.get_todos, owner)
    return tagged_answer(
        json_bytes(listed._asdict()),
        "application/json",
        entity_tag(listed.revision),
        {"Cache-Control": "private, no-cache"},
    )


@todos.post("/todos/<username>")
async def add_todo(username: str) -> Response:
    owner = await _owner(username)
    body = await json_body(AddTodo)
    allowed = allowed_revisions(body.revision)
    added = await database().write(store.add_todo, owner, body.todo, allowed)
    return json_answer(added._asdict())


@todos.delete("/todos/<username>")
async def delete_todo(username: str) -> Response:
    owner = await _owner(username)
    body = await json_body_or_query(DeleteTodo)
    allowed = allowed_revisions(body.revision)
    deleted = await database().write(store.delete_todo, owner, body.todo_idx, allowed)
    return json_answer(deleted._asdict())


@todos.errorhandler(store.StaleRevision)
async def answer_stale_revision(stale: store.StaleRevision) -> Response:
    """409, or 412 when it was If-Match that did not hold (RFC 9110 section 13.1.1)."""
    required = required_revisions()
    if required is None or stale.listed.revision in required:
        return answer(stale)
    return answer(PreconditionFailed(stale.detail, code=stale.code, **stale.members))


async def _owner(username: str) -> str:
    owner = await list_name(username)
    check_username(owner)
    return owner
