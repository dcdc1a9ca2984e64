"""What a contract may look like, and the tools that come of it."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from quart import Quart

from plugin_server.documents import Documents, InvalidDocument
from plugin_server.mcp.routes import McpEndpoint
from plugin_server.mcp.tools import tools_of
from plugin_server.settings import Settings

from .made_up import write_documents

NAMED = {"name": "tryIt", "title": "tryIt", "description": ""}
NOTHING = {"type": "object", "properties": {}, "required": []}
CAREFUL = {
    "readOnlyHint": False,
    "destructiveHint": False,
    "idempotentHint": False,
    "openWorldHint": False,
}


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


@pytest.mark.parametrize(
    "reference",
    ["#/components/schemas/A~1B", "#/components/schemas/A%20B", "#/components/several/0"],
)
def test_a_reference_is_a_json_pointer_in_a_url(reference: str) -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    components = {"schemas": {"A/B": schema, "A B": schema}, "several": [schema]}
    tool = described({"requestBody": json_content({"$ref": reference})}, **components)
    assert tool["inputSchema"] == {**schema, "required": []}


def test_what_stands_beside_a_reference_may_refer_too() -> None:
    body = {
        "$ref": "#/components/schemas/Thing",
        "properties": {"name": {"$ref": "#/components/schemas/Name"}},
    }
    schemas = {"Thing": {"type": "object"}, "Name": {"type": "string"}}
    tool = described({"requestBody": json_content(body)}, schemas=schemas)
    assert tool["inputSchema"]["properties"] == {"name": {"type": "string"}}


def test_what_a_contract_leaves_out_is_made_up_for() -> None:
    bare = {**NAMED, "inputSchema": NOTHING}
    assert described({}) == {**bare, "annotations": CAREFUL}
    named = {"summary": "Try it", "x-mcp-annotations": {"openWorldHint": True}}
    told = {"title": "Try it", "description": "Try it"}
    assert described(named) == {**bare, **told, "annotations": {**CAREFUL, "openWorldHint": True}}


def test_a_text_for_models_takes_the_place_of_the_one_for_people() -> None:
    def text(name: str) -> dict[str, Any]:
        return {"description": f"{name} for people", "x-mcp-description": f"{name} for models"}

    inner = {"type": "object", "properties": {"deep": {"type": "string", **text("deep")}}}
    members = {"member": {**inner, **text("member")}}
    thing = {"type": "object", "properties": members}
    tool = described(
        {
            **text("operation"),
            "parameters": [
                {"name": "page", "in": "query", "schema": {"type": "integer"}, **text("page")}
            ],
            "requestBody": json_content({"$ref": "#/components/schemas/Thing"}),
            "responses": {"200": json_content({"$ref": "#/components/schemas/Thing"})},
        },
        schemas={"Thing": thing},
    )
    assert tool["description"] == "operation for models"
    properties = tool["inputSchema"]["properties"]
    assert properties["page"]["description"] == "page for models"
    assert properties["member"] == tool["outputSchema"]["properties"]["member"]
    assert properties["member"]["description"] == "member for models"
    assert properties["member"]["properties"]["deep"]["description"] == "deep for models"
    assert "for people" not in str(tool)
    assert "x-mcp" not in str(tool)


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


def test_successes_that_differ_promise_nothing() -> None:
    first, other = {"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}
    responses = {"200": json_content(first), "201": json_content(first)}
    assert described({"responses": responses})["outputSchema"] == first
    for more in ({}, json_content(other)):
        assert "outputSchema" not in described({"responses": {**responses, "202": more}})


def test_a_contract_that_gives_no_tools_is_told_at_the_start(tmp_path: Path) -> None:
    write_documents(tmp_path)
    parameters = [{"$ref": "#/components/parameters/nobody"}]
    operation = {"operationId": "tryIt", "parameters": parameters, "responses": {}}
    contract = {"openapi": "3.1.0", "info": {}, "paths": {"/": {"get": operation}}}
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(contract))
    documents = Documents(tmp_path, Settings())
    with pytest.raises(InvalidDocument, match=r"^openapi\.yaml: its operations cannot be read"):
        McpEndpoint(Quart(__name__), documents, Settings())
