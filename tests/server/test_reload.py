"""SIGHUP: certificate and networks are read again, and nobody who is connected notices."""

import asyncio
import os
import pty
import signal
import ssl
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import trustme

from tests.authority import Authority
from tests.callers import HEALTH, until, words
from tests.ledger import nobody_can_write
from tests.load import Change, read_answer
from tests.running import Server, environment, running_server
from tests.serving_checks import assert_no_complaints, stopped

from .test_networks import LIST, REFUSED, published

MILK = words(Change("add", "ann", "milk"))


async def reread(server: Server, folder: Path, times: int = 1) -> None:
    """Send SIGHUP and wait until the log tells of it for so many times in all."""
    server.process.send_signal(signal.SIGHUP)
    log = folder / "server.log"
    await until(lambda: log.read_text().count("SIGHUP: ") == times, "nothing is told of SIGHUP")


async def connected(
    server: Server, authority: Authority
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(
        "127.0.0.1", server.port, ssl=authority.client(), server_hostname="localhost"
    )


def served(writer: asyncio.StreamWriter) -> bytes:
    """The certificate of the other end."""
    tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
    certificate = tls.getpeercert(binary_form=True)
    assert certificate is not None
    return certificate


async def test_a_renewed_certificate_is_served_and_no_connection_notices(
    sqlite_url: str, server_kind: str, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    old = authority.issue(trustme.KeyType.RSA)
    variables = {**authority.variables, "PLUGIN_DATABASE_URL": sqlite_url}
    with running_server(tmp_path, **variables, PLUGIN_SERVER=server_kind) as server:
        idle = await connected(server, authority)
        running = await connected(server, authority)
        with nobody_can_write(sqlite_url):
            running[1].write(MILK)
            idle[1].write(HEALTH)
            assert (await read_answer(idle[0])).status == 200
            new = authority.issue(trustme.KeyType.ECDSA)
            await reread(server, tmp_path)
            late = await connected(server, authority)
        assert (await read_answer(running[0])).body["todo"] == "milk"
        for reader, writer in (idle, running, late):
            writer.write(HEALTH)
            assert (await read_answer(reader)).status == 200
        assert [served(stream[1]) for stream in (idle, running, late)] == [old, old, new]
        for _, writer in (idle, running, late):
            writer.close()
        await stopped(server)
    assert_no_complaints(tmp_path)


async def test_a_certificate_that_cannot_be_used_leaves_the_old_one(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with running_server(tmp_path, **authority.variables) as server:
        old_key = authority.key.read_bytes()
        authority.issue()
        authority.key.write_bytes(old_key)
        await reread(server, tmp_path)
        _, writer = await connected(server, authority)
        writer.close()
    log = (tmp_path / "server.log").read_text()
    told = "what was read before stays in force: PLUGIN_TLS_KEY: is not the key of the certificate"
    assert told in log


async def test_a_changed_list_of_networks_is_in_force_after_the_signal(tmp_path: Path) -> None:
    mine = {"prefixes": [*LIST["prefixes"], {"ipv4Prefix": "127.0.0.0/8"}]}
    entry = published(tmp_path)
    with running_server(tmp_path, PLUGIN_ALLOWED_NETWORKS=entry) as server:
        url = f"{server.url}/legal"
        async with httpx.AsyncClient() as client:
            assert (await client.get(url)).json() == REFUSED
            published(tmp_path, mine)
            assert (await client.get(url)).json() == REFUSED
            await reread(server, tmp_path)
            assert (await client.get(url)).status_code == 200
            published(tmp_path, "{}")
            await reread(server, tmp_path, times=2)
            assert (await client.get(url)).status_code == 200
            published(tmp_path)
            await reread(server, tmp_path, times=3)
            assert (await client.get(url)).json() == REFUSED
    log = (tmp_path / "server.log").read_text()
    assert log.count("SIGHUP: read again: the allowed networks") == 2
    assert log.count("SIGHUP: what was read before stays in force: PLUGIN_ALLOWED_NETWORKS") == 1


@pytest.mark.parametrize("count", [50])
async def test_signals_without_anything_to_read_and_during_the_drain_end_nothing(
    count: int, sqlite_url: str, tmp_path: Path
) -> None:
    with running_server(tmp_path, PLUGIN_DATABASE_URL=sqlite_url) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        with nobody_can_write(sqlite_url):
            writer.write(MILK)
            for _ in range(count):
                server.process.send_signal(signal.SIGHUP)
            server.process.send_signal(signal.SIGTERM)
            for _ in range(count):
                server.process.send_signal(signal.SIGHUP)
        assert (await read_answer(reader)).status in (200, 503)
        writer.close()
        assert await asyncio.to_thread(server.process.wait, 10) == 0
    assert_no_complaints(tmp_path)


def test_a_terminal_that_is_closed_stops_the_server(tmp_path: Path) -> None:
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "app"],
        cwd=tmp_path,
        env=environment(PLUGIN_BIND="127.0.0.1:0"),
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
        preexec_fn=_take_the_terminal,
    )
    os.close(its)
    told = b""
    while b"serving" not in told:
        told += os.read(ours, 1000)
    os.close(ours)
    assert process.wait(15) == 0


def _take_the_terminal() -> None:
    import fcntl
    import termios

    with suppress(OSError):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
