"""The request body of an operation and its answers, in JSON."""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from ...errors import NotWritten
from ...mcp.tools import inlined
from .changes import Changes
from .reading import resolved, target
from .schemas import cleaned, shortened

Schema = dict[str, Any]

JSON = re.compile(r"application/(?:[\w.+-]+\+)?json|text/json|\*/\*|application/\*", re.IGNORECASE)
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
CHARACTERS = 200_000  # of a request's schema, written out
COMPONENT = re.compile(r"#/components/schemas/([A-Za-z0-9._-]+)")
PROBLEM = {"$ref": "#/components/responses/Problem"}
ANYTHING: Schema = {"type": "object", "additionalProperties": {}}


def body_of(contract: Schema, operation: Schema, changes: Changes, place: str) -> Schema | None:
    """The schema of the body; None for no body."""
    content = resolved(contract, operation.get("requestBody")).get("content")
    if not isinstance(content, dict) or not content:
        return None
    kind = next((name for name in content if JSON.fullmatch(_type(name))), None)
    if kind is None:
        kind = next((name for name in content if _type(name) in FORMS), None)
        if kind is None:
            changes.note("a body that is no JSON is left out, a model writes no other", place)
            return None
        changes.note("a form is a body in JSON, which is what hosts send", place)
    elif len(content) > 1:
        changes.note("a body is JSON alone, which is what hosts send", place)
    given = resolved(contract, content[kind]).get("schema") or ANYTHING
    schema = _shallow(cleaned(inlined(contract, given), changes, place), changes, place)
    return _to_send(schema, changes, place) if schema else dict(ANYTHING)


def _type(name: str) -> str:
    return name.partition(";")[0].strip().lower()


def _shallow(schema: Any, changes: Changes, place: str) -> Schema:
    """The schema, or what says less where it holds too much to write out."""
    if not isinstance(schema, dict):
        return {}
    if len(json.dumps(schema)) <= CHARACTERS:
        return schema
    changes.note("a body whose schema is too long to write out is any object", place)
    return dict(ANYTHING)


def _to_send(schema: Schema, changes: Changes, place: str) -> Schema:
    """Without members that only answers have, and without files."""
    members = schema.get("properties")
    if not isinstance(members, dict):
        return schema
    read_only = [name for name, each in members.items() if _says(each, "readOnly", True)]
    files = [name for name, each in members.items() if _is_file(each)]
    if read_only:
        changes.note("members that are only read are left out of the body", place)
    if files:
        changes.note("files are left out of the body, a model sends none", place)
    return without(schema, [*read_only, *files])


def without(schema: Schema, names: Collection[str]) -> Schema:
    """The schema of an object without these members."""
    members = schema.get("properties", {})
    left = {name: each for name, each in members.items() if name not in names}
    required = [name for name in schema.get("required", []) if name in left]
    kept = {name: each for name, each in schema.items() if name not in ("properties", "required")}
    if not left:
        return {**kept, "additionalProperties": kept.get("additionalProperties") or {}}
    return {**kept, "properties": left, **({"required": required} if required else {})}


def _says(schema: Any, name: str, value: Any) -> bool:
    return isinstance(schema, dict) and schema.get(name) == value


def _is_file(schema: Any) -> bool:
    if _says(schema, "type", "array"):
        return _is_file(schema.get("items"))
    return _says(schema, "format", "binary") or (
        isinstance(schema, dict) and "contentMediaType" in schema
    )


def responses_of(
    contract: Schema,
    operation: Schema,
    failures: Mapping[str, Schema],
    changes: Changes,
    place: str,
) -> dict[str, Schema]:
    """The successes, in JSON; and the failures, which have one shape."""
    given = operation.get("responses")
    kept: dict[str, Schema] = {}
    for status, each in given.items() if isinstance(given, dict) else ():
        status = "200" if status.upper() == "2XX" else status
        if re.fullmatch("[23][0-9][0-9]", status):
            kept[status] = _success(contract, resolved(contract, each), changes, place)
        elif re.fullmatch("[45][0-9][0-9]", status):
            kept[status] = PROBLEM
    if not any(status.startswith("2") for status in kept):
        kept["200"] = {"description": "Done."}
        changes.note("an operation without a success has one, or hosts expect none", place)
    for status in ("200", "201", "202"):
        if status in kept and "content" not in kept[status]:
            kept[status] = {**kept[status], "content": _json_content(ANYTHING)}
            changes.note("an answer without content is an object, or hosts expect none", place)
    written = {**kept, **failures, str(NotWritten.status): PROBLEM}
    return {**{status: written[status] for status in sorted(written)}, "default": PROBLEM}


def _success(contract: Schema, given: Schema, changes: Changes, place: str) -> Schema:
    described = shortened(given.get("description"), 200) or "Done."
    content = given.get("content")
    if given.get("headers") or given.get("links"):
        changes.note("headers and links of an answer are left out, a model sees none", place)
    if not isinstance(content, dict) or not content:
        return {"description": described}
    if len(content) > 1:
        changes.note("an answer is JSON alone, a model reads no other", place)
    kind = next((name for name in content if JSON.fullmatch(_type(name))), None)
    if kind is None:
        changes.note("an answer is JSON alone, a model reads no other", place)
        return {"description": described}
    schema = resolved(contract, content[kind]).get("schema") or {}
    answered = cleaned(_followed(contract, schema), changes, place)
    return {"description": described, "content": _json_content(answered)}


def _json_content(schema: Any) -> Schema:
    return {"application/json": {"schema": schema}}


def _followed(contract: Schema, schema: Any) -> Any:
    """The schema, written out but for references to schemas of the components, in one step."""
    if isinstance(schema, list):
        return [_followed(contract, each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return {name: _followed(contract, each) for name, each in schema.items()}
    if not COMPONENT.fullmatch(reference):
        return inlined(contract, schema)
    following = target(contract, reference)
    is_chain = isinstance(following, dict) and isinstance(following.get("$ref"), str)
    return inlined(contract, schema) if is_chain else {"$ref": reference}


def components_of(contract: Schema, holder: Any, changes: Changes) -> dict[str, Schema]:
    """The schemas of the components that are referred to, cleaned."""
    found: dict[str, Schema] = {}
    waiting = _names(holder)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            given = target(contract, f"#/components/schemas/{name}")
            found[name] = cleaned(_followed(contract, given), changes, f"the schema {name}")
            waiting += _names(found[name])
    return found


def _names(value: Any) -> list[str]:
    """The components that a value refers to."""
    if isinstance(value, list):
        return [name for each in value for name in _names(each)]
    if not isinstance(value, dict):
        return []
    named = COMPONENT.fullmatch(str(value.get("$ref", "")))
    return ([named[1]] if named else []) + [n for each in value.values() for n in _names(each)]
