"""One operation: its name, its texts, and what is around its parameters and bodies."""

import re
from collections.abc import Mapping
from typing import Any

from .bodies import PROBLEM, body_of, responses_of, without
from .changes import Changes
from .naming import in_words, parameter_name
from .parameters import IN_PATH, described, parameters_of
from .reading import resolved
from .schemas import shortened

Schema = dict[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")
OTHERS = ("head", "options", "trace", "query")
CHARACTERS = 200  # rule L06 of plugin-check
CONSEQUENTIAL = "x-openai-isConsequential"
# What stays of an operation, or goes with a reason of its own.
READ = {"operationId", "tags", "summary", "description", CONSEQUENTIAL, "parameters"}
READ |= {"requestBody", "responses", "callbacks", "servers", "security"}
# What the library answers: of any operation, of one with values to check, of one with a body.
FAILURES = ("400", "401", "403")
NAMES_SOMETHING = ("404", "422")
HAS_BODY = ("413", "415", "422")
SCALARS = {"string", "integer", "number", "boolean"}


def route_path(path: str) -> tuple[str, dict[str, str]]:
    """The path as a route can have it, and the names in it that had to change."""
    path = "/" + path.lstrip("/").rstrip("/")
    renamed: dict[str, str] = {}
    taken: list[str] = []

    def name(found: re.Match[str]) -> str:
        sound = parameter_name(found[1], taken)
        taken.append(sound)
        if sound != found[1]:
            renamed[found[1]] = sound
        return f"{{{sound}}}"

    return IN_PATH.sub(name, path), renamed


def operation_of(
    contract: Schema,
    item: Schema,
    method: str,
    path: str,
    renamed: Mapping[str, str],
    name: str,
    changes: Changes,
) -> Schema:
    """The operation of that name, cleaned."""
    given = item[method]
    parameters = parameters_of(contract, item, given, path, renamed, changes, name)
    body = body_of(contract, given, changes, name)
    if body is not None and method == "get":
        body = None
        changes.note("the body of a GET is left out, no host sends one", name)
    if body is not None and method == "delete":
        parameters += _in_query(body, {each["name"] for each in parameters}, changes, name)
        body = None
        changes.note("the body of a DELETE is in the query, many clients send none", name)
    members = body.get("properties", {}) if body else {}
    in_path = {each["name"] for each in parameters if each["in"] == "path"} & set(members)
    if body is not None and in_path:
        body = without(body, in_path)
        changes.note("a member is left out of the body, the path has its name", name)
    twice = [each for each in parameters if each["in"] == "query" and each["name"] in members]
    if twice:
        parameters = [each for each in parameters if each not in twice]
        changes.note("a parameter of the query is left out, the body has its name", name)
    said = resolved(contract, given.get("requestBody"))
    if body is not None and said.get("required") is not True:
        changes.note("a body that could be left out is required, the view reads one", name)
    _note_what_goes(given, changes, name)
    statuses = [*FAILURES, *(NAMES_SOMETHING if parameters else ()), *(HAS_BODY if body else ())]
    failures = dict.fromkeys(statuses, PROBLEM)
    summary, description = _texts(given, name, changes)
    tags = given.get("tags")
    is_consequential = _is_consequential(given, method)
    if given.get(CONSEQUENTIAL) is not is_consequential:
        changes.note(f"an operation has the {CONSEQUENTIAL} of its method", name)
    return {
        "operationId": name,
        **({"tags": tags} if tags and isinstance(tags, list) else {}),
        "summary": summary,
        "description": description,
        CONSEQUENTIAL: is_consequential,
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": _required(body)} if body else {}),
        "responses": responses_of(contract, given, failures, changes, name),
    }


def _required(body: Schema) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": body}}}


def _in_query(body: Schema, taken: set[str], changes: Changes, place: str) -> list[Schema]:
    """The members of a body as parameters, as far as these can be written in a query."""
    required = body.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": described(schema.get("description"), name, changes, place),
            "schema": _to_query(schema, is_required=name in required),
        }
        for name, schema in body.get("properties", {}).items()
        if name not in taken and isinstance(schema, dict) and _is_scalar(schema)
    ]


def _to_query(schema: Schema, *, is_required: bool) -> Schema:
    """A query without a value of a list has no such name."""
    written = {key: value for key, value in schema.items() if key != "description"}
    if is_required and schema.get("type") == "array":
        written["minItems"] = max(1, schema.get("minItems", 0))
    return written


def _is_scalar(schema: Schema) -> bool:
    if schema.get("type") == "array":
        items = schema.get("items")
        return isinstance(items, dict) and items.get("type") in SCALARS
    return schema.get("type") in SCALARS


def _texts(given: Schema, name: str, changes: Changes) -> tuple[str, str]:
    words = in_words(name).capitalize()
    summary = shortened(given.get("summary"), CHARACTERS)
    description = shortened(given.get("description"), CHARACTERS)
    for text in (given.get("summary"), given.get("description")):
        if isinstance(text, str) and len(text.strip()) > CHARACTERS:
            changes.note(
                f"a text is shortened to {CHARACTERS} characters, hosts take no more", name
            )
    if not summary:
        changes.note("an operation without a summary has one made of its name", name)
    elif not description:
        changes.note("an operation without a description has its summary for one", name)
    return summary or words, description or summary or f"{words}."


def _is_consequential(given: Schema, method: str) -> bool:
    """Whether a host is to ask before each call: rules S10 and G03 of plugin-check."""
    said = given.get(CONSEQUENTIAL)
    if method == "delete":
        return True
    return said if isinstance(said, bool) else method != "get"


def _note_what_goes(given: Schema, changes: Changes, name: str) -> None:
    if given.keys() - READ:
        changes.note("members that no host reads are left out of an operation", name)
    if given.get("callbacks"):
        changes.note("callbacks are left out, no host answers them", name)
    if given.get("servers"):
        changes.note("servers of an operation are left out, this one serves it", name)
