"""Caddy with our Caddyfile, and the name server by which it finds the replicas.

Every replica has an address of its own in 127.0.0.0/8 and the same port, as containers have.
"""

import asyncio
import os
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from typing import cast

import pytest

from .load import Streams
from .running import PROJECT

START_SECONDS = 20
CHANCE = SystemRandom()


def free_port(address: str = "127.0.0.1") -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server((address, 0)) as free:
        return cast(int, free.getsockname()[1])


class Addresses:
    """Addresses of replicas, on one port; `named` are those that the name server tells."""

    def __init__(self) -> None:
        network = f"127.{CHANCE.randrange(1, 255)}.{CHANCE.randrange(256)}"
        self.all = [f"{network}.{number}" for number in range(1, 5)]
        try:
            self.port = free_port(self.all[0])
        except OSError as error:
            pytest.skip(f"this system has only one loopback address: {error}")
        self.named: list[str] = []


@contextmanager
def name_server(addresses: Addresses) -> Iterator[int]:
    """Answers to the name `app`, as an engine's name server does; the result is its port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            question, sock = self.request
            sock.sendto(_named(question, addresses.named), self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def _named(question: bytes, addresses: list[str]) -> bytes:
    """The answer to a question (RFC 1035 section 4): A records, and nothing of any other type."""
    end = question.index(b"\0", 12) + 5
    known = question[12:end].startswith(b"\x03app\0") and bool(addresses)
    wanted = addresses if known and question[end - 4 : end - 2] == b"\0\x01" else []
    records = b"".join(
        b"\xc0\x0c\0\x01\0\x01\0\0\0\0\0\x04" + socket.inet_aton(each) for each in wanted
    )
    flags = b"\x81\x80" if known else b"\x81\x83"
    counts = b"\0\x01" + len(wanted).to_bytes(2, "big") + b"\0\0\0\0"
    return question[:2] + flags + counts + question[12:end] + records


@dataclass(frozen=True)
class Caddy:
    """A running Caddy: its port on 127.0.0.1, for https, and whom to trust for its certificate."""

    port: int
    trust: ssl.SSLContext

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    async def connect(self) -> Streams:
        return await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=self.trust, server_hostname="localhost"
        )


@contextmanager
def running_caddy(folder: Path, addresses: Addresses) -> Iterator[Caddy]:
    """Caddy with our Caddyfile in front of `addresses`; skips where it is not installed."""
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("caddy is not installed")
    port = free_port()
    with name_server(addresses) as names, (folder / "caddy.log").open("w") as log:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "XDG_DATA_HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "CADDY_ADMIN_PORT": str(free_port()),
            "CADDY_GLOBAL_OPTIONS": f"default_bind 127.0.0.1\nhttp_port {free_port()}\n"
            f"https_port {port}",
            "APP_PORT": str(addresses.port),
            "APP_LOOKUP": f"resolvers udp/127.0.0.1:{names}",
        }
        command = [program, "run", "--adapter", "caddyfile", "--config", f"{PROJECT}/Caddyfile"]
        with subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process:
            try:
                yield Caddy(port, _trusted(folder, port, process))
            finally:
                process.kill()


def _trusted(folder: Path, port: int, process: "subprocess.Popen[bytes]") -> ssl.SSLContext:
    """Whom to trust for Caddy's certificate, once it has one."""
    root = folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            trust = ssl.create_default_context(cafile=root)
            with (
                socket.create_connection(("127.0.0.1", port), 5) as plain,
                trust.wrap_socket(plain, server_hostname="localhost"),
            ):
                return trust
        time.sleep(0.02)
    raise AssertionError(f"Caddy did not start: {(folder / 'caddy.log').read_text()[-2000:]}")
