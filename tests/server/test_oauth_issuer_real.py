"""Tokens of a real authorization server, npm's oidc-provider, which this test starts."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest

from tests.running import Server, running_server

from .mcp_messages import tool_call

SCRIPT = Path(__file__).with_name("oidc_provider.mjs")
PACKAGE = "oidc-provider@8.8.1"
INSTALL_SECONDS = 300
CLIENT, SECRET, BACK = "a-host", "k7Qm2zXw9RtLs4Vb8NcJ", "https://host.example/back"
ALGORITHMS = ("RS256", "ES256", "EdDSA")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@pytest.fixture(name="package", scope="module")
def fixture_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package, and with the script, because Node looks in the folders above."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("there is no node or no npm")
    folder = tmp_path_factory.mktemp("oidc-provider")
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
    try:
        subprocess.run(install, check=True, capture_output=True, timeout=INSTALL_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip(f"npm cannot install {PACKAGE}")
    shutil.copy(SCRIPT, folder)
    return folder


@pytest.fixture(name="server", scope="module")
def fixture_server(
    tmp_path_factory: pytest.TempPathFactory, package: Path
) -> Iterator[tuple[Server, str]]:
    """Our server, which takes the tokens of that issuer, and the issuer's address."""
    issuer = f"http://127.0.0.1:{free_port()}"
    settings = {"PLUGIN_AUTH": "oauth", "PLUGIN_OAUTH_ISSUER": issuer}
    with running_server(tmp_path_factory.mktemp("server"), **settings) as server:
        words = ["node", SCRIPT.name, issuer.rpartition(":")[2], server.url]
        process = subprocess.Popen(words, cwd=package, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"serving for {server.url}\n"
            yield server, issuer
        finally:
            process.kill()
            process.communicate()


def token(issuer: str, resource: str, scope: str = "read write", person: str = "ann") -> str:
    """An access token, by the code flow: the person signs in at the issuer, and allows it."""
    with httpx.Client(base_url=issuer) as browser:
        asked = {
            "client_id": CLIENT,
            "response_type": "code",
            "redirect_uri": BACK,
            "scope": f"openid {scope}",
            "resource": resource,
        }
        answer = browser.get("/auth", params=asked)
        while not answer.headers.get("Location", "").startswith(BACK):
            if answer.is_redirect:
                answer = browser.get(urljoin(issuer, answer.headers["Location"]))
                continue
            form = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert form, answer.text
            assert prompt, answer.text
            fields = {"prompt": prompt[1], "login": person, "password": "whatever"}
            answer = browser.post(form[1], data=fields)
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
        given = browser.post("/token", data={**fields, "resource": resource}, auth=(CLIENT, SECRET))
        assert given.status_code == 200, given.text
        return str(given.json()["access_token"])


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_its_tokens_are_taken_whatever_they_are_signed_with(
    server: tuple[Server, str], alg: str
) -> None:
    ours, issuer = server
    headers = bearer(token(issuer, f"{ours.url}?alg={alg}"))
    with httpx.Client(base_url=ours.url, headers=headers) as client:
        assert client.post("/todos/me", json={"todo": alg}).status_code == 200
        assert alg in client.get("/todos/ann").json()["todos"]
        assert client.get("/todos/ben").status_code == 403
        sent = tool_call("getTodos", {"username": "me"})
        answer = client.post("/mcp", json=sent.members)
        assert alg in answer.json()["result"]["structuredContent"]["todos"]


def test_its_scopes_and_resources_are_held_to(server: tuple[Server, str]) -> None:
    ours, issuer = server
    with httpx.Client(base_url=ours.url) as client:
        reading = bearer(token(issuer, ours.url, scope="read"))
        assert client.get("/todos/me", headers=reading).status_code == 200
        answer = client.post("/todos/me", json={"todo": "x"}, headers=reading)
        assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
        elsewhere = bearer(token(issuer, "https://other.example.org"))
        answer = client.get("/todos/me", headers=elsewhere)
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
        for_tools = bearer(token(issuer, f"{ours.url}/mcp"))
        assert client.get("/todos/me", headers=for_tools).status_code == 401
        sent = tool_call("getTodos", {"username": "me"})
        assert client.post("/mcp", json=sent.members, headers=for_tools).status_code == 200


def test_a_changed_token_is_not_taken(server: tuple[Server, str]) -> None:
    ours, issuer = server
    head, claims, mark = token(issuer, ours.url).split(".")
    other = token(issuer, ours.url, person="ben").split(".")[1]
    for changed in (f"{head}.{other}.{mark}", f"{head}.{claims}.{mark[::-1]}"):
        answer = httpx.get(f"{ours.url}/todos/me", headers=bearer(changed))
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


def test_the_metadata_leads_to_it(server: tuple[Server, str]) -> None:
    ours, issuer = server
    challenge = httpx.get(f"{ours.url}/todos/me").headers["WWW-Authenticate"]
    found = re.search(r'resource_metadata="([^"]+)"', challenge)
    assert found
    resource = httpx.get(found[1]).json()
    assert (resource["resource"], resource["authorization_servers"]) == (ours.url, [issuer])
    openid = httpx.get(f"{resource['authorization_servers'][0]}/.well-known/openid-configuration")
    assert openid.json()["issuer"] == issuer
