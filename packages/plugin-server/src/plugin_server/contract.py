"""What a contract says for this server alone, and hosts are not served.

x-mcp-description   replaces `description` in the tool: of an operation, a parameter, a member
"""

from typing import Any

MCP_DESCRIPTION = "x-mcp-description"


def as_served(value: Any) -> Any:
    """The contract, or a part of it, without what is for this server alone."""
    if isinstance(value, list):
        return [as_served(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: as_served(each)
        for name, each in value.items()
        # A member of that name has a schema, which is no text.
        if not (name == MCP_DESCRIPTION and isinstance(each, str))
    }
