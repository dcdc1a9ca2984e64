"""The fixture `client` holds each success to the contract, and leaves failures to the library."""

import httpx
import pytest

from plugin_server.testing.answers import comparing
from plugin_server.testing.samples import edge_values

NOTE = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
CONTRACT = {
    "openapi": "3.1.0",
    "paths": {
        "/notes/{id}": {
            "get": {"responses": {"200": {"content": {"application/json": {"schema": NOTE}}}}}
        }
    },
}


async def got(status: int, members: dict[str, object], path: str = "/notes/a%20b?x=1") -> int:
    """The status that a test sees when the plugin answers so."""

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json=members)

    hooks = {"response": [comparing(CONTRACT)]}
    transport = httpx.MockTransport(answer)
    async with httpx.AsyncClient(transport=transport, event_hooks=hooks) as client:
        return (await client.get(f"http://localhost{path}")).status_code


async def test_what_the_contract_has_and_what_is_no_success_pass() -> None:
    assert await got(200, {"id": "a"}) == 200
    assert await got(404, {"code": "not_found"}) == 404
    assert await got(200, {}, "/healthz") == 200


@pytest.mark.parametrize(
    ("status", "members", "verdict"),
    [
        (200, {"idd": "a"}, "breaks:required"),
        (200, {"id": 1}, "breaks:properties/id/type"),
        (201, {"id": "a"}, "undeclared_status"),
    ],
)
async def test_a_success_that_the_contract_does_not_have_fails(
    status: int, members: dict[str, object], verdict: str
) -> None:
    told = f"GET /notes/{{id}}: the contract has no such answer ({verdict}): {status} "
    with pytest.raises(AssertionError) as raised:
        await got(status, members)
    assert str(raised.value).startswith(told)


def test_the_values_at_a_limit_are_those_that_the_schema_takes() -> None:
    text = {"type": "string", "minLength": 1, "maxLength": 3, "pattern": "^[^/]+$"}
    assert list(edge_values(text)) == [("minLength", "x"), ("maxLength", "xxx")]
    assert list(edge_values({**text, "pattern": "^[0-9]+$"})) == []
    assert list(edge_values({"type": "integer", "minimum": 1, "maximum": 50})) == [
        ("minimum", 1),
        ("maximum", 50),
    ]
    items = {"type": "array", "maxItems": 2, "items": {"type": "integer"}}
    assert list(edge_values(items)) == [("maxItems", [0, 0])]
