"""What only a database server can do: go away, and come back."""

import asyncio
from pathlib import Path
from time import monotonic

import httpx
import pytest

from plugin_server.testing.postgres import PostgresUnavailable, running_postgres
from tests.answers import AWAY, a_list
from tests.front_door import front_door


async def test_while_it_is_away_calls_fail_soon_and_then_work_again(tmp_path: Path) -> None:
    try:
        with running_postgres(tmp_path) as server:
            async with front_door(server.create_database()) as client:
                await client.post("/todos/ann", json={"todo": "milk"})
                server.stop("immediate")
                began = monotonic()
                calls = [client.get(f"/todos/{number}") for number in range(100)]
                answers = await asyncio.gather(*calls, client.get("/healthz"))
                assert monotonic() - began < 10
                assert [answer.json() for answer in answers] == [AWAY] * 101
                assert {answer.headers["Retry-After"] for answer in answers} == {"1"}
                server.start()
                listed = await answered(client)
                assert listed.json() == a_list(["milk"], 1)
    except PostgresUnavailable as unavailable:
        pytest.skip(str(unavailable))


async def answered(client: httpx.AsyncClient) -> httpx.Response:
    """The list, as soon as the server finds its database again: within 5 seconds."""
    async with asyncio.timeout(5):
        while True:
            answer = await client.get("/todos/ann")
            if answer.status_code != 503:
                return answer
            await asyncio.sleep(0.05)
