"""What the client scripts share: their arguments, one walk through the contract, and how they fail.

Every script takes the server's base URL and, optionally, a bearer token, and exits with a sentence
when its client cannot use the server. The walk is in walk.json, because common.mjs takes it too.
"""

import json
import re
import sys
from collections.abc import Awaitable, Callable, Iterable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import uuid4

Call = Callable[[str, dict[str, Any]], Awaitable[object]]

OPERATIONS = {"getTodos", "addTodo", "deleteTodo"}
WALK = json.loads((Path(__file__).parent / "walk.json").read_text(encoding="utf-8"))


def arguments() -> tuple[str, str | None]:
    base_url = sys.argv[1].rstrip("/")
    return base_url, sys.argv[2] if len(sys.argv) > 2 else None


def headers(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def on_the_page(base_url: str, host: str, token: str | None) -> str:
    """What the host's card on the server's page has to copy, with the token in its place."""
    with urlopen(f"{base_url}/") as answer:  # noqa: S310 - the server under test
        page = answer.read().decode()
    (copied,) = re.findall(rf'<code id="for-{host}">(.*?)</code>', page, re.DOTALL)
    return re.sub(r"\bTOKEN\b", token or "TOKEN", unescape(copied))


def require(condition: object, sentence: str) -> None:
    if not condition:
        sys.exit(sentence)


def require_tools(names: Iterable[str]) -> None:
    found = sorted(names)
    require(found == sorted(OPERATIONS), f"The tools are {found}.")


async def walk(call: Call, *, deletes: bool = True) -> None:
    """Take a list nobody has used through every operation, comparing whole answers.

    ``await call(operation_id, arguments)`` gives the decoded answer. The name has a space and a
    letter outside ASCII because clients differ in how they put it into the path.
    """
    username = f"Zoë {uuid4().hex}"
    for operation_id, values, expected in WALK:
        if operation_id == "deleteTodo" and not deletes:
            break
        answer = await call(operation_id, {"username": username, **values})
        require(
            answer == expected, f"{operation_id} with {values} gave {answer!r}, not {expected!r}."
        )


async def stumble(call: Callable[[str, dict[str, Any]], Awaitable[str]]) -> None:
    """Change a list by a revision that it does not have; the model must read how to go on.

    ``await call(operation_id, arguments)`` gives the text of an answer that is marked as an error.
    """
    username = uuid4().hex
    text = await call("addTodo", {"username": username, "todo": "Buy milk", "revision": 7})
    require("stale_revision" in text, f"A call with a stale revision tells the model {text!r}.")
