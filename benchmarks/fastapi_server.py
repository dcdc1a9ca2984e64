"""The same operations as they would be written today, to measure against: FastAPI and aiosqlite.

It validates, authenticates and has every todo on the disk before it answers, as ours does. It has
no revisions, conditional requests, limits, logs or metrics.

Run as `TOKEN=... python -m benchmarks.fastapi_server PORT`, in the folder for its database.
"""

import hmac
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import aiosqlite
from fastapi import Depends, FastAPI, HTTPException, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

from .under_uvicorn import serve

SCHEMA = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS todos (
        id       INTEGER PRIMARY KEY,
        username TEXT NOT NULL,
        todo     TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS todos_by_username ON todos (username);
"""


class TodoList(BaseModel):
    """The answer of getTodos."""

    todos: list[str]


class Todo(BaseModel):
    """The body of addTodo, and its answer and that of deleteTodo."""

    todo: str = Field(min_length=1, max_length=1000)


class Index(BaseModel):
    """The body of deleteTodo."""

    todo_idx: int = Field(ge=0)


async def authenticate(
    sent: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
) -> None:
    """Refuse every bearer token but one."""
    if not hmac.compare_digest(sent.credentials.encode(), os.environ["TOKEN"].encode()):
        raise HTTPException(401)


@asynccontextmanager
async def lifespan(application: FastAPI) -> AsyncIterator[None]:
    """Open the one connection that all requests share, which was measured to be the fastest.

    A second connection for reading gained nothing. With one transaction a request, POST was slower
    by a third or more: here a commit includes what other requests have inserted meanwhile, so fewer
    of them wait for the disk. The price is that a commit that fails may lose their todos unnoticed.
    """
    async with aiosqlite.connect("todos.db") as connection:
        await connection.executescript(SCHEMA)
        application.state.database = connection
        yield


def database(request: Request) -> aiosqlite.Connection:
    """The connection."""
    connection: aiosqlite.Connection = request.app.state.database
    return connection


app = FastAPI(lifespan=lifespan, dependencies=[Depends(authenticate)])
Username = Annotated[str, Path(min_length=1, max_length=100)]


@app.get("/todos/{username}")
async def get_todos(request: Request, username: Username) -> TodoList:
    """The list, oldest todo first."""
    rows = await database(request).execute_fetchall(
        "SELECT todo FROM todos WHERE username = ? ORDER BY id", (username,)
    )
    return TodoList(todos=[todo for (todo,) in rows])


@app.post("/todos/{username}")
async def add_todo(request: Request, username: Username, body: Todo) -> Todo:
    """Append a todo."""
    connection = database(request)
    await connection.execute(
        "INSERT INTO todos (username, todo) VALUES (?, ?)", (username, body.todo)
    )
    await connection.commit()
    return body


@app.delete("/todos/{username}")
async def delete_todo(request: Request, username: Username, body: Index) -> Todo:
    """Delete the todo at an index, from 0."""
    connection = database(request)
    deleted = await connection.execute_fetchall(
        """
        DELETE FROM todos
         WHERE id = (SELECT id FROM todos WHERE username = ? ORDER BY id LIMIT 1 OFFSET ?)
     RETURNING todo
        """,
        (username, body.todo_idx),
    )
    await connection.commit()
    for (todo,) in deleted:
        return Todo(todo=todo)
    raise HTTPException(404, "There is no todo with that index.")


if __name__ == "__main__":
    serve(app)
