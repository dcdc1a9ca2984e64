"""What a body may say of each kind of field, and what is made of it."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import httpx
import pytest
import pytest_asyncio
from pydantic import Field
from quart import Quart, Response

from plugin_server import NULL_IS_A_VALUE, Model, answer, errors, json_body


class Tree(Model):
    """A field of each kind, and a model that holds itself."""

    count: Annotated[int, Field(ge=-5)] = 1
    choice: Literal[1, 2] = 1
    perhaps: Annotated[int | None, NULL_IS_A_VALUE] = 7
    either: int | str = 0
    weight: float = 0.5
    numbers: tuple[int, ...] = ()
    is_open: bool = True
    children: tuple["Tree", ...] = ()


@pytest_asyncio.fixture(name="client")
async def fixture_client() -> AsyncIterator[httpx.AsyncClient]:
    app = Quart(__name__)
    errors.register(app)

    @app.post("/")
    async def read() -> Response:
        return answer((await json_body(Tree)).model_dump(exclude_unset=True))

    transport = httpx.ASGITransport(app)  # type: ignore[arg-type] # Quart's scope is its own
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"count": "3", "choice": "2", "perhaps": "0"}, {"count": 3, "choice": 2, "perhaps": 0}),
        ({"count": "-5"}, {"count": -5}),
        ({"count": None, "weight": None, "children": None}, {}),
        ({"perhaps": None}, {"perhaps": None}),
        ({"either": "3"}, {"either": "3"}),
        ({"children": [{"count": 2}]}, {"children": [{"count": 2}]}),
    ],
)
async def test_what_can_mean_only_one_thing_is_read(
    client: httpx.AsyncClient, sent: dict[str, Any], read: dict[str, Any]
) -> None:
    came = await client.post("/", json=sent)
    assert (came.status_code, came.json()) == (200, read)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("count", text) for text in ("1.0", " 1", "1 ", "0x1", "1e3", "true", "-0", "1" * 101)),
        *[("weight", "1.5"), ("weight", "1"), ("is_open", "true"), ("is_open", 1)],
        *[("numbers", ["1"]), ("numbers", "[1]"), ("numbers", "1"), ("choice", "3")],
    ],
)
async def test_what_is_less_exact_is_refused(
    client: httpx.AsyncClient, name: str, value: object
) -> None:
    came = await client.post("/", json={name: value})
    assert came.status_code == 422
    assert {error["pointer"].split("/")[1] for error in came.json()["errors"]} == {name}
