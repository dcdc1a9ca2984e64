"""What a body may say of each kind of field, and what is made of it."""

import json
from collections.abc import AsyncIterator
from datetime import date, datetime, time
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from pydantic import AfterValidator, Field
from quart import Quart, Response

from plugin_server import NULL_IS_A_VALUE, Model, answer, errors, json_body

LOUD = "sEcReT"
WORDS = {
    "text": (7, "Must be a text"),
    "name": ("", "Must not be empty"),
    "code": ("A", "Must have 2 characters or more"),
    "short": ("abc", "Must have 2 characters or fewer"),
    "lower": (LOUD, "Must match ^[a-z]+$"),
    "whole": (1.5, "Must be a whole number"),
    "number": ("1.5", "Must be a number"),
    "finite": ("1e999", "Must be a number that is not too large"),
    "answer": (1, "Must be true or false"),
    "least": (0, "Must be 1 or more"),
    "most": (8, "Must be 7 or less"),
    "above": (0.5, "Must be more than 0.5"),
    "below": (0.5, "Must be less than 0.5"),
    "even": (3, "Must be a multiple of 2"),
    "listed": ("a", "Must be a list"),
    "pair": ([1, 2, 3], "Must have 2 elements or fewer"),
    "two": ([1], "Must have 2 elements or more"),
    "mapped": ("a", "Must be an object"),
    "word": (LOUD, "Must be 'a' or 'b'"),
    "kind": (LOUD, "Must be 'c' or 'd'"),
    "day": (LOUD, "Must be a date such as 2030-01-31"),
    "moment": (LOUD, "Must be a date and time such as 2030-01-31T12:00:00Z"),
    "hour": (LOUD, "Must be a time such as 12:00:00"),
    "key": (LOUD, "Must be a UUID"),
    "tagged": ({"type": LOUD}, "Must be one of the kinds in the contract"),
    "own": ("x", "Must be as its author says"),
}


class Kind(Enum):
    C = "c"
    D = "d"


class First(Model):
    type: Literal["first"]


class Second(Model):
    type: Literal["second"]


def _never(_: object) -> object:
    raise ValueError("Must be as its author says")


class Everything(Model):
    """A field for each kind of mistake, and one that is missing."""

    given: str
    text: str = ""
    name: Annotated[str, Field(min_length=1)] = "a"
    code: Annotated[str, Field(min_length=2)] = "ab"
    short: Annotated[str, Field(max_length=2)] = ""
    lower: Annotated[str, Field(pattern="^[a-z]+$")] = "a"
    whole: int = 0
    number: float = 0.0
    finite: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    answer: bool = True
    least: Annotated[int, Field(ge=1)] = 1
    most: Annotated[int, Field(le=7)] = 1
    above: Annotated[float, Field(gt=0.5)] = 1.0
    below: Annotated[float, Field(lt=0.5)] = 0.0
    even: Annotated[int, Field(multiple_of=2)] = 2
    listed: tuple[str, ...] = ()
    pair: Annotated[list[int], Field(max_length=2)] = Field(default_factory=list)
    two: Annotated[list[int], Field(min_length=2)] = Field(default_factory=list)
    mapped: dict[str, int] = Field(default_factory=dict)
    word: Literal["a", "b"] = "a"
    kind: Kind = Kind.C
    day: date | None = None
    moment: datetime | None = None
    hour: time | None = None
    key: UUID | None = None
    tagged: Annotated[First | Second, Field(discriminator="type")] | None = None
    own: Annotated[str, AfterValidator(_never)] = ""


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
    label: Annotated[str, Field(alias="its label")] = ""
    labels: list[str] = Field(default_factory=list)
    extra: dict[str, object] = Field(default_factory=dict)
    anything: object = None


@pytest_asyncio.fixture(name="client")
async def fixture_client() -> AsyncIterator[httpx.AsyncClient]:
    app = Quart(__name__)
    errors.register(app)

    @app.post("/")
    async def read() -> Response:
        return answer((await json_body(Tree)).model_dump(exclude_unset=True))

    @app.post("/everything")
    async def refuse() -> Response:
        return answer((await json_body(Everything)).model_dump())

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


async def test_each_mistake_is_told_in_words_that_a_model_can_act_on(
    client: httpx.AsyncClient,
) -> None:
    sent = json.dumps({name: value for name, (value, _) in WORDS.items()})
    body = sent.replace('"1e999"', "1e999").encode()
    came = await client.post(
        "/everything", content=body, headers={"Content-Type": "application/json"}
    )
    told = {error["pointer"].removeprefix("#/"): error["detail"] for error in came.json()["errors"]}
    assert told == {"given": "Must be given", **{name: words for name, (_, words) in WORDS.items()}}
    assert LOUD not in came.text


@pytest.mark.parametrize(
    ("sent", "pointer", "place"),
    [
        ({"its label": "a\0"}, "#/its label", "its label"),
        ({"either": "\0"}, "#/either", "either"),
        ({"labels": ["a", "\0b"]}, "#/labels/1", "labels/1"),
        ({"children": [{"labels": ["\0"]}]}, "#/children/0/labels/0", "children/0/labels/0"),
        ({"extra": {"a": [{"b/c": "\0"}]}}, "#/extra/a/0/b~1c", "extra/a/0/b/c"),
        ({"extra": {"a\0": 1}}, "#/extra/a\0", "extra/a\0"),
        ({"anything": ["\0"]}, "#/anything/0", "anything/0"),
    ],
)
async def test_the_character_nul_is_refused_wherever_it_stands(
    client: httpx.AsyncClient, sent: dict[str, Any], pointer: str, place: str
) -> None:
    """PostgreSQL keeps it in no text."""
    came = await client.post("/", json=sent)
    detail = "Must not hold the character NUL"
    assert (came.status_code, came.json()["errors"]) == (
        422,
        [{"detail": detail, "pointer": pointer}],
    )
    assert came.json()["detail"] == f"The request breaks the contract: {place}: {detail}."


@pytest.mark.parametrize(
    "sent", [{"unknown": "\0", "its label": "a"}, {"its label": "\\u0000"}, {"unknown\0": 1}]
)
async def test_nul_is_only_looked_for_in_what_is_read(
    client: httpx.AsyncClient, sent: dict[str, Any]
) -> None:
    assert (await client.post("/", json=sent)).status_code == 200
