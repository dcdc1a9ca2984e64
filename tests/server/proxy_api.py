"""An API on this machine that answers as a test has it, and a proxy in front of it."""

import asyncio
import json
import ssl
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple

import httpx
import yaml

from tests.running import PROJECT, Server, running_command

Headers = list[tuple[str, str]]
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

WAIT_SECONDS = 20
SCHEMA = {
    "type": "object",
    "required": ["ok"],
    "properties": {"ok": {"type": "boolean"}},
}
CONTRACT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Things", "version": "1"},
    "servers": [{"url": "https://api.example.com"}],
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    "paths": {
        "/things/{id}": {
            "get": {
                "operationId": "getThing",
                "summary": "Get a thing",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "The thing.",
                        "headers": {"X-Total": {"schema": {"type": "integer"}}},
                        "content": {"application/json": {"schema": SCHEMA}},
                    },
                },
            },
            "delete": {
                "operationId": "deleteThing",
                "summary": "Delete a thing",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "responses": {"204": {"description": "It is gone."}},
            },
        }
    },
}
MANIFEST = {
    "schema_version": "v1",
    "name_for_human": "Things",
    "name_for_model": "things",
    "description_for_human": "Things.",
    "description_for_model": "Plugin for things.",
    "auth": {"type": "none"},
    "api": {"type": "openapi", "url": "https://api.example.com/openapi.yaml"},
    "logo_url": "PLUGIN_HOSTNAME/logo.png",
    "contact_email": "support@example.com",
    "legal_info_url": "https://example.com/legal",
}


class Asked(NamedTuple):
    """A request as it arrived; header names are in lower case, in order."""

    method: str
    target: str
    headers: Headers
    body: bytes


class Api:
    """Answers a path with bytes, or as a script does, which reads the body; others with OK."""

    url: str

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: dict[str, bytes | Script] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while True:
                asked = await _read_head(reader)
                answer = self.answers.get(asked.target.partition("?")[0], OK)
                if not isinstance(answer, bytes):
                    self.asked.append(asked)
                    await answer(reader, writer)
                    break
                self.asked.append(asked._replace(body=await _read_body(reader, asked)))
                writer.write(answer)
                await writer.drain()
        except (asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self._tasks.discard(task)

    async def end(self) -> None:
        """Leave whoever still waits for an answer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks)


async def _read_head(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.splitlines()[:-1]
    method, target, _ = first.split(" ")
    headers = [(line.partition(": ")[0].lower(), line.partition(": ")[2]) for line in lines]
    return Asked(method, target, headers, b"")


async def _read_body(reader: asyncio.StreamReader, asked: Asked) -> bytes:
    headers = dict(asked.headers)
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    body = b""
    while part := await read_chunk(reader):
        body += part
    return body


async def read_chunk(reader: asyncio.StreamReader) -> bytes:
    """The next part of a body without a length (RFC 9112 section 7.1)."""
    size = int(await reader.readline(), 16)
    part = await reader.readexactly(size)
    await reader.readline()
    return part


def answer(status: str, body: bytes = b"", *headers: str, json: bool = True) -> bytes:
    """An answer with a length; without a body it has neither that nor a type."""
    lines = [*headers]
    if body:
        lines += ["Content-Type: application/json"] if json else []
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body


OK = answer("200 OK", b'{"ok":true}')


@asynccontextmanager
async def running_api(
    host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Api]:
    """An API in this process."""
    api = Api()
    server = await asyncio.start_server(api.serve, host.strip("[]"), 0, ssl=tls)
    api.url = f"{'https' if tls else 'http'}://{host}:{server.sockets[0].getsockname()[1]}"
    yield api
    server.close()
    await api.end()


def write_files(folder: Path) -> None:
    """Put the two files above into the folder, unless it has its own."""
    for name, text in (
        ("ai-plugin.json", json.dumps(MANIFEST, indent=2)),
        ("openapi.yaml", yaml.safe_dump(CONTRACT, sort_keys=False)),
    ):
        if not (folder / name).exists():
            (folder / name).write_text(text)


def serve_ours(folder: Path) -> None:
    """Put our own two files into the folder."""
    for name in ("ai-plugin.json", "openapi.yaml"):
        (folder / name).write_bytes((PROJECT / name).read_bytes())


@contextmanager
def running_proxy(folder: Path, url: str, *options: str, **variables: str) -> Iterator[Server]:
    """`plugin-server proxy` in `folder`, whose two files it serves: those above if it has none."""
    write_files(folder)
    command = [sys.executable, "-m", "plugin_server", "proxy", url, "--bind", "127.0.0.1:0"]
    variables = {"PLUGIN_LOG_FORMAT": "json", **variables}
    with running_command(folder, [*command, *options], "proxy", **variables) as server:
        yield server


class Front(NamedTuple):
    """An API, the proxy in front of it, the folder with its files and logs, and a client."""

    api: Api
    proxy: Server
    folder: Path
    client: httpx.AsyncClient

    async def told(
        self, method: str, target: str, **arguments: Any
    ) -> tuple[httpx.Response, dict[str, Any]]:
        """The answer to a request, and its line in the log, without what differs each time."""
        conversation = str(uuid.uuid4())
        headers = {**arguments.pop("headers", {}), "openai-conversation-id": conversation}
        answer = await self.client.request(method, target, headers=headers, **arguments)
        return answer, await self.line(conversation)

    async def line(self, conversation: str) -> dict[str, Any]:
        """The line of the request with this id, once it is there."""
        log = await asyncio.to_thread(wait_for, self.folder / "proxy.log", conversation)
        (line,) = (line for line in log.splitlines() if conversation in line)
        members: dict[str, Any] = json.loads(line)
        for name in ("time", "milliseconds", "request_id", "conversation"):
            del members[name]
        return members


def wait_for(file: Path, words: str, times: int = 1) -> str:
    """The text of a file, once the words are in it so many times, each in a whole line."""
    deadline = monotonic() + WAIT_SECONDS
    while (text := file.read_text().rpartition("\n")[0]).count(words) < times:
        assert monotonic() < deadline, text
        sleep(0.02)
    return text


@asynccontextmanager
async def fronted(folder: Path, *options: str, **variables: str) -> AsyncIterator[Front]:
    """A proxy in front of an API."""
    async with running_api() as api:
        with running_proxy(folder, api.url, *options, **variables) as proxy:
            # Nothing is added to what a test sends.
            async with httpx.AsyncClient(base_url=proxy.url, timeout=30) as client:
                client.headers.clear()
                yield Front(api, proxy, folder, client)
