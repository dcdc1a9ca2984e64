"""Servers that end and servers beside each other: no login is lost, and nothing is given twice."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import httpx
import pytest

from plugin_server.storage import connect
from tests.running import Server, running_server

from .signing_in import GPT, SECRET, Flow

# One public address, as a load balancer in front of them has it.
VARIABLES = {
    "PLUGIN_AUTH": "oauth",
    "PLUGIN_PUBLIC_URL": "http://todo.localhost",
    "PLUGIN_OAUTH_CLIENT_ID": GPT,
    "PLUGIN_OAUTH_CLIENT_SECRET": SECRET,
}
WAYS = 20
# One for all clients: to read the authorities that each would trust takes them longer than to ask.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
ROUNDS = 2
ROUNDS_OF_THE_LONG_FORM = 5


@contextmanager
def servers(folder: Path, database_url: str) -> Iterator[list[Server]]:
    """Two processes on one PostgreSQL. A SQLite file has one server."""
    variables = {**VARIABLES, "PLUGIN_DATABASE_URL": database_url}
    count = 1 if database_url.startswith("sqlite") else 2
    with ExitStack() as stack:
        started = []
        for number in range(count):
            place = folder / f"server-{number}"
            place.mkdir(exist_ok=True)
            started.append(stack.enter_context(running_server(place, **variables)))
        yield started


@asynccontextmanager
async def flows(database_url: str, *running: Server) -> AsyncIterator[list[Flow]]:
    """The same browser, and the same client, at each of the servers."""
    cookies = CookieJar()
    async with AsyncExitStack() as stack:
        database = stack.enter_context(closing(connect(database_url, guest=True)))
        clients = [
            httpx.AsyncClient(base_url=server.url, cookies=cookies, timeout=60, verify=NO_TLS)
            for server in running
        ]
        yield [Flow(await stack.enter_async_context(each), database) for each in clients]


async def raced(running: list[Server], fields: dict[str, str]) -> list[httpx.Response]:
    """The answers to WAYS clients that ask at once, each on a connection of its own."""
    ready = asyncio.Barrier(WAYS)

    async def ask(server: Server) -> httpx.Response:
        async with httpx.AsyncClient(base_url=server.url, timeout=60, verify=NO_TLS) as client:
            await client.get("/healthz")
            await ready.wait()
            return await client.post("/token", data=fields)

    return await asyncio.gather(*(ask(running[way % len(running)]) for way in range(WAYS)))


@pytest.mark.parametrize("kind", ["authorization_code", "refresh_token"])
async def test_of_twenty_that_come_with_the_same_one_gets_tokens_and_then_nobody_has_them(
    tmp_path: Path, database_url: str, kind: str, long: bool
) -> None:
    with servers(tmp_path, database_url) as running:
        async with flows(database_url, *running) as each:
            flow = each[0]
            await flow.add_person("ann")
            await flow.sign_in()
            for _ in range(ROUNDS_OF_THE_LONG_FORM if long else ROUNDS):
                fields = {**flow.proof, "grant_type": kind}
                if kind == "refresh_token":
                    fields[kind] = (await flow.tokens())[kind]
                else:
                    fields |= {
                        "code": await flow.code(),
                        "redirect_uri": flow.asked["redirect_uri"],
                    }
                answers = await raced(running, fields)
                assert Counter(answer.status_code for answer in answers) == {200: 1, 400: WAYS - 1}
                errors = {answer.json().get("error") for answer in answers}
                assert errors == {None, "invalid_grant"}
                (given,) = [answer.json() for answer in answers if answer.status_code == 200]
                for other in each:
                    assert not await other.is_valid(given["access_token"])
                    assert (await other.refresh(given["refresh_token"])).status_code == 400
            assert await flow.rows("SELECT * FROM oauth_grants") == []
            assert await flow.rows("SELECT * FROM oauth_tokens") == []


async def test_after_a_restart_everybody_is_signed_in_and_every_token_is_good(
    tmp_path: Path, database_url: str
) -> None:
    variables = {**VARIABLES, "PLUGIN_DATABASE_URL": database_url}
    with running_server(tmp_path, **variables) as server:
        async with flows(database_url, server) as (flow,):
            await flow.add_person("ann")
            await flow.sign_in()
            tokens = await flow.tokens()
            code = await flow.code()
            page = await flow.authorize()
            cookies = flow.client.cookies
        assert server.stop() == 0
    with running_server(tmp_path, **variables) as server:
        async with flows(database_url, server) as (flow,):
            flow.client.cookies = cookies
            assert (await flow.client.get("/account")).status_code == 200
            assert await flow.is_valid(tokens["access_token"])
            assert (await flow.refresh(tokens["refresh_token"])).status_code == 200
            assert (await flow.exchange(code)).status_code == 200
            # The page that was open before is as good as a new one.
            assert (await flow.press(page)).status_code == 303


async def test_what_begins_at_one_replica_goes_on_at_the_other(
    tmp_path: Path, database_url: str
) -> None:
    with servers(tmp_path, database_url) as running:
        # One beside itself, where a database has one server.
        async with flows(database_url, running[0], running[-1]) as (one, other):
            await one.add_person("ann")
            form = await one.client.get("/login")
            await other.sign_in(form=form)
            page = await one.authorize()
            pressed = await other.press(page)
            code = dict(httpx.URL(pressed.headers["Location"]).params)["code"]
            tokens = (await one.exchange(code)).json()
            assert await other.is_valid(tokens["access_token"])
            renewed = await other.refresh(tokens["refresh_token"])
            assert await one.is_valid(renewed.json()["access_token"])
            assert (await one.refresh(tokens["refresh_token"])).status_code == 400
            assert not await other.is_valid(renewed.json()["access_token"])
