"""ChatGPT's connector, played from the 401 to the tools: it is known by a document that prefers to
sign, and sends no signature. The person's buttons are pressed in a real browser.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from re import search
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config

from app.main import Settings, create_app
from guarded_fetch.testing.web import made_up_web
from plugin_server.auth.oauth.clients import Clients
from plugin_server.plugin import Plugin

from . import oauth_pages
from .browser import Browser
from .mcp_messages import tool_call
from .signing_in import VERIFIER, Flow, challenge_of, query_of
from .test_oauth_cimd import BACK, DOCUMENT, RSA, URL


@asynccontextmanager
async def listening(app: Plugin) -> AsyncIterator[str]:
    """The origin under which a browser reaches it."""
    ended, config = asyncio.Event(), Config()
    taken = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{taken.getsockname()[1]}"
    config.bind = [f"fd://{taken.detach()}"]
    running = asyncio.create_task(
        serve(cast(Any, app), config, shutdown_trigger=cast(Any, ended.wait))
    )
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            # It is answered once the application has started.
            assert (await client.get(f"{origin}/healthz")).status_code == 200
        yield origin
    finally:
        ended.set()
        await running


@pytest.fixture(name="origin")
async def fixture_origin(sqlite_url: str) -> AsyncIterator[str]:
    app = create_app(Settings(database_url=sqlite_url, auth="oauth", rate_limit="off"))
    async with made_up_web() as web, listening(app) as origin:
        web.put("/oauth/client.json", DOCUMENT)
        web.put("/jwks.json", {"keys": [RSA.as_dict(private=False)]})
        app.extensions["oauth"].clients = Clients(app.settings, web.network)
        async with httpx.AsyncClient() as client:
            await Flow(client, app.extensions["database"]).add_person("ann")
        yield origin


def sign_in_and_allow(browser: Browser, address: str) -> dict[str, str]:
    """What ann's browser brings to the host."""
    oauth_pages.sign_out(browser)
    browser.visit(address)
    assert "app.plants.test" in browser.find("main").text
    oauth_pages.sign_in(browser, "ann")
    oauth_pages.allow(browser, BACK)
    return dict(parse_qsl(urlsplit(browser.url).query))


async def test_from_the_401_to_the_tools(browser: Browser, origin: str) -> None:
    added = tool_call("addTodo", {"username": "me", "todo": "buy milk"}).members
    async with httpx.AsyncClient(base_url=origin, trust_env=False) as host:
        refused = await host.post("/mcp", json=added)
        challenge = refused.headers["WWW-Authenticate"]
        found = search(r'resource_metadata="([^"]+)"', challenge)
        assert (refused.status_code, bool(found)) == (401, True), challenge
        resource = (await host.get(cast(Any, found)[1])).json()
        (issuer,) = resource["authorization_servers"]
        server = (await host.get(f"{issuer}/.well-known/oauth-authorization-server")).json()
        assert server["client_id_metadata_document_supported"] is True
        asked = {
            "response_type": "code",
            "client_id": URL,
            "redirect_uri": BACK,
            "state": "xyz",
            "scope": " ".join(resource["scopes_supported"]),
            "resource": resource["resource"],
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }
        address = f"{server['authorization_endpoint']}?{query_of(asked)}"
        told = await asyncio.to_thread(sign_in_and_allow, browser, address)
        assert (told["state"], told["iss"]) == ("xyz", server["issuer"])
        fields = {
            "grant_type": "authorization_code",
            "client_id": URL,
            "redirect_uri": BACK,
            "resource": resource["resource"],
            "code": told["code"],
            "code_verifier": VERIFIER,
        }
        tokens = (await host.post(server["token_endpoint"], data=fields)).json()
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        answer = await host.post("/mcp", json=added, headers=headers)
        assert answer.json()["result"]["structuredContent"]["todo"] == "buy milk"
        # It is for the tools alone.
        assert (await host.get("/todos/me", headers=headers)).status_code in (401, 403)
