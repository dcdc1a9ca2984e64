"""The original 2023 design, to measure against: lists in a dict, no checks, no auth, no file.

It runs as the original did: under hypercorn with its default worker, which is asyncio's own event
loop.

Run as `python -m benchmarks.baseline PORT`.
"""

import asyncio
import json
import sys

import quart
import quart_cors
from hypercorn.asyncio import serve
from hypercorn.config import Config

app = quart_cors.cors(quart.Quart(__name__), allow_origin="https://chat.openai.com")
TODOS: dict[str, list[str]] = {}


@app.get("/todos/<string:username>")
async def get_todos(username: str) -> quart.Response:
    """Answer with the bare JSON array, as text/html, as the original did."""
    return quart.Response(json.dumps(TODOS.get(username, [])), status=200)


@app.post("/todos/<string:username>")
async def add_todo(username: str) -> quart.Response:
    """Append whatever `todo` is."""
    body = await quart.request.get_json(force=True)
    if username not in TODOS:
        TODOS[username] = []
    TODOS[username].append(body["todo"])
    return quart.Response("OK", status=200)


@app.delete("/todos/<string:username>")
async def delete_todo(username: str) -> quart.Response:
    """Remove by index; an index outside the list is a silent success, as it was."""
    body = await quart.request.get_json(force=True)
    if 0 <= body["todo_idx"] < len(TODOS[username]):
        TODOS[username].pop(body["todo_idx"])
    return quart.Response("OK", status=200)


def main() -> None:
    """Serve on 127.0.0.1 until SIGTERM, with hypercorn's defaults."""
    config = Config()
    config.bind = [f"127.0.0.1:{sys.argv[1]}"]
    asyncio.run(serve(app, config))


if __name__ == "__main__":
    main()
