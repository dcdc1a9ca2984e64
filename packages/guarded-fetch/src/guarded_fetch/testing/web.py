"""A made-up web: https addresses of plants.test, served on loopback, with answers that change."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from .certificates import Certificate, certificates
from .hostile_servers import PUBLIC, Handler, MadeUpNetwork, ok, request, serving

ORIGIN = "https://app.plants.test"
PRIVATE = "10.0.0.1"
NAMES = {
    "app.plants.test": [PUBLIC],
    "www.plants.test": [PUBLIC],
    "inside.plants.test": [PRIVATE],
    "both.plants.test": [PUBLIC, PRIVATE],
    "localhost": ["127.0.0.1"],
}


class Web:
    """What is answered at each path, and which paths were asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | Handler] = {}
        self.asked: list[str] = []
        self.heads: list[str] = []
        self.network = MadeUpNetwork({}, {})

    def put(
        self, path: str, value: Any, *headers: str, content_type: str = "application/json"
    ) -> str:
        """Publish JSON, or text as it stands; the answer is its address."""
        text = value if isinstance(value, str) else json.dumps(value)
        self.answers[path] = ok(text.encode(), f"Content-Type: {content_type}", *headers)
        return ORIGIN + path

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await request(reader)
        path = head.split(" ")[1]
        self.asked.append(path)
        self.heads.append(head)
        answer = self.answers.get(path, ok(b"", status="404 Not Found"))
        if isinstance(answer, bytes):
            writer.write(answer)
        else:
            await answer(_Resumed(reader), writer)


class _Resumed(asyncio.StreamReader):
    """A connection whose request was read, for handlers that read it themselves."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        super().__init__()
        self._reader = reader
        self.feed_data(b"\r\n\r\n")

    async def read(self, n: int = -1) -> bytes:
        return await self._reader.read(n)


@asynccontextmanager
async def made_up_web(certificate: Certificate = "trusted") -> AsyncIterator[Web]:
    """Serve it; its `network` leads there."""
    web, made = Web(), certificates()
    async with serving(web._handle, made.servers[certificate]) as port:
        names = {name: [addresses] for name, addresses in NAMES.items()}
        ports = {PUBLIC: port, PRIVATE: port, "127.0.0.1": port}
        web.network = MadeUpNetwork(names, ports, made.authority)
        yield web
