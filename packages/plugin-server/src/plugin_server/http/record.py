"""What can be told of a request that was answered, without a word of what was in it."""

from collections.abc import Callable
from dataclasses import dataclass

from .address import Address

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")


@dataclass(slots=True)
class RequestRecord:
    """One request and its answer.

    `hosts` are all that the request says it was sent to. `route` is the rule, with its variables in
    angle brackets, and None where no route matched. `caller` is the digest of the token that was
    found valid, or None. `tool` is the MCP tool that was called, and `tool_status` what the tool's
    own route answered. `refusal` says who refused: rate, failures or network. `seconds` goes from
    the request's head to the answer's last byte leaving us; `size` is the length of the answer's
    body in bytes. `request_id` is what the logs call it, once they have asked for it. `contract` is
    what the proxy found when it compared a forwarded answer with the contract.
    """

    method: str
    headers: dict[bytes, list[bytes]]
    address: Address | None
    hosts: tuple[bytes, ...] = ()
    route: str | None = None
    caller: str | None = None
    tool: str | None = None
    tool_status: int | None = None
    refusal: str | None = None
    status: int = 0
    size: int = 0
    seconds: float = 0.0
    request_id: str | None = None
    contract: str | None = None

    @property
    def known_method(self) -> str:
        """The method, or OTHER: a caller may write anything there."""
        return self.method if self.method in METHODS else "OTHER"


@dataclass(slots=True)
class ConnectionCounts:
    """The connections that are `open`; how many of them, ever, were closed to make room for others,
    or refused with 503 because there were too many; and how many requests were `unreadable`, no
    HTTP, and so never became a record. Some servers tell nothing of these: see `are_kept`.
    """

    are_kept: bool = False
    open: int = 0
    closed: int = 0
    refused: int = 0
    unreadable: int = 0


Observer = Callable[[RequestRecord], None]
