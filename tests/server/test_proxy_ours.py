"""Our own server behind the proxy passes its contract's tests, by HTTP and by MCP."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest

from plugin_server.testing.contract import *  # noqa: F403
from tests.front_door import TOKEN
from tests.running import running_server

from .proxy_api import running_proxy, serve_ours

# The proxy serves the files as they are, whoever the API says is calling.
del test_a_tool_does_not_ask_who_is_known  # noqa: F821

Running = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="module", name="proxies")
def fixture_proxies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The proxies in front of our own server, by its mode; they go on with what is in its lists."""
    folder = tmp_path_factory.mktemp("ours")
    serve_ours(folder)
    with ExitStack() as stack:
        urls = {}
        for mode in ("none", "service_http", "user_http"):
            place = folder / mode
            place.mkdir()
            token = TOKEN if mode == "service_http" else ""
            server = stack.enter_context(
                running_server(place, PLUGIN_AUTH=mode, PLUGIN_SERVICE_TOKENS=token)
            )
            urls[mode] = stack.enter_context(running_proxy(folder, server.url)).url
        yield urls


@pytest.fixture(name="running")
def fixture_running(proxies: dict[str, str]) -> Running:
    """Takes the place of the fixture that runs the plugin in this process."""

    @asynccontextmanager
    async def run(
        _database_url: str, auth: str = "none", **_settings: Any
    ) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(base_url=proxies[auth], timeout=30) as client:
            yield client

    return run


@pytest.fixture(name="client")
async def fixture_client(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with running("") as client:
        yield client
