"""What a caller of mode oauth is told in WWW-Authenticate: where to get a token, and for which
scopes (RFC 6750 section 3, RFC 9728 section 5.1).
"""

from collections.abc import Sequence
from typing import cast

from quart import current_app, request

from ..errors import Forbidden
from ..http.request import current_scope, request_origin
from ..security import Scopes
from .credentials import REALM

MCP_PATH = "/mcp"
RESOURCE_METADATA = "/.well-known/oauth-protected-resource"


def is_mcp() -> bool:
    """Whether the request in hand came to the MCP endpoint: it, and the requests inside it."""
    return request.path == MCP_PATH or bool(current_scope()["is_inner"])


def wanted_scopes() -> tuple[str, ...]:
    """The scopes that the route of the request in hand needs; at the MCP endpoint, all that its
    tools need, so that a client asks a person once.
    """
    scopes, rule = cast(Scopes, current_app.extensions["scopes"]), request.url_rule
    if rule is None:
        return ()
    return scopes.all if rule.rule == MCP_PATH else scopes.of(rule.rule, request.method)


def challenge(error: str | None, scopes: Sequence[str] | None = None) -> str:
    """The header's value. Raises BadRequest for a request that names no host."""
    metadata = request_origin() + RESOURCE_METADATA + (MCP_PATH if is_mcp() else "")
    wanted = wanted_scopes() if scopes is None else scopes
    parameters = {
        "realm": REALM,
        "error": error,
        "scope": " ".join(wanted),
        "resource_metadata": metadata,
    }
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in parameters.items() if value)


def insufficient_scope(scopes: Sequence[str]) -> Forbidden:
    """What to raise when the caller's token does not have all of these."""
    names = " and ".join(scopes)
    return Forbidden(
        f"The person did not allow this: it needs the scope {names}. Ask them to sign in again.",
        code="insufficient_scope",
        headers={"WWW-Authenticate": challenge("insufficient_scope", scopes)},
    )
