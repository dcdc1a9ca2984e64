"""The operations of the contract, and whether an answer is one that they promise."""

import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import jsonschema_rs

from .contract import make_bounds_numbers
from .mcp.tools import METHODS, Schema, inlined

_JSON = re.compile(r"application/(?:[\w.-]+\+)?json")
_VARIABLE = re.compile(r"\\\{[^/{}]*\\\}")


class Content(NamedTuple):
    """What an answer of one media type holds; `schema` is None where the contract has none, or one
    that cannot be used.
    """

    media_range: str
    schema: jsonschema_rs.Validator | None


class Operation:
    """An operation. `path` is as the contract writes it."""

    def __init__(self, contract: Schema, method: str, path: str, operation: Schema) -> None:
        self.method = method.upper()
        self.path = path
        self.pattern = re.compile(_VARIABLE.sub("[^/]+", re.escape(path)))
        is_old = str(contract.get("openapi", "")).startswith("3.0")
        self._contents = {
            str(status).upper(): _contents(inlined(contract, response), is_old)
            for status, response in operation.get("responses", {}).items()
        }

    def verdict(self, status: int, content_type: str, text: str | None) -> str:
        """`matches`, or what about the answer does not: in the contract's words, not the answer's.
        `text` is None for an answer to HEAD.
        """
        declared = self._contents
        contents = declared.get(str(status), declared.get(f"{status // 100}XX"))
        contents = declared.get("DEFAULT") if contents is None else contents
        if contents is None:
            return "undeclared_status"
        media_type = content_type.partition(";")[0].strip().lower()
        if not text and not contents:
            return "matches"
        fitting = [each for each in contents if fnmatchcase(media_type, each.media_range)]
        if not fitting:
            return "undeclared_type"
        if text is None or fitting[0].schema is None or not _JSON.fullmatch(media_type):
            return "matches"
        return _compared(fitting[0].schema, text)


class Operations:
    """All of a contract. Raises what comes of one that is not as OpenAPI has it: AttributeError,
    LookupError, TypeError and ValueError.
    """

    def __init__(self, contract: Schema) -> None:
        found = [
            Operation(contract, method, path, operation)
            for path, item in contract["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        ]
        # Where two fit, the one with fewer variables does (OpenAPI 3.1, Paths Object).
        self._operations = sorted(found, key=lambda each: each.path.count("{"))

    def find(self, method: str, path: str) -> Operation | None:
        """The operation for a request, if there is one; `path` is as it was sent."""
        for method_meant in (method, "GET") if method == "HEAD" else (method,):
            for each in self._operations:
                if each.method == method_meant and each.pattern.fullmatch(path):
                    return each
        return None


def _contents(response: Schema, is_old: bool) -> list[Content]:
    return [
        Content(str(name).partition(";")[0].strip().lower(), _validator(content, is_old))
        for name, content in response.get("content", {}).items()
    ]


def _validator(content: Mapping[str, Any], is_old: bool) -> jsonschema_rs.Validator | None:
    schema = content.get("schema")
    if schema is None:
        return None
    try:
        return jsonschema_rs.Draft202012Validator(
            _as_json_schema(schema) if is_old else schema, retriever=_fetch_nothing
        )
    except ValueError:  # plugin-check says which and why.
        return None


def _fetch_nothing(uri: str) -> Any:  # noqa: ARG001 - jsonschema-rs passes it
    raise ValueError


def _compared(schema: jsonschema_rs.Validator, text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        return "not_json"
    error: jsonschema_rs.ValidationError | None = next(schema.iter_errors(value), None)
    if error is None:
        return "matches"
    return "breaks:" + "/".join(str(each) for each in error.schema_path)


def _as_json_schema(value: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema has it: null is a type, and a limit that is left out
    of a range is a number.
    """
    if isinstance(value, list):
        return [_as_json_schema(each) for each in value]
    if not isinstance(value, dict):
        return value
    schema = {name: _as_json_schema(each) for name, each in value.items()}
    if schema.pop("nullable", None) is True and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    make_bounds_numbers(schema)
    return schema
