"""Keep a server busy over keep-alive connections; print, as JSON, how many answers came, and how
long the slowest of a hundred took.

It shares the cores with the server it measures, so it does nothing it can avoid: requests are
bytes, and of an answer it reads the status, the length, and whether the connection stays open.
"""

import argparse
import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import cast

from . import tool_calls

CONNECTIONS = 32
TODOS_IN_A_LIST = 40  # then the next list, so that the length of a list plays no part
WARM_UP = 0.3  # seconds, before answers count
DRAIN = 15.0  # seconds for the last answers to come


class Load:
    """What may still be sent, and what came back. Over when the seconds or the count are."""

    def __init__(self, seconds: float, count: int) -> None:
        self.seconds = seconds
        self.left_to_send = count
        self.answers = 0
        self.rate = 0.0
        self.is_counting = False
        self.times: list[float] = []  # seconds from a request to its answer, while counting
        self.unexpected: Counter[str] = Counter()

    def open_window(self) -> None:
        """Count from here, now that the connections are warm."""
        loop = asyncio.get_running_loop()
        loop.call_later(self.seconds, self.close_window, loop.time(), self.answers)
        self.is_counting = True

    def close_window(self, began: float, answers_before: int) -> None:
        """Fix the rate and send no more; what is under way is still awaited."""
        self.rate = (self.answers - answers_before) / (asyncio.get_running_loop().time() - began)
        self.left_to_send = 0
        self.is_counting = False

    def slowest_of_100(self) -> float:
        """The 99th percentile of the times; 0 where too few were counted."""
        return quantiles(self.times, n=100)[-1] if len(self.times) >= 100 else 0.0


class Connection(asyncio.Protocol):
    """Sends a message, awaits its answer, sends the next; `ended` when either side closes."""

    def __init__(self, load: Load, messages: Iterator[bytes]) -> None:
        self.load = load
        self.messages = messages
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.answer = b""
        self.length = 0
        self.closes = False
        self.waiting = False
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.send()

    def send(self) -> None:
        """Send the next message, if there is one and the server takes it."""
        if self.closes or self.load.left_to_send <= 0:
            self.transport.close()
            return
        self.load.left_to_send -= 1
        self.answer, self.length, self.waiting = b"", 0, True
        request = next(self.messages)
        self.sent = perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.answer += data
        if not self.length:
            self.read_head()
        if self.length and len(self.answer) >= self.length:
            self.waiting = False
            if self.load.is_counting:
                self.load.times.append(perf_counter() - self.sent)
            if self.answer.startswith(b"HTTP/1.1 200"):
                self.load.answers += 1
            else:
                self.load.unexpected[self.answer[:12].decode("latin-1")] += 1
            self.send()

    def read_head(self) -> None:
        """Find how long the whole answer will be; needs a Content-Length, as all servers send."""
        end = self.answer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.answer[: end + 2].lower()
        start = head.index(b"\r\ncontent-length:") + 17
        self.length = end + 4 + int(head[start : head.index(b"\r\n", start)])
        self.closes = b"\r\nconnection: close" in head

    def connection_lost(self, _error: Exception | None) -> None:
        if self.waiting:
            self.load.unexpected["connection lost"] += 1
        self.ended.set_result(None)


def messages(kind: str, path: str, head: str, tag: str) -> Iterator[bytes]:
    """Requests without end: GET one path, POST to new lists, each in turn on new lists, or calls
    of the tool that gets a list, in the era of MCP that `kind` names.
    """
    if kind in tool_calls.ERAS:
        yield from itertools.repeat(tool_calls.message(kind, head))
    if kind == "get":
        yield from itertools.repeat(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
    for number in itertools.count():
        path = f"/todos/{tag}-{number // TODOS_IN_A_LIST}"
        body = f'{{"todo": "buy milk and bread {number}"}}'
        length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        yield f"POST {path} HTTP/1.1\r\n{head}{length}\r\n{body}".encode()
        if kind == "mixed":
            yield f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()


def by_many_callers(path: str, host: str, tokens: list[str], first: int) -> Iterator[bytes]:
    """A GET by each caller in turn, without end, beginning with the caller of that number."""
    for number in itertools.count(first):
        token = tokens[number % len(tokens)]
        yield f"GET {path} HTTP/1.1\r\n{host}Authorization: Bearer {token}\r\n\r\n".encode()


async def keep_sending(load: Load, port: int, requests: Iterator[bytes]) -> None:
    """Send over one connection after the other: servers end a connection after many requests."""
    loop = asyncio.get_running_loop()
    while load.left_to_send > 0:
        _, connection = await loop.create_connection(
            partial(Connection, load, requests), "127.0.0.1", port
        )
        await connection.ended


async def run(options: argparse.Namespace) -> Load:
    """Everything, within the seconds and some for warming up and for the last answers."""
    load = Load(options.seconds, options.count)
    host = f"Host: 127.0.0.1:{options.ports[0]}\r\n"
    head = f"{host}Authorization: Bearer {options.tokens[0]}\r\n"
    callers = by_many_callers(options.path, host, options.tokens, options.first)
    asyncio.get_running_loop().call_later(WARM_UP, load.open_window)
    async with asyncio.timeout(WARM_UP + options.seconds + DRAIN), asyncio.TaskGroup() as group:
        for number in range(CONNECTIONS):
            tag = f"{options.tag}-{number}"
            port = options.ports[number % len(options.ports)]
            one = len(options.tokens) == 1
            requests = messages(options.kind, options.path, head, tag) if one else callers
            group.create_task(keep_sending(load, port, requests))
    return load


def ports(text: str) -> list[int]:
    """Numbers separated by commas."""
    return [int(each) for each in text.split(",")]


def tokens(text: str) -> list[str]:
    """A token, or the lines of a file."""
    return Path(text[1:]).read_text().split() if text.startswith("@") else [text]


def main() -> None:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(prog="benchmarks.load")
    parser.add_argument("ports", type=ports, help="such as 5002,5003: the connections take turns")
    parser.add_argument("kind", choices=["get", "post", "mixed", *tool_calls.ERAS])
    parser.add_argument("tokens", type=tokens, help="a token, or @FILE with one a line, for get")
    parser.add_argument("tag", help="the start of the names of the lists that are made")
    parser.add_argument("--path", default="/")
    parser.add_argument("--first", type=int, default=0, help="the line of the first token")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--count", type=int, default=10**12)
    load = asyncio.run(run(parser.parse_args()))
    result = {
        "answers": load.answers,
        "rate": load.rate,
        "p99_seconds": load.slowest_of_100(),
        "unexpected": load.unexpected,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
