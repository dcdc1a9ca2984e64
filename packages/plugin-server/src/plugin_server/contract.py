"""What a contract says for this server alone: extensions that hosts are not served.

x-mcp-description   replaces `description` in the tool: of an operation, a parameter, a member
x-owner             true for a parameter that names whose data it is: told by the mode

And what all have in common who read a contract: references, and what 3.0 writes in another way.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

# The name that everybody has for themselves.
ME = "me"

MCP_DESCRIPTION = "x-mcp-description"
OWNER = "x-owner"
# Modes in which it is known who calls.
PERSONAL = ("user_http", "oauth")

KNOWN = f"Always `{ME}`: the person who is signed in."
# Else a model makes a name up, and in the next chat another one.
ASKED = (
    "Ask the person once, before the first call, which username to use, and keep to it."
    " If they give none, use `global`."
)


def view_name(operation_id: str) -> str:
    """The name of the view of an operation: addNote as add_note."""
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in operation_id)


def named_by(contract: Mapping[str, Any], reference: str) -> Any:
    """What a reference into the contract itself, `#/...`, names (RFC 6901). Raises LookupError."""
    found: Any = contract
    for token in reference[2:].split("/"):
        key = unquote(token).replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and key.isdecimal():
            found = found[int(key)]
        elif isinstance(found, dict):
            found = found[key]
        else:
            raise LookupError(reference)
    return found


def types_of(schema: Mapping[str, Any]) -> list[str]:
    """The types that a value may have; none where the schema names none."""
    named = schema.get("type")
    listed = named if isinstance(named, list) else [named]
    return [each for each in listed if isinstance(each, str)]


def make_bounds_numbers(schema: dict[str, Any]) -> None:
    """Exclusive bounds are numbers in OpenAPI 3.1, and were flags in 3.0."""
    for inclusive, exclusive in (
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ):
        flag = schema.get(exclusive)
        if isinstance(flag, bool):
            del schema[exclusive]
            if flag and inclusive in schema:
                schema[exclusive] = schema.pop(inclusive)


def for_mode(value: Any, mode: str) -> Any:
    """The contract, or a part of it, as it is in this mode: an owner who is known has the default
    ME, and so need not be an argument of a tool.
    """
    if isinstance(value, list):
        return [for_mode(each, mode) for each in value]
    if not isinstance(value, dict):
        return value
    members = {name: for_mode(each, mode) for name, each in value.items()}
    if members.get(OWNER) is not True:
        return members
    if mode in PERSONAL:
        schema = {**members.get("schema", {}), "default": ME}
        return {**members, "description": KNOWN, "schema": schema, OWNER: ME}
    return {**members, "description": f"{members.get('description', '')} {ASKED}".strip()}


def as_served(value: Any) -> Any:
    """The contract, or a part of it, without what is for this server alone."""
    if isinstance(value, list):
        return [as_served(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: as_served(each)
        for name, each in value.items()
        # A member of a body that has such a name has a schema, which is an object.
        if name not in (MCP_DESCRIPTION, OWNER) or isinstance(each, dict)
    }
