"""What the client scripts share: their arguments, one walk through the contract, and how they fail.

Every script takes the server's base URL and, optionally, a bearer token, and exits with a sentence
when its client cannot use the server.
"""

import sys
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

Call = Callable[[str, dict[str, Any]], Awaitable[object]]


def arguments() -> tuple[str, str | None]:
    base_url = sys.argv[1].rstrip("/")
    return base_url, sys.argv[2] if len(sys.argv) > 2 else None


def headers(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def require(condition: object, sentence: str) -> None:
    if not condition:
        sys.exit(sentence)


async def walk(call: Call, *, deletes: bool = True) -> None:
    """Take a list nobody has used through every operation, comparing whole answers.

    ``await call(operation_id, arguments)`` gives the decoded answer. The name has a space and a
    letter outside ASCII because clients differ in how they put it into the path.
    """
    username = f"Zoë {uuid4().hex}"
    milk, bread = "Buy milk", "Bake brød"
    steps: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("getTodos", {}, {"todos": [], "revision": 0}),
        ("addTodo", {"todo": milk}, {"todo": milk, "todo_idx": 0, "revision": 1}),
        ("addTodo", {"todo": bread, "revision": 1}, {"todo": bread, "todo_idx": 1, "revision": 2}),
        ("getTodos", {}, {"todos": [milk, bread], "revision": 2}),
    ]
    if deletes:
        steps += [
            ("deleteTodo", {"todo_idx": 0, "revision": 2}, {"todo": milk, "revision": 3}),
            ("deleteTodo", {"todo_idx": 0}, {"todo": bread, "revision": 4}),
            ("getTodos", {}, {"todos": [], "revision": 4}),
        ]
    for operation_id, values, expected in steps:
        answer = await call(operation_id, {"username": username, **values})
        require(
            answer == expected, f"{operation_id} with {values} gave {answer!r}, not {expected!r}."
        )
