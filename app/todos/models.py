"""What a caller may send, in the words and within the limits of openapi.yaml."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, StringConstraints

from ..http.body import NotNull, WholeNumber

TODO_CHARACTERS = 1000


def _printable(text: str) -> str:
    if any(
        unicodedata.category(character) == "Cc" and character not in "\t\n" for character in text
    ):
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
