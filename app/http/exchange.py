"""What can be told of a request that was answered, without a word of what was in it."""

from collections.abc import Callable
from dataclasses import dataclass

from .address import Address


@dataclass(slots=True)
class Exchange:
    """One request and its answer.

    `route` is the rule, with its variables in angle brackets, and None where no route matched.
    `caller` is the digest of the token that was found valid, or None. `tool` is the MCP tool that
    was called. `seconds` goes from the request's head to the answer's last byte leaving us; `size`
    is the length of the answer's body in bytes.
    """

    method: str
    headers: dict[bytes, list[bytes]]
    address: Address | None
    route: str | None = None
    caller: str | None = None
    tool: str | None = None
    status: int = 0
    size: int = 0
    seconds: float = 0.0


Observer = Callable[[Exchange], None]
