"""People, browsers and clients for the tests of mode oauth."""

import re
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from argon2 import PasswordHasher

from app.main import Settings, create_app
from plugin_server.auth.oauth.people import add_person
from plugin_server.auth.oauth.registered import add_client
from plugin_server.plugin import Plugin
from plugin_server.storage import Connection, Database
from tests.front_door import served

HERE = "http://localhost:5002"
PASSWORD = "four words that nobody guesses"
TABLES = ("people", "sessions", "grants", "codes", "tokens")
# The client of the settings, as somebody enters it at ChatGPT.
GPT, SECRET = "todo-gpt", "k7Qm2zXw9RtLs4Vb8NcJ"
CALLBACK = "https://chatgpt.com/aip/g-0a1b2c/oauth/callback"
OTHER_CALLBACK = "https://chat.openai.com/aip/plugin-9f/oauth/callback"
# A client that registered itself, without a secret.
TOOL_CALLBACK = "https://tool.example/callback"
VERIFIER = "a-verifier-of-forty-three-characters-or-more-0"
SETTINGS: dict[str, Any] = {
    "auth": "oauth",
    "oauth_client_id": GPT,
    "oauth_client_secret": SECRET,
    "oauth_registration": True,
}


def challenge_of(verifier: str) -> str:
    """S256 (RFC 7636 section 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


# A hash tells how it was made: to check against this one costs little, and is done as ever.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def sent_to(answer: httpx.Response) -> tuple[str, dict[str, str]]:
    """Where a browser is sent, and with which parameters."""
    assert answer.status_code == 303, answer.text
    address = urlsplit(answer.headers["Location"])
    pairs = parse_qsl(address.query, keep_blank_values=True)
    assert len(dict(pairs)) == len(pairs)
    return address._replace(query="").geturl(), dict(pairs)


def form_token(page: httpx.Response) -> str:
    """What a form of the page sends back."""
    found = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert found, page.text
    return found[1]


class Flow:
    """One client's way to a person's tokens, through `client`, which is the person's browser and
    the client at once.
    """

    def __init__(self, client: httpx.AsyncClient, database: Database) -> None:
        self.client = client
        self.database = database
        self.asked = {
            "response_type": "code",
            "client_id": GPT,
            "redirect_uri": CALLBACK,
            "state": "xyz",
        }
        self.proof = {"client_id": GPT, "client_secret": SECRET}

    def of(self, **other: str | None) -> dict[str, str]:
        """The parameters of a request for authorization, with others; None leaves one out."""
        return _without_none({**self.asked, **other})

    async def add_person(self, name: str) -> None:
        """Let somebody sign in."""
        assert await self.database.write(add_person, name, _HASH)

    async def sign_in(
        self, name: str = "ann", password: str = PASSWORD, form: httpx.Response | None = None
    ) -> None:
        """Sign in, by the form, which may be open already."""
        page = form or await self.client.get("/login")
        answer = await self.sent_login(page, name, password)
        assert answer.status_code == 303, answer.text

    async def sent_login(
        self, page: httpx.Response, name: str = "ann", password: str = PASSWORD
    ) -> httpx.Response:
        """The answer to the form of the page."""
        fields = {"csrf": form_token(page), "name": name, "password": password}
        return await self.client.post("/login", data=fields)

    async def authorize(self, **other: str | None) -> httpx.Response:
        """Come to /authorize, as the client sends the browser there."""
        return await self.client.get("/authorize", params=self.of(**other))

    async def decide(self, decision: str = "allow", /, **other: str | None) -> httpx.Response:
        """Come to the page, and press a button."""
        page = await self.authorize(**other)
        assert page.status_code == 200, page.text
        return await self.press(page, decision, **other)

    async def press(
        self, page: httpx.Response, decision: str = "allow", /, **other: str | None
    ) -> httpx.Response:
        """Press a button of the page, which is open."""
        form = {"csrf": form_token(page), "decision": decision}
        return await self.client.post("/authorize", params=self.of(**other), data=form)

    async def code(self, **other: str | None) -> str:
        """The code that the client gets."""
        return sent_to(await self.decide(**other))[1]["code"]

    async def token(self, **fields: str | None) -> httpx.Response:
        """Ask at /token, by a form, with the client's own proof."""
        return await self.client.post("/token", data=_without_none({**self.proof, **fields}))

    async def exchange(self, code: str, **other: str | None) -> httpx.Response:
        """Exchange a code."""
        fields = {"redirect_uri": self.asked["redirect_uri"], **other}
        return await self.token(grant_type="authorization_code", code=code, **fields)

    async def refresh(self, token: str, **other: str | None) -> httpx.Response:
        """Exchange a refresh token."""
        return await self.token(grant_type="refresh_token", refresh_token=token, **other)

    async def tokens(self, **other: str | None) -> dict[str, Any]:
        """Tokens, after all of it."""
        answer = await self.exchange(await self.code(**other))
        assert answer.status_code == 200, answer.text
        return cast(dict[str, Any], answer.json())

    async def age(self, table: str, seconds: int) -> None:
        """Let the rows of a table have expired so much sooner."""

        def older(connection: Connection) -> None:
            connection.execute(
                f"UPDATE {table} SET expires = expires - :seconds",  # noqa: S608 - of our own
                {"seconds": seconds},
            )

        await self.database.write(older)

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database holds."""

        def select(connection: Connection) -> list[Any]:
            return connection.execute(sql).fetchall()

        return [tuple(row) for row in await self.database.read(select)]

    async def is_valid(self, access: str) -> bool:
        """Whether the API takes an access token."""
        headers = {"Authorization": f"Bearer {access}"}
        return (await self.client.get("/todos/me", headers=headers)).status_code == 200


class PublicFlow(Flow):
    """The same for a client without a secret, which must use PKCE."""

    def __init__(self, client: httpx.AsyncClient, database: Database, client_id: str) -> None:
        super().__init__(client, database)
        self.asked |= {
            "client_id": client_id,
            "redirect_uri": TOOL_CALLBACK,
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }
        self.proof = {"client_id": client_id}

    async def exchange(self, code: str, **other: str | None) -> httpx.Response:
        return await super().exchange(code, **{"code_verifier": VERIFIER, **other})


@asynccontextmanager
async def oauth_door(database_url: str, **settings: Any) -> AsyncIterator[Flow]:
    """A flow at an application in mode oauth, in which ann can sign in and is not signed in."""
    given = {"rate_limit": "off", **SETTINGS, **settings}
    app = create_app(Settings(database_url=database_url, **given))
    async with served(app) as client:
        flow = Flow(client, _database(app))
        await flow.add_person("ann")
        yield flow


async def registered(flow: Flow, *redirect_uris: str, name: str = "A tool") -> PublicFlow:
    """A flow of a client that registered itself, in the same browser."""
    uris = redirect_uris or (TOOL_CALLBACK,)
    made = await flow.database.write(add_client, name, uris, has_secret=False)
    assert made is not None
    return PublicFlow(flow.client, flow.database, made[0])


def query_of(parameters: Mapping[str, str]) -> str:
    """As a client writes it into an address."""
    return urlencode(parameters)


def _database(app: Plugin) -> Database:
    return cast(Database, app.extensions["database"])


def _without_none(fields: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value is not None}
