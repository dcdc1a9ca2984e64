"""`plugin-server proxy`: its options, what it refuses in one line, and how it ends."""

import asyncio
import re
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from plugin_server.__main__ import main
from tests.authority import Authority
from tests.running import environment

from .proxy_api import running_api, running_proxy, wait_for, write_files

API = "http://127.0.0.1:9"


def run(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command, which is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "plugin_server", "proxy", *words],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


ORIGIN = (
    "URL: must be an origin such as https://api.example.com, without a user or a path: a token goes"
    " into --header, a path into `servers` of the contract"
)
HEADER = "--header: must be 'Name: value', in visible ASCII"
REFUSED = {
    "no URL": (("api.example.com",), ORIGIN),
    "a user": (("https://user:secret@api.example.com",), ORIGIN),
    "a path": (("https://api.example.com/v1",), ORIGIN),
    "a query": (("https://api.example.com?key=secret",), ORIGIN),
    "a scheme": (("ftp://api.example.com",), ORIGIN),
    "no header": ((API, "--header", "secret"), HEADER),
    "two lines": ((API, "--header", "X-Key: 1\r\nX-Other: secret"), HEADER),
    "no name": ((API, "--header", ": secret"), HEADER),
    "the proxy's own": (
        (API, "--header", "Host: secret.example"),
        "--header: Host is not to be set: it belongs to the connection, or to the proxy",
    ),
    "no address": (
        (API, "--bind", "3333"),
        "--bind: must be HOST:PORT, such as 127.0.0.1:5002 or [::1]:5002",
    ),
    "no manifest": (
        (API, "--manifest", "other.json"),
        "other.json: cannot be read: No such file or directory",
    ),
    "no contract": (
        (API, "--openapi", "ai-plugin.json"),
        "ai-plugin.json: info must hold an object",
    ),
}


@pytest.mark.parametrize("about", REFUSED)
def test_what_cannot_be_is_refused_in_a_line_without_the_value(tmp_path: Path, about: str) -> None:
    write_files(tmp_path)
    words, sentence = REFUSED[about]
    ran = run(tmp_path, *words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.splitlines()[-1] == f"plugin-server: {sentence}"
    assert "secret" not in ran.stderr.replace("secret.example", "")


def test_without_the_extra_the_command_says_what_is_missing(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['aiohttp'] = None; from plugin_server.__main__ import main"
    ran = subprocess.run(
        [sys.executable, "-c", f"{hidden}; main(['proxy', '{API}'])"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    told = "plugin-server: proxy needs the extra `proxy` of plugin-server: aiohttp is missing\n"
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", told)


def test_an_address_in_use_is_told(tmp_path: Path) -> None:
    write_files(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ran = run(tmp_path, API, "--bind", address, PLUGIN_LOG_FORMAT="text")
    assert ran.returncode == 1
    told = f"plugin-server: cannot listen on {address}: Address already in use"
    assert ran.stderr.splitlines()[-1] == told


def test_settings_of_a_plugin_in_the_same_folder_are_not_for_the_proxy(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "PLUGIN_BIND=0.0.0.0:1\nPLUGIN_AUTH=service_http\nPLUGIN_PUBLIC_URL=https://x.example\n"
        "PLUGIN_METRICS_BIND=127.0.0.1:1\nPLUGIN_CORS_ORIGINS=https://page.example\nPORT=1\n"
    )
    with running_proxy(tmp_path, API, PORT="1") as proxy:
        origin = {"Origin": "https://page.example"}
        answer = httpx.get(f"{proxy.url}/openapi.json", headers=origin)
    assert answer.json()["servers"] == [{"url": proxy.url}]
    assert answer.headers["Access-Control-Allow-Origin"] == "https://page.example"


async def test_an_api_may_have_an_address_of_ipv6(tmp_path: Path) -> None:
    async with running_api("[::1]") as api, httpx.AsyncClient() as client:
        with running_proxy(tmp_path, api.url) as proxy:
            assert (await client.get(f"{proxy.url}/things/1?q=1")).json() == {"ok": True}
    assert api.asked[0].target == "/things/1?q=1"
    assert ("host", api.url.removeprefix("http://")) in api.asked[0].headers


async def test_an_api_with_tls_is_asked_if_its_certificate_is_trusted(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.publish(tmp_path / "ca.pem")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(authority.certificate, authority.key)
    async with running_api("localhost", tls) as api, httpx.AsyncClient() as client:
        with running_proxy(tmp_path, api.url, SSL_CERT_FILE=str(tmp_path / "ca.pem")) as proxy:
            assert (await client.get(f"{proxy.url}/things/1")).json() == {"ok": True}
        with running_proxy(tmp_path, api.url) as proxy:
            refused = await client.get(f"{proxy.url}/things/1")
            failed = "the API failed: ClientConnectorCertificateError"
            await asyncio.to_thread(wait_for, tmp_path / "proxy.log", failed)
    assert (refused.status_code, refused.json()["code"]) == (502, "upstream_failed")
    assert len(api.asked) == 1


async def test_a_tunnel_is_a_name_of_the_proxy(tmp_path: Path) -> None:
    tunnel = {"Host": "tunnel.example"}
    async with running_api() as api, httpx.AsyncClient() as client:
        with running_proxy(tmp_path, api.url, "--public-url", "https://Tunnel.example") as proxy:
            contract = await client.get(f"{proxy.url}/openapi.json", headers=tunnel)
            things = await client.get(f"{proxy.url}/things/1", headers=tunnel)
    assert contract.json()["servers"] == [{"url": "https://tunnel.example"}]
    assert things.json() == {"ok": True}


def test_who_may_use_what_is_added_is_warned_of(tmp_path: Path) -> None:
    options = ("--header", "X-Key: secret", "--bind", "0.0.0.0:0")
    with running_proxy(tmp_path, API, *options) as proxy:
        log = (tmp_path / "proxy.log").read_text()
        assert "who can reach 0.0.0.0:0 can call the API with what --header adds" in log
        assert f"forwarding to {API}" in log
        assert proxy.stop() == 0


async def test_a_call_that_runs_is_answered_before_the_end(tmp_path: Path) -> None:
    async with running_api() as api, httpx.AsyncClient(timeout=30) as client:
        with running_proxy(tmp_path, api.url) as proxy:

            async def stop_it(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                proxy.process.terminate()
                await asyncio.to_thread(wait_for, tmp_path / "proxy.log", "stopping")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")

            api.answers["/long"] = stop_it
            answer = await client.get(f"{proxy.url}/long")
            assert (answer.text, answer.headers["Connection"]) == ("done", "close")
            assert await asyncio.to_thread(proxy.process.wait, 15) == 0


def test_each_option_is_documented() -> None:
    helped = CliRunner().invoke(main, ["proxy", "--help"]).output
    options = set(re.findall(r"^  (--[a-z-]+)", helped, re.MULTILINE)) - {"--help"}
    page = (Path(__file__).parents[2] / "docs/proxy.md").read_text()
    assert options == set(re.findall(r"^\| `(--[a-z-]+)[ `]", page, re.MULTILINE))
