"""What a contract may look like, and the tools that come of it."""

from typing import Any

import jsonschema_rs
import pytest
import yaml

from app.documents import project_folder
from app.mcp.tools import tools_of

from .mcp_listing import TOOLS

NAMED = {"name": "tryIt", "title": "tryIt", "description": ""}
NOTHING = {"type": "object", "properties": {}, "required": []}
CAREFUL = {
    "readOnlyHint": False,
    "destructiveHint": False,
    "idempotentHint": False,
    "openWorldHint": False,
}


def test_the_tools_are_the_operations_of_the_contract() -> None:
    contract = yaml.safe_load((project_folder() / "openapi.yaml").read_text())
    operations = [each for path in contract["paths"].values() for each in path.values()]
    assert [tool["name"] for tool in TOOLS] == [each["operationId"] for each in operations]
    assert [tool["title"] for tool in TOOLS] == [each["summary"] for each in operations]


def described(operation: dict[str, Any], **components: Any) -> dict[str, Any]:
    """The tool of a contract whose only operation this is, as it is listed."""
    path_level = operation.pop("path level", [])
    item = {"parameters": path_level, "post": {"operationId": "tryIt", **operation}}
    contract = {"paths": {"/{id}": item}, "components": components}
    return dict(tools_of(contract)["tryIt"].listed)


def json_content(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def test_a_schema_that_holds_itself_is_told_once_and_then_left_open() -> None:
    node = {
        "type": "object",
        "properties": {
            "value": {"type": "string"},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
            "left": {"$ref": "#/components/schemas/Node"},
            "right": {"$ref": "#/components/schemas/Other"},
        },
    }
    other = {"type": "object", "properties": {"node": {"$ref": "#/components/schemas/Node"}}}
    body = json_content({"$ref": "#/components/schemas/Node"})
    tool = described({"requestBody": body}, schemas={"Node": node, "Other": other})
    assert tool["inputSchema"]["properties"] == {
        "value": {"type": "string"},
        "children": {"type": "array", "items": {}},
        "left": {},
        "right": {"type": "object", "properties": {"node": {}}},
    }
    tool = described({"responses": {"200": body}}, schemas={"Node": node, "Other": other})
    tree = {"value": "a", "children": [{"value": "b", "children": []}], "left": {"value": "c"}}
    jsonschema_rs.validate(tool["outputSchema"], tree)


def test_what_a_contract_leaves_out_is_made_up_for() -> None:
    bare = {**NAMED, "inputSchema": NOTHING}
    assert described({}) == {**bare, "annotations": CAREFUL}
    named = {"summary": "Try it", "x-mcp-annotations": {"openWorldHint": True}}
    told = {"title": "Try it", "description": "Try it"}
    assert described(named) == {**bare, **told, "annotations": {**CAREFUL, "openWorldHint": True}}


def test_only_parameters_of_the_path_and_the_query_are_arguments() -> None:
    parameters = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "page", "in": "query", "schema": {"type": "integer"}, "description": "Old."},
        {"name": "X-Trace", "in": "header", "required": True, "schema": {"type": "string"}},
        {"name": "session", "in": "cookie", "required": True, "schema": {"type": "string"}},
    ]
    newer = {"name": "page", "in": "query", "required": True, "schema": {"type": "string"}}
    tool = described({"path level": parameters, "parameters": [newer]})
    properties = {"id": {"type": "string"}, "page": {"type": "string"}}
    assert tool["inputSchema"] == {
        "type": "object",
        "properties": properties,
        "required": ["id", "page"],
    }


@pytest.mark.parametrize(
    "schema", [{"type": "array", "items": {}}, {"oneOf": []}, {"type": "object"}]
)
def test_a_body_without_named_members_is_one_argument(schema: dict[str, Any]) -> None:
    tool = described({"requestBody": {**json_content(schema), "required": True}})
    expected = {"type": "object", "properties": {"body": schema}, "required": ["body"]}
    assert tool["inputSchema"] == expected
    tool = described({"requestBody": json_content(schema)})
    assert tool["inputSchema"] == {**expected, "required": []}


def test_only_an_object_is_structured() -> None:
    for schema in ({"type": "array", "items": {}}, {"type": "string"}, {}):
        assert "outputSchema" not in described({"responses": {200: json_content(schema)}})
    others: list[dict[str, Any]] = [{}, {"204": {}}, {"404": json_content({"type": "object"})}]
    for responses in others:
        assert "outputSchema" not in described({"responses": responses})
