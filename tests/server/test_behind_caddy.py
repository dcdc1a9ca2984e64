"""What Caddy with our Caddyfile makes of requests; skipped where it is not installed."""

import json
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.answers import a_list
from tests.caddy import Addresses, Caddy, running_caddy
from tests.replicas import Replicas

from .compose import app_variables
from .mcp_messages import ERAS, Era, tool_call

TOKEN = "k7Qm2zXw9RtLs4Vb8NcJ"
FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "evil.example.net",
    "X-Request-Id": "forged",
    "Connection": "keep-alive, X-Forwarded-For, X-Request-Id",
}
TOLD = ["Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Request-Id"]


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers it got; breaks off where the path says so."""

    protocol_version = "HTTP/1.1"
    seen: list[str]

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.append(f"{self.command} {self.path}")
        if self.path == "/break":
            self.close_connection = True
            return
        body = json.dumps([self.headers.get_all(name) for name in TOLD]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = answer  # noqa: N815 - http.server asks for these names

    def log_message(self, *_: object) -> None:
        """It is quiet."""


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def echoing(addresses: Addresses) -> Iterator[list[str]]:
    """An echo at every address; the result is what all of them have seen."""
    seen: list[str] = []
    handler = type("Handler", (Echo,), {"seen": seen})
    listeners = [Listener((address, addresses.port), handler) for address in addresses.all]
    threads = [threading.Thread(target=each.serve_forever, args=(0.05,)) for each in listeners]
    for thread in threads:
        thread.start()
    addresses.named.extend(addresses.all)
    try:
        yield seen
    finally:
        for listener, thread in zip(listeners, threads, strict=True):
            listener.shutdown()
            thread.join()
            listener.server_close()


def client_of(caddy: Caddy, **headers: str) -> httpx.Client:
    return httpx.Client(verify=caddy.trust, base_url=caddy.url, headers=headers, timeout=20)


def test_a_caller_cannot_forge_who_it_is(tmp_path: Path) -> None:
    addresses = Addresses()
    with (
        running_caddy(tmp_path, addresses) as caddy,
        echoing(addresses),
        client_of(caddy) as client,
    ):
        answers = [client.get("/", headers=FORGED).json() for _ in range(2)]
        host = f"localhost:{caddy.port}"
        for *told, (request_id,) in answers:
            assert told == [[host], ["127.0.0.1"], ["https"], [host]]
            assert re.fullmatch(r"[0-9a-f-]{36}", request_id)
        assert answers[0] != answers[1]


def test_a_change_is_never_sent_twice_and_a_get_is(tmp_path: Path) -> None:
    addresses = Addresses()
    with (
        running_caddy(tmp_path, addresses) as caddy,
        echoing(addresses) as seen,
        client_of(caddy) as client,
    ):
        for _ in addresses.all:
            client.get("/")  # The next ones go over connections that are open.
        seen.clear()
        assert client.post("/break", json={"todo": "milk"}).status_code == 502
        key = {"Idempotency-Key": "a", "X-Idempotency-Key": "a"}
        assert client.delete("/break", headers=key).status_code == 502
        assert seen == ["POST /break", "DELETE /break"]
        seen.clear()
        with pytest.raises(httpx.ReadTimeout):
            client.get("/break", timeout=1)
        assert len(seen) > 1


@pytest.fixture
def composed(tmp_path: Path, sqlite_url: str) -> Iterator[httpx.Client]:
    """A caller with the token, at Caddy before a replica with the settings of compose.yaml."""
    tokens = tmp_path / "tokens"
    tokens.write_text(TOKEN)
    instead = {
        "PLUGIN_DATABASE_URL_FILE": "",
        "PLUGIN_DATABASE_URL": sqlite_url,
        "PLUGIN_SERVICE_TOKENS_FILE": str(tokens),
        "PLUGIN_RATE_LIMIT_STORAGE": "",
        "PLUGIN_METRICS_BIND": "",
        "PLUGIN_GRACE": "2",
    }
    addresses = Addresses()
    with Replicas(tmp_path, addresses, **{**app_variables(), **instead}) as replicas:
        replicas.start(addresses.all[0])
        with (
            running_caddy(tmp_path, addresses) as caddy,
            client_of(caddy, Authorization=f"Bearer {TOKEN}") as client,
        ):
            yield client


def test_the_three_doors_open_behind_caddy(composed: httpx.Client) -> None:
    manifest = composed.get("/.well-known/ai-plugin.json").json()
    assert manifest["api"]["url"] == "https://localhost/openapi.yaml"
    contract = composed.get("/openapi.json").json()
    assert contract["servers"] == [{"url": "https://localhost"}]
    assert composed.post("/todos/ann", json={"todo": "milk"}).json() == {
        "todo": "milk",
        "todo_idx": 0,
        "revision": 1,
    }
    for era in ERAS:
        assert called(composed, era) == a_list(["milk"], 1)
    assert composed.get("/todos/ann", headers={"Authorization": ""}).status_code == 401


def called(client: httpx.Client, era: Era) -> Any:
    message = tool_call("getTodos", {"username": "ann"}, era, 1)
    answer = client.post("/mcp", content=message.body, headers=message.headers)
    return answer.json()["result"]["structuredContent"]
