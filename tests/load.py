"""Clients that change lists as fast as they can, and remember what they were told.

Every text is unique, and a delete names the revision its sender saw. So the one effect that an
unanswered request can have had is known, and the lists can be explained change by change.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, NamedTuple

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

CLIENTS = 16
PATIENCE = 20.0


class Outcome(Enum):
    """What the sender of a change knows about it."""

    UNANSWERED = "sent, and the connection ended"
    ACKNOWLEDGED = "200"
    REFUSED = "not made: any other answer"


@dataclass
class Change:
    """One add or delete of a unique todo. `revision` is that of a 200, `code` that of a refusal."""

    verb: Literal["add", "delete"]
    username: str
    todo: str
    outcome: Outcome = Outcome.UNANSWERED
    revision: int = 0
    code: str = ""

    def settle(self, status: int, body: dict[str, Any]) -> None:
        """Keep what the server said."""
        if status == 200:
            assert body["todo"] == self.todo
            self.outcome, self.revision = Outcome.ACKNOWLEDGED, body["revision"]
        else:
            self.outcome, self.code = Outcome.REFUSED, body["code"]


class Load:
    """What all clients sent so far, in `changes`; they go on until `stopped`, or nobody listens."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.stopped = False
        self._left = 0
        self._then: Callable[[], None] | None = None
        self._reached = asyncio.Event()
        self._served: set[object] = set()

    def of(self, outcome: Outcome) -> list[Change]:
        return [change for change in self.changes if change.outcome is outcome]

    async def until_acknowledged(self, count: int, then: Callable[[], None] | None = None) -> None:
        """Wait for so many 200s and an answer to every client; call `then` at that very moment.

        Raises TimeoutError when they do not come.
        """
        self._left, self._then = count, then
        self._reached.clear()
        async with asyncio.timeout(PATIENCE):
            await self._reached.wait()

    def note(self, client: object, change: Change, answer: "Answer") -> None:
        """Keep what a client was answered."""
        change.settle(answer.status, answer.body)
        self._served.add(client)
        self._left -= change.outcome is Outcome.ACKNOWLEDGED
        if self._left <= 0 and len(self._served) >= CLIENTS and not self._reached.is_set():
            self._reached.set()
            if self._then is not None:
                self._then()

    def client(self, port: int, name: str, number: int) -> "_Client":
        """One of the clients, which have their own lists."""
        return _Client(self, port, name, number)

    @asynccontextmanager
    async def on(self, port: int, name: str) -> AsyncIterator[None]:
        """Keep the server at `port` busy within the block; `name` begins the lists' names."""
        self.stopped = False
        self._served.clear()
        self._then = None
        async with asyncio.timeout(4 * PATIENCE), asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(self.client(port, name, number).work())
            try:
                yield
            finally:
                self.stopped = True


class Answer(NamedTuple):
    """A whole answer. `last` when the server said that it closes the connection."""

    status: int
    body: dict[str, Any]
    last: bool


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Raises IncompleteReadError, or another OSError, when the connection ends before it."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in head[1:] if line)
    body = await reader.readexactly(int(headers["content-length"]))
    return Answer(
        int(head[0].split()[1]),
        json.loads(body) if body else {},
        headers.get("connection") == "close",
    )


def request(verb: Literal["add", "delete"], username: str, **fields: object) -> tuple[bytes, bytes]:
    """Head and body of a change."""
    body = json.dumps(fields).encode()
    method = "POST" if verb == "add" else "DELETE"
    head = (
        f"{method} /todos/{username} HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode(), body


class _Client:
    """One caller: has a list of its own and shares another with all the others."""

    def __init__(self, load: Load, port: int, name: str, number: int) -> None:
        self._load = load
        self._port = port
        self._lists = (f"{name}-{number}", f"{name}-shared")
        self._texts = (f'{name}/{number}/{n} "für" 🍏' for n in itertools.count())
        # Half of them send head and body apart, as httpx does.
        self._splits = number % 2 == 1

    async def work(self) -> None:
        while not self._load.stopped:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                return
            try:
                await self._talk((reader, writer))
            except (OSError, EOFError):
                pass
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()

    async def _talk(self, streams: Streams) -> None:
        for turn in itertools.count():
            username = self._lists[turn % 2]
            todo = next(self._texts)
            added = await self._change(streams, Change("add", username, todo), todo=todo)
            if added is not None and turn % 3 == 0:
                seen = {"todo_idx": added["todo_idx"], "revision": added["revision"]}
                await self._change(streams, Change("delete", username, todo), **seen)

    async def _change(
        self, streams: Streams, change: Change, **fields: object
    ) -> dict[str, Any] | None:
        """The body of a 200. Raises OSError or EOFError when the connection is over."""
        if self._load.stopped:
            raise EOFError
        self._load.changes.append(change)
        answer = await self._answered(streams, change, **fields)
        self._load.note(self, change, answer)
        if answer.last:
            raise EOFError
        return answer.body if answer.status == 200 else None

    async def _answered(self, streams: Streams, change: Change, **fields: object) -> Answer:
        """Send the request for a change; what the server answers."""
        reader, writer = streams
        head, body = request(change.verb, change.username, **fields)
        if self._splits:
            writer.write(head)
            await asyncio.sleep(0)
            writer.write(body)
        else:
            writer.write(head + body)
        return await read_answer(reader)
