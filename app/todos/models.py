"""What a caller may send, in the words and within the limits of openapi.yaml."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from plugin_server import ME, Model, WholeNumber

TODO_CHARACTERS = 1000
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _printable(text: str) -> str:
    if CONTROL_CHARACTER.search(text):
        raise ValueError("Must not contain control characters other than tab and newline")
    return text


Todo = Annotated[
    str, StringConstraints(min_length=1, max_length=TODO_CHARACTERS), AfterValidator(_printable)
]


class GetTodos(Model):
    """The query of getTodos."""

    limit: Annotated[int, Field(ge=1, le=1000)] | None = None
    offset: WholeNumber | None = None


class AddTodo(Model):
    """The body of addTodo."""

    todo: Todo
    revision: WholeNumber | None = None


class RestoreTodo(Model):
    """What the page sends to put a deleted todo back."""

    todo: Todo
    place: WholeNumber


class ShowList(Model):
    """Whose list the page shows."""

    username: str = ME


class DeleteTodo(Model):
    """The body, or the query, of deleteTodo."""

    todo_idx: WholeNumber
    revision: WholeNumber | None = None
