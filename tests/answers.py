"""What answers look like: the whole JSON of failures, and bytes from a socket."""

import socket
from typing import Any, NamedTuple

from app.main import create_app
from plugin_server.settings import Settings

from .running import Server

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
    507: "Insufficient Storage",
}


def problem(status: int, code: str, detail: str, **members: object) -> dict[str, Any]:
    """The JSON of a failure, whole."""
    told = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail}
    return {**told, "code": code, **members}


def invalid(**details: str) -> dict[str, Any]:
    """The failure that names what is wrong with each field."""
    summary = "; ".join(f"{name}: {text}" for name, text in details.items())
    errors = [{"detail": text, "pointer": f"#/{name}"} for name, text in details.items()]
    detail = f"The request breaks the contract: {summary}."
    return problem(422, "invalid_request", detail, errors=errors)


def a_list(todos: list[str], revision: int) -> dict[str, Any]:
    """The JSON of a whole list."""
    return {"todos": todos, "revision": revision, "total": len(todos)}


def stale(status: int, todos: list[str], revision: int) -> dict[str, Any]:
    """The JSON for a change that was meant for another state of the list, whole."""
    detail = (
        "The list has changed since that revision, and nothing was done. Look at the todos"
        " in this answer: if the change is still wanted, repeat it with this revision."
    )
    return problem(status, "stale_revision", detail, **a_list(todos, revision))


EMPTY = a_list([], 0)
NO_HOST = problem(400, "invalid_host", "The Host header is not a host and port.")
AWAY = problem(503, "unavailable", "The database is away. Try again in a moment.")
BUSY = problem(503, "busy", "What this needs is busy, and nothing was done. Try again in a moment.")
READ_ONLY = problem(
    503, "read_only", "Nothing can be changed now, and nothing was done. Reading goes on."
)
UNREADABLE = problem(
    400, "unreadable_request", "The server cannot read this as an HTTP/1.1 request."
)


class Answer(NamedTuple):
    """`body` is all that came after the head: a second answer would stand there too."""

    status: int
    headers: dict[str, str]
    body: bytes


def answered(server: Server, request: str) -> Answer:
    """What the server sends until it closes the connection, which it must do within 10 seconds."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request.encode("latin-1"))
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().lower().splitlines()
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Answer(int(first.split()[1]), headers, body)


def routes() -> dict[str, set[str]]:
    """Every path that the application serves, with ann for the username, and its methods."""
    found: dict[str, set[str]] = {}
    for rule in create_app(Settings()).url_map.iter_rules():
        path = rule.rule.replace("<username>", "ann")
        found.setdefault(path, set()).update(rule.methods or ())
    return found
