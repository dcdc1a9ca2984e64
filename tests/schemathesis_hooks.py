"""Loaded by schemathesis: what it sends although the contract leaves it out, or takes for wrong
although the server reads it.
"""

from typing import Any
from urllib.parse import unquote

import jsonschema_rs
import schemathesis
import yaml
from schemathesis.core.failures import AcceptedNegativeData

from plugin_server.contract import types_of
from plugin_server.http.models import is_exact
from plugin_server.mcp.tools import tools_of

from .running import PROJECT

TOOLS = tools_of(yaml.safe_load((PROJECT / "openapi.yaml").read_text()))


@schemathesis.hook
def filter_path_parameters(context: object, path_parameters: dict[str, object]) -> bool:  # noqa: ARG001 - the hook's signature
    # Some of its phases give the name as it is, others as it is written in a path.
    return "\ufffd" not in unquote(str(path_parameters.get("username", "")))


@schemathesis.hook
def filter_failure(
    context: object,  # noqa: ARG001 - the hook's signature
    failure: object,
    case: schemathesis.Case[Any],
    response: object,  # noqa: ARG001 - the hook's signature
) -> bool:
    """Null is read as left out, and the digits of an integer as that integer: see Model. A member
    of the body may be in the query instead.
    """
    if not isinstance(failure, AcceptedNegativeData) or not isinstance(case.body, dict):
        return True
    schema = TOOLS[case.operation.definition.raw["operationId"]].listed["inputSchema"]
    properties = schema["properties"]
    read = {
        name: int(value)
        if types_of(properties.get(name, {})) == ["integer"] and is_exact(value)
        else value
        for name, value in {**(case.query or {}), **case.body}.items()
        if value is not None or name in schema["required"]
    }
    return not jsonschema_rs.is_valid(schema, {"username": "ann", **read})
