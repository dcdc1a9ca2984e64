"""Compares values with schemas, in a process of its own: the argument is the import path."""

import json
import sys
from typing import Any

REGEX_BYTES = 1_000_000
BACKTRACKS = 100_000

COMPOSED = {"allOf", "anyOf", "oneOf"}


def main() -> None:
    """Read `{contract, pairs: [[schema, value]]}`, write `[[outcome, pointer, message]]`."""
    sys.path[:] = json.loads(sys.argv[1])
    asked = json.load(sys.stdin)
    contract = asked["contract"] if isinstance(asked["contract"], dict) else {}
    # Next to the contract's own keys, so that `#/components/…` leads where it leads there.
    contract["x-checked"] = [schema for schema, _ in asked["pairs"]]
    if str(contract.get("openapi", "")).startswith("3.0"):
        contract = _as_of_2020(contract)
    json.dump(
        [_outcome(contract, index, value) for index, (_, value) in enumerate(asked["pairs"])],
        sys.stdout,
    )


def _outcome(contract: dict[str, Any], index: int, value: Any) -> tuple[str, str, str]:
    import jsonschema_rs as json_schema  # not before sys.path is the parent's

    try:
        # Nothing is registered but the contract, and nothing else can be retrieved.
        registry = json_schema.Registry(
            [("check://contract/", contract)], json_schema.Draft202012, _never
        )
        validator = json_schema.Draft202012Validator(
            {"$ref": f"check://contract/#/x-checked/{index}"},
            registry=registry,
            retriever=None,
            mask="this",
            pattern_options=json_schema.FancyRegexOptions(BACKTRACKS, REGEX_BYTES),
            offline=True,
        )
        error = next(validator.iter_errors(value), None)
    except (ValueError, json_schema.ReferencingError) as failure:
        return "incomparable", "", getattr(failure, "message", str(failure))
    if error is None:
        return "fits", "", ""
    path = (str(step).replace("~", "~0").replace("/", "~1") for step in error.instance_path)
    return "differs", "".join(f"/{step}" for step in path), error.message


def _never(address: str) -> Any:
    raise ValueError(f"{address} is not in the contract")


def _as_of_2020(value: Any) -> Any:
    """A document of OpenAPI 3.0, with what its schemas said otherwise than those of 3.1."""
    if isinstance(value, list):
        return [_as_of_2020(each) for each in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("$ref"), str):
        return {"$ref": value["$ref"]}
    schema = {key: _as_of_2020(each) for key, each in value.items()}
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
        if isinstance(schema.get("enum"), list):
            schema["enum"] = [*schema["enum"], None]
    for exclusive, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(schema.get(exclusive), bool):
            excluded = schema.pop(exclusive)
            if excluded and limit in schema:
                schema[exclusive] = schema.pop(limit)
    if isinstance(schema.get("required"), list) and isinstance(schema.get("properties"), dict):
        schema["required"] = [
            name
            for name in schema["required"]
            if not (isinstance(name, str) and _never_answered(schema["properties"].get(name)))
        ]
    if schema.get("nullable") is True and "type" not in schema and COMPOSED & schema.keys():
        # What generators write for a reference that may be null.
        return {"anyOf": [schema, {"type": "null"}]}
    return schema


def _never_answered(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("writeOnly") is True


if __name__ == "__main__":
    main()
