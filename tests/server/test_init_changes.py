"""What `plugin-server init` changed of a contract, told once for each kind; the contact stays."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from .made_projects import init

TEXT = {"type": "string"}
JSON = {"application/json": {"schema": {"type": "object", "properties": {"a": TEXT}}}}
DONE = {"description": "Done.", "content": JSON}
OPERATION = {
    "operationId": "addThing",
    "summary": "Add a thing",
    "description": "Add a thing.",
    "x-openai-isConsequential": True,
    "responses": {"200": DONE},
}
CONTRACT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "servers": [{"url": "PLUGIN_HOSTNAME"}],
    "paths": {"/things": {"post": OPERATION}},
}
ALWAYS = "failures are problems (RFC 9457), as the server answers them: the contract"


def told(folder: Path, contract: dict[str, Any]) -> list[str]:
    """What is told of the changes, but for the line that every contract has."""
    (folder / "contract.json").write_text(json.dumps(contract))
    ran = init(folder / "made-of-it", "--from-openapi", str(folder / "contract.json"))
    assert ran.exit_code == 0, ran.output
    lines = [line.partition("changed: ") for line in ran.output.splitlines()]
    return [line for _, changed, line in lines if changed and line != ALWAYS]


def test_nothing_is_told_where_nothing_is_changed(tmp_path: Path) -> None:
    assert told(tmp_path, CONTRACT) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            {"requestBody": {"content": JSON}},
            "a body that could be left out is required, the view reads one",
        ),
        (
            {
                "parameters": [
                    {"name": "ids", "in": "query", "required": True, "description": "Ids."}
                    | {"schema": {"type": "array", "items": TEXT}}
                ]
            },
            "a list that is required has an element or more, a query has no name without a value",
        ),
        (
            {"parameters": [{"name": "id", "in": "query", "schema": TEXT}]},
            "a parameter without a description has one made of its name",
        ),
        (
            {
                "parameters": [
                    {"name": "id", "in": "query", "schema": TEXT, "description": "a " * 150}
                ]
            },
            "a text is shortened to 200 characters, hosts take no more",
        ),
        (
            {"responses": {"200": {**DONE, "content": {**JSON, "application/xml": {}}}}},
            "an answer is JSON alone, a model reads no other",
        ),
        (
            {"responses": {"200": {**DONE, "headers": {"X-Total": {"schema": TEXT}}}}},
            "headers and links of an answer are left out, a model sees none",
        ),
        (
            {"responses": {"default": DONE}},
            "an operation without a success has one, or hosts expect none",
        ),
        ({"deprecated": True}, "members that no host reads are left out of an operation"),
        ({"summary": ""}, "an operation without a summary has one made of its name"),
        ({"description": ""}, "an operation without a description has its summary for one"),
        (
            {"x-openai-isConsequential": None},
            "an operation has the x-openai-isConsequential of its method",
        ),
    ],
)
def test_each_change_of_an_operation_is_told(
    tmp_path: Path, change: dict[str, Any], line: str
) -> None:
    operation = {name: each for name, each in (OPERATION | change).items() if each is not None}
    lines = told(tmp_path, {**CONTRACT, "paths": {"/things": {"post": operation}}})
    assert f"{line}: addThing" in lines
    # An answer that is made up is told to be one too.
    assert [each for each in lines if not each.startswith((line, "an answer without"))] == []


def test_what_goes_of_the_whole_contract_is_told_in_one_line(tmp_path: Path) -> None:
    info = {"license": {"name": "MIT"}, "termsOfService": "https://a.example", "summary": "Things"}
    contract = {
        **CONTRACT,
        "info": {
            **CONTRACT["info"],
            **info,
            "contact": {"name": "Ann", "url": "https://a.example"},
        },
        "tags": [{"name": "a"}],
        "externalDocs": {"url": "https://a.example"},
    }
    assert told(tmp_path, contract) == [
        "what no host reads is left out: info.license, info.termsOfService, info.summary, tags,"
        " externalDocs",
        "its contact is the plugin's: the contract",
    ]


@pytest.mark.parametrize(
    ("contact", "options", "expected"),
    [
        ({"email": "us@example.org"}, (), "us@example.org"),
        ({"email": "us@example.org"}, ("--contact", "me@example.org"), "me@example.org"),
        ({"email": "nobody"}, (), "support@example.com"),
        ({"email": 1}, (), "support@example.com"),
        ("us@example.org", (), "support@example.com"),
    ],
)
def test_the_contact_of_the_contract_is_that_of_the_plugin(
    tmp_path: Path, contact: object, options: tuple[str, ...], expected: str
) -> None:
    contract = {**CONTRACT, "info": {**CONTRACT["info"], "contact": contact}}
    (tmp_path / "contract.json").write_text(json.dumps(contract))
    ran = init(tmp_path / "made-of-it", "--from-openapi", str(tmp_path / "contract.json"), *options)
    assert ("changed: its contact is the plugin's" in ran.output) is (
        contact != {"email": expected}
    )
    written = yaml.safe_load((tmp_path / "made-of-it/openapi.yaml").read_text())
    assert written["info"]["contact"] == {"email": expected}
    manifest = json.loads((tmp_path / "made-of-it/ai-plugin.json").read_text())
    assert manifest["contact_email"] == expected
