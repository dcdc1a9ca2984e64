"""Replicas that share a database, and callers who do not mind which of them answers."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from .caddy import CHANCE, Addresses
from .load import Answer, Change, Load, Streams, _Client
from .running import Server, running_server

Connect = Callable[[], Awaitable[Streams]]


class Replicas:
    """Servers that share a database. Each has been started, and may have ended."""

    def __init__(self, folder: Path, addresses: Addresses, **variables: str) -> None:
        self._folder = folder
        self._variables = variables
        self._stack = ExitStack()
        self.addresses = addresses
        self.running: dict[str, Server] = {}

    def __enter__(self) -> "Replicas":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(self, address: str) -> None:
        """Return once it serves. Engines name a container before that, and so do we."""
        folder = self._folder / f"{address}-{time.monotonic_ns()}"
        folder.mkdir()
        self.addresses.named.append(address)
        bind = f"{address}:{self.addresses.port}"
        server = running_server(folder, **self._variables, PLUGIN_BIND=bind)
        self.running[address] = self._stack.enter_context(server)

    def kill(self, address: str) -> None:
        """kill -9. Its address is still named when it is gone."""
        self.running.pop(address).kill()
        self.addresses.named.remove(address)

    def stop(self, address: str) -> int:
        """SIGTERM; the result is the exit code."""
        server = self.running[address]
        code = server.stop()
        del self.running[address]
        self.addresses.named.remove(address)
        return code

    def connector(self) -> Connect:
        """Connects one caller to each replica in turn, as a load balancer would."""
        turn = CHANCE.randrange(len(self.addresses.all))

        async def connect() -> Streams:
            nonlocal turn
            for _ in range(100):
                turn += 1
                address = self.addresses.all[turn % len(self.addresses.all)]
                with suppress(ConnectionRefusedError):
                    return await asyncio.open_connection(address, self.addresses.port)
                await asyncio.sleep(0.01)
            raise ConnectionRefusedError("no replica listens")

        return connect


class ReplicaLoad(Load):
    """Load over many replicas. `statuses` counts the answers, `pause` is the longest without a 200.

    A proxy's own answer has no body and leaves the change unanswered: it may have been made.
    """

    def __init__(self, connector: Callable[[], Connect], answers: int) -> None:
        """Every caller connects anew after so many `answers`."""
        super().__init__()
        self.connector = connector
        self.answers = answers
        self.statuses: Counter[int] = Counter()
        self.pause = 0.0
        self._last = time.monotonic()

    def client(self, port: int, name: str, number: int) -> _Client:
        return _Caller(self, port, name, number)

    def note(self, client: object, change: Change, answer: Answer) -> None:
        self.statuses[answer.status] += 1
        if answer.status == 200:
            now = time.monotonic()
            self.pause, self._last = max(self.pause, now - self._last), now
        if answer.body:
            super().note(client, change, answer)

    def rested(self) -> None:
        """What was before is no pause."""
        self._last = time.monotonic()


class _Caller(_Client):
    _load: ReplicaLoad
    _answers = 0

    async def work(self) -> None:
        connect = self._load.connector()
        while not self._load.stopped:
            reader, writer = await connect()
            with suppress(OSError, EOFError):
                await self._talk((reader, writer))
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _change(self, streams: Streams, change: Change, **fields: object) -> Any:
        answer = await super()._change(streams, change, **fields)
        self._answers += 1
        if self._answers % self._load.answers == 0:
            raise EOFError
        return answer
