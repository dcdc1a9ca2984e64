"""OpenAPI's own JSON Schemas, compiled for the version at hand, and that of packages.

They are in schemas/, whose README says where they come from.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema_rs import Draft7Validator, Draft202012Validator

    Validator = Draft7Validator | Draft202012Validator

SCHEMAS = Path(__file__).parent / "schemas"
VERSIONS = ("3.0", "3.1", "3.2")

REFERENCE = {"$ref": "#/definitions/Reference"}


@lru_cache
def validator_of(version: str, *, with_schema_objects: bool) -> "Validator":
    import jsonschema_rs

    regular = jsonschema_rs.RegexOptions()
    schema = _load(f"openapi-{version}")
    if version == "3.0":
        return jsonschema_rs.Draft7Validator(
            {**_decided(schema), "$schema": "http://json-schema.org/draft-07/schema#"},
            pattern_options=regular,
            validate_formats=False,
            mask="it",
        )
    parts = [schema, _load(f"openapi-{version}-dialect"), _load(f"openapi-{version}-meta")]
    # The official "schema-base" also insists on one dialect and its date; this does not.
    base: dict[str, Any] = {"$ref": schema["$id"]}
    if with_schema_objects:
        base["$defs"] = {"schema": {"$dynamicAnchor": "meta", "$ref": parts[1]["$id"]}}
    return jsonschema_rs.Draft202012Validator(
        base,
        registry=jsonschema_rs.Registry([(part["$id"], part) for part in parts]),
        pattern_options=regular,
        validate_formats=False,
        mask="it",
    )


@lru_cache
def package_validator(file: str) -> "Validator":
    """The validator of a file of a portable package, "plugin.json" or "mcp.json"."""
    import jsonschema_rs

    schema = {**_load("portable-package"), "$ref": f"#/$defs/{file}"}
    return jsonschema_rs.Draft202012Validator(
        schema, pattern_options=jsonschema_rs.RegexOptions(), mask="it"
    )


def _load(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_bytes())
    return schema


def _decided(schema: Any) -> Any:
    """The schema of 3.0 with "either this or a reference" decided by whether there is a `$ref`.

    So do the later versions. As the official file has it, in draft 4, each level of nesting
    repeats the errors of all those below.
    """
    if isinstance(schema, list):
        return [_decided(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    decided = {key: _decided(each) for key, each in schema.items()}
    if decided.get("exclusiveMinimum") is True:
        decided["exclusiveMinimum"] = decided.pop("minimum")
    choices = decided.get("oneOf")
    if isinstance(choices, list) and REFERENCE in choices:
        others = [each for each in choices if each != REFERENCE]
        del decided["oneOf"]
        *simple, otherwise = sorted(others, key=lambda each: "$ref" in each)
        for each in simple:
            otherwise = {"if": each, "else": otherwise}
        is_reference = {"type": "object", "required": ["$ref"]}
        decided.update({"if": is_reference, "then": REFERENCE, "else": otherwise})
    return decided
