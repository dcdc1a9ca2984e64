"""ChatGPT of 2023 and a GPT's action, played from what they read first to a call of the API. The
person's buttons are pressed in a real browser, which finds no host but the tests' own: it ends at
the address that it was sent back to.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.running import Server

from . import oauth_pages
from .browser import Browser
from .signing_in import CALLBACK, GPT, OTHER_CALLBACK, SECRET, query_of

STATE = "a state/with+signs&=é"


@pytest.fixture(name="server")
def fixture_server(tmp_path: Path) -> Iterator[Server]:
    tokens = '{"openai": "a1b2c3"}'
    with oauth_pages.serving_people(tmp_path, PLUGIN_VERIFICATION_TOKENS=tokens) as server:
        yield server


def read(url: str) -> dict[str, Any]:
    answer = httpx.get(url)
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def brought_back(browser: Browser, authorization_url: str, scope: str, callback: str) -> str:
    """The code that bob's browser brings to the host, after he has signed in and allowed it."""
    asked = {"response_type": "code", "client_id": GPT, "scope": scope, "state": STATE}
    oauth_pages.sign_out(browser)
    browser.visit(f"{authorization_url}?{query_of({**asked, 'redirect_uri': callback})}")
    oauth_pages.sign_in(browser, "bob")
    oauth_pages.allow(browser, callback)
    told = dict(parse_qsl(urlsplit(browser.url).query))
    assert (told["state"], set(told)) == (STATE, {"code", "state", "iss"})
    return told["code"]


def exchanged(answer: httpx.Response) -> dict[str, Any]:
    """What the host keeps."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    tokens: dict[str, Any] = answer.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
    return tokens


def adds_and_reads(api: str, access: str, todo: str) -> list[str]:
    """The person's list, after the host has added to it. Nobody else's is within its reach."""
    headers = {"Authorization": f"Bearer {access}"}
    assert httpx.get(f"{api}/todos/ann", headers=headers).status_code == 403
    added = httpx.post(f"{api}/todos/me", headers=headers, json={"todo": todo})
    assert added.status_code == 200, added.text
    listed: list[str] = httpx.get(f"{api}/todos/bob", headers=headers).json()["todos"]
    return listed


def test_chatgpt_of_2023_from_the_manifest_to_the_list(browser: Browser, server: Server) -> None:
    manifest = read(f"{server.url}/.well-known/ai-plugin.json")
    auth = manifest["auth"]
    assert (auth["type"], auth["verification_tokens"]) == ("oauth", {"openai": "a1b2c3"})
    code = brought_back(browser, auth["client_url"], auth["scope"], OTHER_CALLBACK)
    fields = {
        "grant_type": "authorization_code",
        "client_id": GPT,
        "client_secret": SECRET,
        "code": code,
        "redirect_uri": OTHER_CALLBACK,
    }
    assert auth["authorization_content_type"] == "application/json"
    tokens = exchanged(httpx.post(auth["authorization_url"], json=fields))
    (api,) = read(manifest["api"]["url"].replace(".yaml", ".json"))["servers"]
    assert adds_and_reads(api["url"], tokens["access_token"], "buy milk") == ["buy milk"]
    again = httpx.post(auth["authorization_url"], json=fields)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_an_action_from_the_contract_to_the_list(browser: Browser, server: Server) -> None:
    contract = read(f"{server.url}/openapi.json")
    flow = contract["components"]["securitySchemes"]["oauth"]["flows"]["authorizationCode"]
    code = brought_back(browser, flow["authorizationUrl"], " ".join(flow["scopes"]), CALLBACK)
    token, basic = flow["tokenUrl"], (GPT, SECRET)
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    first = exchanged(httpx.post(token, data=fields, auth=basic))
    (api,) = contract["servers"]
    assert adds_and_reads(api["url"], first["access_token"], "buy milk") == ["buy milk"]
    fields = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = exchanged(httpx.post(flow["refreshUrl"], data=fields, auth=basic))
    both = ["buy milk", "plant a tree"]
    assert adds_and_reads(api["url"], second["access_token"], "plant a tree") == both
