"""The OAuth client of MCP's official SDK finds its way from a 401 to the tools by itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from app.main import Settings, create_app
from guarded_fetch.testing.web import ORIGIN, made_up_web
from plugin_server.auth.oauth.clients import Clients
from plugin_server.storage import Connection
from tests.front_door import served

from .signing_in import HERE, Flow, sent_to

URL = f"{ORIGIN}/oauth/client.json"
BACK = "http://localhost:33418/callback"
BELOW = "https://example.org/todo"
DOCUMENT = {"client_id": URL, "client_name": "The SDK", "redirect_uris": [BACK]}
Era = Literal["legacy", "2026-07-28"]


class Memory:
    """Where the client keeps what it got; `TokenStorage` of the SDK."""

    def __init__(self) -> None:
        self.tokens: OAuthToken | None = None
        self.client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


class Host:
    """A program with the SDK's client, and ann's browser, in which she is signed in."""

    def __init__(self, app: Any, flow: Flow, document: str | None, here: str = HERE) -> None:
        self.here = here
        self.memory = Memory()
        self.asked: list[dict[str, str]] = []
        self._app = app
        self._flow = flow
        self._document = document
        self._answer = AuthorizationCodeResult(code="", state=None)

    @asynccontextmanager
    async def client(self, era: Era) -> AsyncIterator[Client]:
        metadata = OAuthClientMetadata(
            client_name="The SDK",
            redirect_uris=[AnyUrl(BACK)],
            token_endpoint_auth_method="none",
        )
        provider = OAuthClientProvider(
            f"{self.here}/mcp",
            metadata,
            self.memory,
            self._lead,
            self._answered,
            client_metadata_url=self._document,
        )
        transport = httpx2.ASGITransport(self._app)
        async with httpx2.AsyncClient(
            auth=provider, transport=transport, base_url=self.here
        ) as http:
            streams = streamable_http_client(f"{self.here}/mcp", http_client=http)
            async with Client(streams, mode=era, cache=None) as client:
                yield client

    async def narrow(self, scope: str) -> None:
        """Let what the client has be good for less."""

        def narrow(connection: Connection) -> None:
            connection.execute("UPDATE oauth_tokens SET scope = :scope", {"scope": scope})

        await self._flow.database.write(narrow)
        assert self.memory.tokens is not None
        self.memory.tokens = self.memory.tokens.model_copy(update={"scope": scope})

    async def expire(self) -> None:
        """Let the access token have expired, which the client does not know."""

        def expire(connection: Connection) -> None:
            connection.execute("UPDATE oauth_tokens SET expires = 1 WHERE kind = 'access'")

        await self._flow.database.write(expire)

    async def _lead(self, address: str) -> None:
        """What the browser does: ann allows what is asked for."""
        url = urlsplit(address)
        assert address.startswith(f"{self.here}/authorize?")
        self._flow.asked = dict(httpx2.QueryParams(url.query))
        self.asked.append(dict(self._flow.asked))
        back, parameters = sent_to(await self._flow.decide())
        assert back == BACK
        self._answer = AuthorizationCodeResult(
            code=parameters["code"], state=parameters["state"], iss=parameters["iss"]
        )

    async def _answered(self) -> AuthorizationCodeResult:
        return self._answer


def shared(app: Any) -> Any:
    """A host where the app has what is below /todo, and another service has the rest."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].startswith("/todo/"):
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return answer


@pytest.fixture(name="host", params=["document", "registration", "below a path"])
async def fixture_host(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Host]:
    is_registered = request.param == "registration"
    is_below = request.param == "below a path"
    settings = {"auth": "oauth", "rate_limit": "off", "oauth_registration": is_registered}
    if is_below:
        settings["public_url"] = BELOW
    app = create_app(Settings(database_url=sqlite_url, **cast(Any, settings)))
    async with made_up_web() as web, served(app) as browser:
        web.put("/oauth/client.json", DOCUMENT)
        app.extensions["oauth"].clients = Clients(app.settings, web.network)
        if is_below:
            browser.base_url = httpx.URL(BELOW)
        flow = Flow(browser, app.extensions["database"])
        await flow.add_person("ann")
        await flow.sign_in()
        document = None if is_registered else URL
        yield Host(shared(app), flow, document, BELOW) if is_below else Host(app, flow, document)


async def todos(client: Client) -> list[str]:
    result = await client.call_tool("getTodos", {"username": "me"})
    assert not result.is_error, result.content
    return cast(list[str], cast(dict[str, Any], result.structured_content)["todos"])


@pytest.mark.parametrize("era", ["legacy", "2026-07-28"])
async def test_from_a_401_to_the_tools(host: Host, era: Era) -> None:
    async with host.client(era) as client:
        added = await client.call_tool("addTodo", {"username": "me", "todo": "buy milk"})
        assert not added.is_error, added.content
        assert await todos(client) == ["buy milk"]
    (asked,) = host.asked
    for name in ("state", "code_challenge", "client_id"):
        assert asked.pop(name)
    assert asked == {
        "response_type": "code",
        "redirect_uri": BACK,
        "code_challenge_method": "S256",
        "resource": f"{host.here}/mcp",
        "scope": "read write",
    }
    # What it got is good for the next start.
    async with host.client(era) as client:
        assert await todos(client) == ["buy milk"]
    assert len(host.asked) == 1


@pytest.mark.parametrize("era", ["legacy", "2026-07-28"])
async def test_a_client_asks_for_more_when_a_tool_needs_more(host: Host, era: Era) -> None:
    async with host.client(era) as client:
        await todos(client)
    assert host.memory.tokens is not None
    await host.narrow("read")
    async with host.client(era) as client:
        await todos(client)
        assert len(host.asked) == 1
        added = await client.call_tool("addTodo", {"username": "me", "todo": "buy milk"})
        assert not added.is_error, added.content
    assert [set(asked["scope"].split()) for asked in host.asked[1:]] == [{"read", "write"}]


@pytest.mark.parametrize("era", ["legacy", "2026-07-28"])
async def test_a_client_gets_a_new_token_for_one_that_has_expired(host: Host, era: Era) -> None:
    async with host.client(era) as client:
        await todos(client)
    first = host.memory.tokens
    await host.expire()
    async with host.client(era) as client:
        await todos(client)
    second = host.memory.tokens
    assert first is not None
    assert second is not None
    assert first.access_token != second.access_token
