"""The list as a page of its own: plain forms, which the library's script sends in place."""

from urllib.parse import urlencode

from quart import Response

from plugin_server import (
    ME,
    NotFound,
    Pages,
    StaleRevision,
    database,
    form,
    html_page,
    owner,
    query,
    see_other,
    signed_in,
)

from . import store
from .models import AddTodo, DeleteTodo, RestoreTodo, ShowList

pages = Pages("list", __name__)


@pages.get("/list")
@pages.get("/list/delete")  # where a browser without a script is after a deletion
async def show_list() -> Response:
    return await _list(await _owner())


@pages.post("/list/add")
async def add_to_list() -> Response:
    name = await _owner()
    body = await form(AddTodo)
    await database().write(store.add_todo, name, body.todo)
    return see_other(_path(name))


@pages.post("/list/delete")
async def delete_from_list() -> Response:
    """Answers with the list, and a form that undoes it. The revision makes it safe to repeat."""
    name = await _owner()
    body = await form(DeleteTodo)
    try:
        deleted = await database().write(
            store.delete_todo, name, body.todo_idx, {str(body.revision)}
        )
    except StaleRevision:
        return await _list(name, 409, is_stale=True)
    return await _list(name, deleted=deleted)


@pages.post("/list/restore")
async def restore_to_list() -> Response:
    name = await _owner()
    body = await form(RestoreTodo)
    await database().write(store.restore_todo, name, body.todo, body.place)
    return see_other(_path(name))


async def _owner() -> str:
    """Whose list is shown. Where nobody signs in, any name may be asked for."""
    person = await signed_in()
    if person is None:
        raise NotFound("A list is shown here to a person who is signed in.")
    return await owner((await query(ShowList)).username) if person == ME else person


async def _list(name: str, status: int = 200, **told: object) -> Response:
    listed = await database().read(store.get_todos, name)
    return await html_page("list.html", status, listed=listed, owner=name, path=_path, **told)


def _path(name: str, action: str = "") -> str:
    return f"/list{action}?{urlencode({'username': name})}"
