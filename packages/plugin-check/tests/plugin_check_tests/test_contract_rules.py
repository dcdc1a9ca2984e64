"""What the contract's rules say, and leave unsaid, beyond the samples."""

from typing import Any

import pytest

from guarded_fetch import Fetch
from plugin_check.plugin import PluginSnapshot, SourceDocument
from plugin_check.rules import RULES
from plugin_check.rules.actions import state_violations

from .parts import Parts


def said(rule: str, parts: Parts) -> list[str]:
    """The messages of a rule about a contract."""
    plugin = PluginSnapshot(
        origin=parts.origin, contract=SourceDocument("openapi.yaml", parts.contract)
    )
    return [violation.message for violation in RULES[rule].evaluate(plugin)]


def test_a_reference_in_a_circle_is_told() -> None:
    parts = Parts()
    parts.contract["components"] = {"schemas": {"A": {"$ref": "#/components/schemas/A"}}}
    assert said("S01", parts) == ['The $ref "#/components/schemas/A" leads round in a circle.']


@pytest.mark.parametrize(
    "target", ["#/paths/~1plants~1%7Bplant_id%7D/delete/parameters/0/schema", "#plant", "#"]
)
def test_a_reference_may_be_percent_encoded_or_an_anchor(target: str) -> None:
    parts = Parts()
    plant = {"$anchor": "plant", "type": "string"}
    parts.contract["components"] = {"schemas": {"Plant": plant, "Other": {"$ref": target}}}
    assert said("S01", parts) == []


def test_a_ref_in_an_example_is_a_name_like_another() -> None:
    parts = Parts()
    example = {"$ref": "#/nowhere"}
    parts.contract["components"] = {"schemas": {"Plant": {"examples": [example], "x-a": example}}}
    assert (said("S01", parts), said("S06", parts)) == ([], [])


@pytest.mark.parametrize(
    ("fetch", "messages"),
    [
        ({"status": 404}, ["The contract's address answered 404, not 200."]),
        (
            {"failure_kind": "unresolved", "failure": "no such host"},
            ["The contract could not be fetched: no such host"],
        ),
        ({"failure_kind": "timeout"}, []),
    ],
)
def test_a_contract_that_was_not_served_is_told_once(
    fetch: dict[str, Any], messages: list[str]
) -> None:
    asked = Fetch("contract", "GET", "https://plants.test/openapi.yaml", **fetch)
    plugin = PluginSnapshot(origin="https://plants.test", fetches=(asked,))
    assert [violation.message for violation in RULES["S01"].evaluate(plugin)] == messages


def test_open_operations_may_stand_beside_one_way_to_sign_in() -> None:
    parts = Parts()
    parts.contract["security"] = [{"bearer": []}]
    parts.operation("get")["security"] = []
    assert said("G01", parts) == []


def test_a_body_that_the_query_can_replace_is_no_hindrance_to_a_delete() -> None:
    parts = Parts()
    schema = {"type": "object", "required": ["why"], "properties": {"why": {"type": "string"}}}
    operation = parts.operation("delete", "/plants/{plant_id}")
    operation["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": schema}},
    }
    assert len(said("S09", parts)) == 1
    operation["parameters"].append({"name": "why", "in": "query", "schema": {"type": "string"}})
    assert said("S09", parts) == []


@pytest.mark.parametrize(
    ("annotations", "messages"),
    [
        ({"readOnlyHint": True}, 0),
        ({"idempotentHint": True}, 0),
        ({"readOnlyHint": False}, 1),
        ({}, 1),
        (None, 1),
    ],
)
def test_a_post_that_only_reads_may_be_repeated(annotations: Any, messages: int) -> None:
    parts = Parts()
    operation = parts.operation("post")
    operation["x-mcp-annotations"] = annotations
    schema = {"type": "object", "properties": {"query": {"type": "string"}}}
    operation["requestBody"]["content"]["application/json"]["schema"] = schema
    assert len(said("T08", parts)) == messages


def deleting(schema: dict[str, Any], *parameters: tuple[str, str]) -> Parts:
    """A plugin whose DELETE must have such a body, and may have such parameters."""
    parts = Parts()
    operation = parts.contract["paths"].pop("/plants/{plant_id}")["delete"]
    operation["parameters"] = [
        {"name": name, "in": place, "required": place == "path", "schema": {}}
        for name, place in parameters
    ]
    content = {"application/json": {"schema": {"type": "object", **schema}}}
    operation["requestBody"] = {"required": True, "content": content}
    parts.contract["paths"]["/plants/delete"] = {"delete": operation}
    return parts


SEVERAL = {"properties": {"ids": {"type": "array", "items": {"type": "string"}}}}


@pytest.mark.parametrize(
    ("parts", "messages"),
    [
        (deleting(SEVERAL), 1),
        (deleting(SEVERAL, ("ids", "query")), 0),
        (deleting({**SEVERAL, "required": ["ids"]}, ("id", "query")), 0),
        (deleting({**SEVERAL, "required": ["ids", "why"]}, ("ids", "query")), 1),
        (deleting(SEVERAL, ("limit", "query")), 1),
        (deleting(SEVERAL, ("ids", "header")), 1),
    ],
)
def test_a_delete_of_several_may_take_their_ids_in_the_query(parts: Parts, messages: int) -> None:
    assert len(said("S09", parts)) == messages
    assert said("T08", parts) == []


@pytest.mark.parametrize("word", ["Befriending plants", "Alert words", "It responds with JSON"])
def test_phrases_are_looked_for_as_whole_words(word: str) -> None:
    parts = Parts()
    parts.operation("get")["description"] = word
    assert said("S08", parts) == []


@pytest.mark.parametrize(
    ("flows", "messages"),
    [
        ({"authorizationCode": {"authorizationUrl": "https://plants.test/a?scope=b"}}, []),
        (
            {"authorizationCode": {"authorizationUrl": "https://plants.test/a?state=b"}},
            ['The address "https://plants.test/a?state=b" has a `state` of its own already.'],
        ),
        (
            {"clientCredentials": {"tokenUrl": "https://plants.test/token"}},
            ['The OAuth flow "clientCredentials" has no `state` that the host could check.'],
        ),
    ],
)
def test_oauth_must_be_able_to_carry_the_hosts_state(
    flows: dict[str, Any], messages: list[str]
) -> None:
    scheme = {"type": "oauth2", "flows": flows}
    contract = SourceDocument("c", {"components": {"securitySchemes": {"oauth": scheme}}})
    plugin = PluginSnapshot(origin="https://plants.test", contract=contract)
    assert [violation.message for violation in state_violations(plugin)] == messages


def test_a_put_that_is_repeated_does_no_harm() -> None:
    parts = Parts()
    item = parts.contract["paths"].pop("/plants/{plant_id}")
    parameter = item["delete"]["parameters"][0] | {"name": "username"}
    item["delete"]["parameters"] = [parameter]
    parts.contract["paths"]["/plants/{username}"] = item
    assert len(said("T08", parts)) == 1
    item["put"] = item.pop("delete")
    assert said("T08", parts) == []


def test_a_part_of_a_schema_may_add_no_property() -> None:
    parts = Parts()
    content = parts.operation("get")["responses"]["200"]["content"]["application/json"]
    content["schema"] = {"allOf": [content["schema"], {"type": "object", "required": ["plants"]}]}
    assert said("S05", parts) == []
    content["schema"] = {"allOf": [{"type": "object", "properties": {"a": {"type": "object"}}}]}
    assert len(said("S05", parts)) == 1


@pytest.mark.parametrize(("seconds", "level"), [(10.0, "warning"), (45.1, "error")])
def test_a_call_that_was_given_up_early_may_yet_be_in_time(seconds: float, level: str) -> None:
    late = Fetch("probe", "GET", "https://x.test/", "get", failure_kind="timeout", seconds=seconds)
    plugin = PluginSnapshot(origin="https://x.test", fetches=(late,))
    rule = RULES["T06"]
    default = rule.levels["actions"][0]
    assert [each.level or default for each in rule.evaluate(plugin)] == [level]
