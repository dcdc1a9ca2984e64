"""OpenAPI's own schemas find each mistake once, where it is, in little time and whatever comes."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from plugin_check.defect_words import worded
from plugin_check.defects import DEPTH, VALUES, Unbounded, defects
from plugin_check.validators import VERSIONS

from .parts import TODO

CONTRACT = yaml.safe_load((TODO / "openapi.yaml").read_text())
QUICKSTART = yaml.safe_load((Path(__file__).parent / "quickstart/openapi.yaml").read_text())


def document(version: str, schema: Any = None, **fields: Any) -> dict[str, Any]:
    """A small contract of that version, with a schema in its components."""
    return {
        "openapi": f"{version}.0",
        "info": {"title": "Plants", "version": "1"},
        "paths": {},
        "components": {"schemas": {"Plant": {} if schema is None else schema}},
        **fields,
    }


def found(document: dict[str, Any], version: str) -> list[tuple[str, str]]:
    """The place and the message of each defect."""
    return [
        ("/".join(map(str, each.path)), worded(each, document)[0])
        for each in defects(document, version)
    ]


def test_a_good_contract_has_no_defect() -> None:
    assert found(CONTRACT, "3.1") == []


def test_the_quickstart_has_its_two_defects_and_no_more() -> None:
    message = (
        "`required` must be a list of names in an object schema; "
        "in a property it says nothing. Here it is true."
    )
    schemas = "components/schemas"
    assert found(QUICKSTART, "3.0") == [
        (f"{schemas}/addTodoRequest/properties/todo/required", message),
        (f"{schemas}/deleteTodoRequest/properties/todo_idx/required", message),
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_required_in_a_property_is_to_be_moved_to_the_object(version: str) -> None:
    broken = document(version, {"properties": {"name": {"required": True}}})
    [defect] = defects(broken, version)
    assert worded(defect, broken)[1] == (
        'Write `required: ["name"]` in the object that has the property, '
        "beside `properties`, and delete it here."
    )


SCHEMA = "components/schemas/Plant"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("schema", "place", "message"),
    [
        ({"properties": []}, f"{SCHEMA}/properties", '"properties" is a list, not an object.'),
        (
            {"properties": {"a": {"items": {"minLength": "5"}}}},
            f"{SCHEMA}/properties/a/items/minLength",
            '"minLength" is "5", not a whole number.',
        ),
        (
            {"type": "int"},
            f"{SCHEMA}/type",
            '"type" is "int", which OpenAPI does not allow here.',
        ),
        (
            {"properties": {"a": {"allOf": []}}},
            f"{SCHEMA}/properties/a/allOf",
            '"allOf" needs at least 1 entries.',
        ),
    ],
)
def test_a_defect_of_a_schema_is_told_once_and_at_its_place(
    version: str, schema: Any, place: str, message: str
) -> None:
    if version == "3.0" and "allOf" in str(schema):
        pytest.skip("3.0 allows an empty allOf")
    assert found(document(version, schema), version) == [(place, message)]


RESPONSES = {"200": {"description": "Fine."}}
OPERATION = {"responses": RESPONSES}
GET = "paths//plants/get"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"paths": {"plants": {}}},
            [("paths/plants", 'The path "plants" does not start with a slash.')],
        ),
        (
            {"paths": {"/plants": {"get": {**OPERATION, "sumary": "Get"}}}},
            [(f"{GET}/sumary", 'OpenAPI knows no field "sumary" here.')],
        ),
        (
            {
                "paths": {
                    "/plants": {"get": {"responses": {**RESPONSES, "OK": {"description": "Fine."}}}}
                }
            },
            [(f"{GET}/responses/OK", '"OK" is no status of an answer.')],
        ),
        (
            {"paths": {"/plants": {"get": {**OPERATION, "parameters": [7]}}}},
            [(f"{GET}/parameters/0", '"0" is 7, not an object.')],
        ),
        (
            {"paths": {"/plants": {"get": {**OPERATION, "requestBody": {}}}}},
            [(f"{GET}/requestBody", '"content" is missing here.')],
        ),
        (
            {"components": {"securitySchemes": {"a": {"type": "oauth2"}}}},
            [("components/securitySchemes/a", '"flows" is missing here.')],
        ),
        (
            {"info": {}},
            [("info", '"title" is missing here.'), ("info", '"version" is missing here.')],
        ),
        ({"tags": "a"}, [("tags", '"tags" is "a", not a list.')]),
    ],
)
def test_a_defect_of_the_document_is_told_once_and_at_its_place(
    version: str, fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    broken = document(version, **fields)
    assert sorted(found(broken, version)) == [(place, message) for place, message in expected]


@pytest.mark.parametrize("version", VERSIONS)
def test_of_alternatives_all_that_would_do_are_named(version: str) -> None:
    broken = document(version, components={"securitySchemes": {"a": {"type": "apikey"}}})
    [defect] = defects(broken, version)
    assert {"apiKey", "http", "oauth2", "openIdConnect"} <= set(defect.wanted)


def test_another_dialect_of_json_schema_is_not_judged() -> None:
    other = document("3.1", {"required": True}, jsonSchemaDialect="https://plants.test/dialect")
    assert found(other, "3.1") == []
    assert found(document("3.1", {"required": True}), "3.1") != []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_hundred_thousand_values_are_judged_in_two_seconds(version: str) -> None:
    properties = {f"p{number}": {"type": "string", "title": "P"} for number in range(30)}
    many = {f"s{number}": {"properties": properties, "required": True} for number in range(1000)}
    start = time.perf_counter()
    assert len(list(defects(document(version, components={"schemas": many}), version))) == 1000
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("version", VERSIONS)
def test_a_deep_document_is_judged_and_a_deeper_one_is_refused(version: str) -> None:
    def nested(levels: int) -> dict[str, Any]:
        schema: Any = {"type": 7}
        for _ in range(levels):
            schema = {"not": schema}
        return document(version, schema)

    [defect] = defects(nested(DEPTH - 5), version)
    assert defect.path[-2:] == ("not", "type")
    for levels in (DEPTH, 100 * DEPTH):
        with pytest.raises(Unbounded, match=f"is nested deeper than {DEPTH} levels"):
            list(defects(nested(levels), version))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_defect_below_many_levels_costs_no_more_than_one_above(version: str) -> None:
    schema: Any = {"type": 7, "properties": {f"p{number}": {} for number in range(25_000)}}
    for _ in range(DEPTH - 10):
        schema = {"not": schema}
    start = time.perf_counter()
    assert len(found(document(version, schema), version)) == 1
    assert time.perf_counter() - start < 2


def test_a_bomb_of_aliases_is_refused_soon() -> None:
    bomb: Any = "x"
    for _ in range(20):
        bomb = [bomb] * 10
    start = time.perf_counter()
    with pytest.raises(Unbounded, match=f"has more than {VALUES} values"):
        list(defects(document("3.1", {"enum": bomb}), "3.1"))
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "value",
    [None, True, 10**5000, float("nan"), float("inf"), "\ud800", b"x", {7: 7}, {None: []}, [[]]],
    ids=lambda value: repr(value)[:12] if not isinstance(value, int) else "number",
)
def test_values_that_json_does_not_have_are_told_like_others(version: str, value: Any) -> None:
    places = [place for place, _ in found(document(version, tags=value), version)]
    assert [place.partition("/")[0] for place in places] == ["tags"]
