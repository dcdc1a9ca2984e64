"""What a caller may send to a plugin that `plugin-server init` made for a contract."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import httpx
import pytest
import pytest_asyncio

from .made_projects import imported, made

BODY = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "all": {"type": "string", "pattern": "^[^a]*$"},
        "lines": {"type": "array", "items": {"type": "string"}},
        "inside": {"type": "object"},
        "word": {"type": "string", "default": 'say "hi"\\'},
        "sort-by": {"type": "string", "enum": ["name", "date"], "default": "date"},
        "maybe": {"type": ["integer", "null"], "default": 3},
        "either": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": "a"},
        "words": {"type": "array", "items": {"type": "string"}, "default": ["a", "b"]},
        "unique": {"type": "array", "items": {}, "uniqueItems": True, "default": []},
        "none": {"type": ["string", "null"], "default": None},
        "object": {"type": "object", "default": {"a": 1}},
        "list": {"type": "array", "items": {"type": "string"}, "default": ["a", 1]},
    },
}
QUERY = {
    "page": {"type": "integer", "minimum": 1, "default": 1},
    "size": {"type": "integer", "enum": [10, 20], "default": 20},
    "share": {"type": "number", "default": 0.5},
    "open": {"type": "boolean", "default": True},
    "as_text": {"type": "integer", "default": "1"},
    "flag": {"type": "integer", "default": True},
    "low": {"type": "integer", "minimum": 1, "default": 0},
    "other": {"type": "integer", "enum": [10, 20], "default": 30},
    "long": {"type": "string", "maxLength": 2, "default": "abc"},
    "half": {"type": "integer", "minimum": -0.5, "exclusiveMaximum": 2.5},
    "lower": {"type": "string", "pattern": "^[a-z]+$", "default": "A"},
}


@pytest.fixture(name="package")
def fixture_package(tmp_path: Path) -> Any:
    """The package of a plugin whose one operation takes all that."""
    responses = {"200": {"description": "Done."}}
    operation = {
        "operationId": "addThing",
        "parameters": [{"name": name, "in": "query", "schema": QUERY[name]} for name in QUERY],
        "requestBody": {"required": True, "content": {"application/json": {"schema": BODY}}},
        "responses": responses,
    }
    contract = {"openapi": "3.1.0", "info": {"title": "Things", "version": "1"}}
    file = tmp_path / "contract.json"
    file.write_text(json.dumps({**contract, "paths": {"/things": {"post": operation}}}))
    with imported(made(tmp_path / "made-of-it", "--from-openapi", str(file))) as package:
        yield package


@pytest_asyncio.fixture(name="client")
async def fixture_client(
    package: ModuleType, database_url: str
) -> AsyncIterator[httpx.AsyncClient]:
    app = package.create_app(package.Settings(rate_limit="off", database_url=database_url))
    transport = httpx.ASGITransport(cast(Any, app))
    async with (
        app.test_app(),
        httpx.AsyncClient(transport=transport, base_url="http://localhost:5002") as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": "\0"}, "#/text"),
        ({"all": "\0"}, "#/all"),
        ({"lines": ["a", "\0"]}, "#/lines/1"),
        ({"inside": {"a": [{"b": "\0"}]}}, "#/inside/a/0/b"),
    ],
)
async def test_the_character_nul_is_refused_on_both_databases(
    client: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    answer = await client.post("/things", json=body)
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (
        422,
        [pointer],
    )


def test_a_default_that_fits_its_schema_is_that_of_the_field(package: ModuleType) -> None:
    models = package.routes.models
    said = models.AddThingParameters().model_dump(by_alias=True)
    fitting = {"page": 1, "size": 20, "share": 0.5, "open": True}
    none = dict.fromkeys(["as_text", "flag", "half", "low", "other", "long", "lower"])
    assert said == {**fitting, **none}
    said = models.AddThingBody().model_dump(by_alias=True)
    none = dict.fromkeys(["text", "all", "lines", "inside", "none", "object", "list"])
    assert said == {
        **none,
        "word": 'say "hi"\\',
        "sort-by": "date",
        "maybe": 3,
        "either": "a",
        "words": ["a", "b"],
        "unique": [],
    }


@pytest.mark.parametrize(("number", "status"), [(-1, 422), (0, 501), (2, 501), (3, 422)])
async def test_a_bound_of_integers_may_be_a_fraction(
    client: httpx.AsyncClient, number: int, status: int
) -> None:
    answer = await client.post("/things", params={"half": number}, json={})
    assert answer.status_code == status


def test_null_is_a_value_still_where_the_contract_says_so(package: ModuleType) -> None:
    from plugin_server.http.models import validated

    body = package.routes.models.AddThingBody
    assert validated(body, {"maybe": None, "either": None, "word": None}).model_dump(
        include={"maybe", "either", "word"}
    ) == {"maybe": None, "either": None, "word": 'say "hi"\\'}
