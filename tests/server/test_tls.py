"""https without a proxy: what is spoken, what is refused, and that callers are treated alike."""

import asyncio
import json
import signal
import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.answers import problem
from tests.authority import Authority
from tests.callers import HEALTH, words
from tests.ledger import nobody_can_write
from tests.load import Change, read_answer
from tests.running import SERVERS, Server, only_uvicorn, running_server
from tests.serving_checks import assert_no_complaints, stopped

LAST_HEALTH = HEALTH.replace(b"localhost", b"localhost\r\nConnection: close")
MILK = words(Change("add", "ann", "milk"))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with running_server(folder, **authority.variables, PLUGIN_SERVER=request.param) as server:
        yield server
        assert server.stop() == 0
    assert_no_complaints(folder)


def asked(server: Server, client: ssl.SSLContext, request: bytes = HEALTH) -> ssl.SSLSocket:
    """A connection on which this was said."""
    plain = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    connection = client.wrap_socket(plain, server_hostname="localhost")
    connection.sendall(request)
    return connection


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_spoken(
    version: ssl.TLSVersion, server: Server, authority: Authority
) -> None:
    with asked(server, authority.client(version)) as connection:
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
        assert connection.version() == version.name.replace("_", ".")


def test_older_tls_is_refused(server: Server, authority: Authority) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        client = authority.client(ssl.TLSVersion.TLSv1_1)
    with pytest.raises(OSError, match=r"(?i)protocol version|EOF|reset"):
        asked(server, client)


@pytest.mark.parametrize(
    ("offered", "chosen"), [(["h2", "http/1.1"], "http/1.1"), (["h2"], None), ([], None)]
)
def test_of_the_protocols_that_a_client_offers_only_http_1_1_is_chosen(
    offered: list[str], chosen: str | None, server: Server, authority: Authority
) -> None:
    client = authority.client()
    if offered:
        client.set_alpn_protocols(offered)
    with asked(server, client) as connection:
        assert connection.selected_alpn_protocol() == chosen


@pytest.mark.parametrize(
    "said", [HEALTH, b"\x16\x03\x01\x00\x05hello", bytes(500), b""], ids=["http", "tls", "0", "-"]
)
def test_what_is_not_tls_ends_the_connection_and_nothing_else(
    said: bytes, server: Server, authority: Authority
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(said)
        connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            assert b"HTTP" not in b"".join(iter(lambda: connection.recv(65_536), b""))
    with asked(server, authority.client()) as connection:
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_a_name_of_this_machine_has_an_https_origin(server: Server, authority: Authority) -> None:
    with httpx.Client(verify=authority.client()) as client:
        answer = client.get(f"https://localhost:{server.port}/.well-known/ai-plugin.json")
        assert answer.json()["api"]["url"] == f"https://localhost:{server.port}/openapi.yaml"
        for scheme, status in (("https", 400), ("http", 403)):
            answer = client.post(
                f"https://localhost:{server.port}/mcp",
                headers={"Origin": f"{scheme}://localhost:{server.port}"},
                content=b"{",
            )
            assert answer.status_code == status


def test_a_trusted_proxy_knows_the_scheme_better(authority: Authority, tmp_path: Path) -> None:
    variables = {**authority.variables, "PLUGIN_TRUSTED_PROXIES": "1"}
    with running_server(tmp_path, **variables) as server:
        answer = httpx.get(
            f"https://localhost:{server.port}/.well-known/ai-plugin.json",
            headers={"X-Forwarded-Proto": "http"},
            verify=authority.client(),
        )
    assert answer.json()["api"]["url"] == f"http://localhost:{server.port}/openapi.yaml"


async def test_signals_end_connections_with_tls_like_those_without(
    sqlite_url: str, authority: Authority, tmp_path: Path
) -> None:
    variables = {**authority.variables, "PLUGIN_DATABASE_URL": sqlite_url}
    with running_server(tmp_path, **variables) as server:
        silent = socket.create_connection(("127.0.0.1", server.port))
        streams = [
            await asyncio.open_connection(
                "127.0.0.1", server.port, ssl=authority.client(), server_hostname="localhost"
            )
            for _ in range(3)
        ]
        for reader, writer in streams:
            writer.write(HEALTH)
            await read_answer(reader)
        with nobody_can_write(sqlite_url):
            streams[0][1].write(MILK)
            streams[1][1].write(HEALTH)
            await read_answer(streams[1][0])
            server.process.send_signal(signal.SIGTERM)
            streams[2][1].write(HEALTH)
            assert (await read_answer(streams[2][0])).status in (200, 503)
        answer = await read_answer(streams[0][0])
        assert (answer.status, answer.body["todo"], answer.last) == (200, "milk", True)
        assert await stopped(server) < 2
        silent.close()
        for _, writer in streams:
            writer.close()
    assert_no_complaints(tmp_path)


@only_uvicorn("a limit of connections")
def test_when_all_is_busy_a_caller_with_tls_hears_it_too(
    sqlite_url: str, authority: Authority, tmp_path: Path
) -> None:
    variables = {
        **authority.variables,
        "PLUGIN_DATABASE_URL": sqlite_url,
        "PLUGIN_MAX_CONNECTIONS": "10",
    }
    with running_server(tmp_path, **variables) as server, nobody_can_write(sqlite_url):
        busy = []
        answer = b""
        for _ in range(100):
            busy.append(asked(server, authority.client(), MILK))
            with asked(server, authority.client(), LAST_HEALTH) as connection:
                answer = b"".join(iter(lambda: connection.recv(65_536), b""))
            if not answer.startswith(b"HTTP/1.1 200 "):
                break
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2]) == problem(
            503, "busy", "All connections are busy. Try again in a moment."
        )
        for each in busy:
            each.close()
