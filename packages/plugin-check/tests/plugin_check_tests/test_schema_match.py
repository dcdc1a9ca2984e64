"""Comparing answers with a contract's schemas, which may be anybody's."""

from typing import Any

import pytest

from plugin_check import schema_match
from plugin_check.plugin import SourceDocument
from plugin_check.schema_match import Match, matches


def match(schema: Any, value: Any, version: str = "3.1.0", **schemas: Any) -> Match:
    contract = {"openapi": version, "components": {"schemas": schemas}}
    return matches(SourceDocument("openapi.yaml", contract), [(schema, value)])[0]


def test_references_lead_into_the_contract_and_may_be_cyclic() -> None:
    tree = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Tree"}}}
    reference = {"$ref": "#/components/schemas/Tree"}
    assert match(reference, {"child": {"child": {}}}, Tree=tree) == Match("fits")
    assert match(reference, {"child": {"child": 3}}, Tree=tree) == Match(
        "differs", "/child/child", 'this is not of type "object"'
    )


def test_a_circle_of_references_ends() -> None:
    circle = {"$ref": "#/components/schemas/Circle"}
    assert match(circle, 1, Circle=circle) == Match("fits")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x", "file:///etc/hostname", "other.yaml", "#/nowhere"]
)
def test_references_that_lead_elsewhere_are_never_followed(address: str) -> None:
    assert match({"$ref": address}, 1).outcome == "incomparable"


def test_openapi_3_0_has_its_own_words() -> None:
    schema = {
        "type": "object",
        "required": ["name", "secret"],
        "properties": {
            "name": {"type": "string", "nullable": True, "enum": ["a"]},
            "secret": {"type": "string", "writeOnly": True},
            "size": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
        },
    }
    assert match(schema, {"name": None}, "3.0.3") == Match("fits")
    assert match(schema, {"name": "a", "size": 0}, "3.0.3").pointer == "/size"


@pytest.mark.parametrize("key", ["allOf", "anyOf", "oneOf"])
def test_a_reference_in_openapi_3_0_may_be_null_where_it_says_so(key: str) -> None:
    plant = {"type": "object", "required": ["name"]}
    schema: dict[str, Any] = {key: [{"$ref": "#/components/schemas/Plant"}]}
    assert match(schema, None, "3.0.3", Plant=plant).outcome == "differs"
    schema["nullable"] = True
    assert match(schema, None, "3.0.3", Plant=plant) == Match("fits")
    assert match(schema, {}, "3.0.3", Plant=plant).outcome == "differs"


def test_one_bad_schema_does_not_hide_the_others() -> None:
    pairs = [({"type": "objekt"}, 1), ({"type": "string"}, 1), ({"type": "string"}, "a")]
    found = matches(SourceDocument("openapi.yaml", {"openapi": "3.1.0"}), pairs)
    assert [each.outcome for each in found] == ["incomparable", "differs", "fits"]


def test_a_schema_that_takes_years_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_match, "SECONDS", 0.5)
    doubling: dict[str, Any] = {
        f"S{level}": {"anyOf": [{"$ref": f"#/components/schemas/S{level + 1}"}] * 2}
        for level in range(60)
    }
    found = match({"$ref": "#/components/schemas/S0"}, 1, S60={"type": "string"}, **doubling)
    assert found == Match("incomparable", "", "comparing them took more than 0.5 seconds")


@pytest.mark.parametrize(
    ("pattern", "right"),
    [
        ("^(a+)+$", "differs"),
        (r"^(a|aa|aaa)*(?=c)\1$", "differs"),
        ("((a{0,999}){0,999}){0,999}", "fits"),
    ],
)
def test_a_pattern_that_explodes_ends(pattern: str, right: str) -> None:
    outcome = match({"pattern": pattern}, "a" * 5_000 + "b").outcome
    # Newer releases of the library compare what older ones give up on.
    assert outcome in (right, "incomparable")


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("contract", "value"),
    [(None, 1), ([], 1), ({1: 2}, float("nan")), ({"x": 10**400}, "\ud800"), ({}, nested(100_000))],
    ids=["nothing", "a list", "numbers for keys", "what is no text", "depth"],
)
def test_contracts_and_answers_of_any_shape_are_met(contract: Any, value: Any) -> None:
    found = matches(SourceDocument("openapi.yaml", contract), [({"type": "integer"}, value)])
    assert [type(each) for each in found] == [Match]
