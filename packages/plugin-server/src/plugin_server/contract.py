"""What a contract says for this server alone: extensions that hosts are not served.

x-mcp-description   replaces `description` in the tool: of an operation, a parameter, a member
x-owner             true for a parameter that names whose data it is: told by the mode
"""

from typing import Any

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
