"""What a caller may send, in the words and within the limits of openapi.yaml."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, StringConstraints

from ..http.body import NotNull, WholeNumber

TODO_CHARACTERS = 1000
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _printable(text: str) -> str:
    if CONTROL_CHARACTER.search(text):
        raise ValueError("Must not contain control characters other than tab and newline")
    return text


Todo = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=TODO_CHARACTERS),
    AfterValidator(_printable),
]
Revision = Annotated[WholeNumber | None, NotNull]


class AddTodo(BaseModel):
    """The body of addTodo."""

    todo: Todo
    revision: Revision = None


class DeleteTodo(BaseModel):
    """The body, or the query, of deleteTodo."""

    todo_idx: WholeNumber
    revision: Revision = None
