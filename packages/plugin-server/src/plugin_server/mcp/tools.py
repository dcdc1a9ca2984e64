"""The contract's operations as tools. A fork gets its tools by writing its contract.

An argument is a path or query parameter, or a member of the JSON body; a body that is no object
with named members is one argument, `body`. References are followed inside the contract, because
clients see a tool's schema alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..contract import MCP_DESCRIPTION, OWNER, named_by
from ..http.body import WHOLE_BODY
from ..security import scopes_of

# RFC 9110 section 9.2: what a method promises. A contract knows better by ANNOTATIONS.
READING = ("get", "head")
IDEMPOTENT = ("get", "head", "put", "delete")
DESTRUCTIVE = ("put", "patch", "delete")
METHODS = (*READING, "post", "put", "patch", "delete")

ANNOTATIONS = "x-mcp-annotations"

Schema = dict[str, Any]


@dataclass(frozen=True)
class Tool:
    """`listed` is what tools/list tells. The names of arguments by where they go; `whole_body` is
    true when the body is the argument WHOLE_BODY. `filled_in` are values that the server knows,
    of parameters that are no arguments therefore. `scopes` are what a client needs for it, in mode
    oauth.
    """

    name: str
    method: str
    path: str
    in_path: tuple[str, ...]
    in_query: tuple[str, ...]
    in_body: tuple[str, ...]
    whole_body: bool
    filled_in: Mapping[str, str]
    listed: Mapping[str, Any]
    scopes: tuple[str, ...] | None = None

    @property
    def is_structured(self) -> bool:
        """Whether a success promises structured content."""
        return "outputSchema" in self.listed


def tools_of(contract: Schema) -> dict[str, Tool]:
    """A tool for each operation with an operationId, in the order of the contract."""
    return {
        tool.name: tool
        for path, item in contract["paths"].items()
        for method, operation in item.items()
        if method in METHODS and "operationId" in operation
        for tool in [_tool(contract, path, item, method, operation)]
    }


def _tool(contract: Schema, path: str, item: Schema, method: str, operation: Schema) -> Tool:
    parameters = list(_parameters(contract, item, operation))
    body, body_required = _body(contract, operation)
    members: Schema = body.get("properties", {}) if body.get("type") == "object" else {}
    owners = [each for each in parameters if isinstance(each.get(OWNER), str)]
    # What may go into the query or the body goes into the body: both must agree.
    alone = [each for each in parameters if each["name"] not in members]
    listed = {
        "name": operation["operationId"],
        "title": operation.get("summary", operation["operationId"]),
        "description": _for_models(operation).get("description") or operation.get("summary", ""),
        "inputSchema": _input(
            [each for each in parameters if each not in owners], body, members, body_required
        ),
        "annotations": _annotations(method, operation),
    }
    output = _output(contract, operation)
    if output is not None:
        listed["outputSchema"] = output
    return Tool(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        in_path=_names(parameters, "path"),
        in_query=_names(alone, "query"),
        in_body=tuple(members),
        whole_body=bool(body) and not members,
        filled_in={each["name"]: each[OWNER] for each in owners},
        listed=listed,
        scopes=scopes_of(operation),
    )


def _input(parameters: list[Schema], body: Schema, members: Schema, body_required: bool) -> Schema:
    """The schema of the arguments."""
    properties: Schema = {
        each["name"]: _described(each) for each in parameters if each["name"] not in members
    }
    required = [each["name"] for each in parameters if each.get("required")]
    if members:
        properties |= members
        required += body.get("required", []) if body_required else []
    elif body:
        properties[WHOLE_BODY] = body
        required += [WHOLE_BODY] if body_required else []
    required = list(dict.fromkeys(required))
    return {"type": "object", "properties": properties, "required": required}


def _names(parameters: list[Schema], place: str) -> tuple[str, ...]:
    return tuple(each["name"] for each in parameters if each["in"] == place)


def _annotations(method: str, operation: Schema) -> Schema:
    """All four hints, because clients take a missing one for the worst."""
    return {
        "readOnlyHint": method in READING,
        "destructiveHint": method in DESTRUCTIVE,
        "idempotentHint": method in IDEMPOTENT,
        "openWorldHint": False,
        **operation.get(ANNOTATIONS, {}),
    }


def _parameters(contract: Schema, item: Schema, operation: Schema) -> Iterator[Schema]:
    """Path and query parameters; those of the operation replace the path's own."""
    found: dict[tuple[str, str], Schema] = {}
    for each in [*item.get("parameters", []), *operation.get("parameters", [])]:
        parameter = inlined(contract, each)
        found[parameter["name"], parameter["in"]] = parameter
    yield from (each for each in found.values() if each["in"] in ("path", "query"))


def _described(parameter: Schema) -> Schema:
    schema = dict(parameter.get("schema", {}))
    if "description" in parameter:
        schema["description"] = parameter["description"]
    return schema


def _for_models(holder: Schema) -> Schema:
    """What holds texts, with its description for models where it has one."""
    texts = dict(holder)
    if isinstance(texts.get(MCP_DESCRIPTION), str):
        texts["description"] = texts.pop(MCP_DESCRIPTION)
    return texts


def _body(contract: Schema, operation: Schema) -> tuple[Schema, bool]:
    body = inlined(contract, operation.get("requestBody", {}))
    return _json_schema(body) or {}, bool(body.get("required"))


def _output(contract: Schema, operation: Schema) -> Schema | None:
    """The schema that all successes share, if it is an object: structured content is one, and
    which of them it will be is not known.
    """
    schemas = [
        _json_schema(inlined(contract, response))
        for status, response in operation.get("responses", {}).items()
        if str(status).startswith("2")
    ]
    schema = schemas[0] if schemas else None
    is_shared = all(each == schema for each in schemas)
    return schema if is_shared and schema and schema.get("type") == "object" else None


def _json_schema(holder: Schema) -> Schema | None:
    schema: Schema | None = holder.get("content", {}).get("application/json", {}).get("schema")
    return schema


def inlined(contract: Schema, value: Any, inside: tuple[str, ...] = ()) -> Any:
    """The value with local references replaced by what they name, and the texts for models.

    A schema that holds itself is cut off where it begins anew: `{}` allows everything. `inside`
    are the references that the value stands in.
    """
    if isinstance(value, list):
        return [inlined(contract, each, inside) for each in value]
    if not isinstance(value, dict):
        return value
    reference = value.get("$ref")
    if not isinstance(reference, str):
        return _for_models({name: inlined(contract, each, inside) for name, each in value.items()})
    if reference in inside or not reference.startswith("#/"):
        return {}
    target = named_by(contract, reference)
    siblings = {name: each for name, each in value.items() if name != "$ref"}
    named = inlined(contract, target, (*inside, reference))
    return {**named, **inlined(contract, siblings, inside)}
