"""Where clients learn how to get a token, at every path at which they look: that of the resource
(RFC 9728) and that of the authorization server (RFC 8414, OpenID Connect Discovery 1.0), for the
origin and for its MCP endpoint.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from quart import Blueprint, Response, abort, current_app

from ...documents import Documents
from ...errors import json_bytes
from ...http.answer import JSON
from ...http.target import below
from ..challenges import MCP_PATH, RESOURCE_METADATA
from . import oauth
from .assertions import ALGORITHMS
from .browser import current_issuer
from .exchange import METHODS
from .registration import REGISTER
from .server import AUTHORIZE, REVOKE, TOKEN

SERVER_METADATA = "/.well-known/oauth-authorization-server"
OPENID_METADATA = "/.well-known/openid-configuration"
PREFLIGHT_SECONDS = 600

metadata = Blueprint("metadata", __name__)


async def resource(place: str = "") -> Response:
    """The origin as a resource, or its MCP endpoint."""
    return _answer(_resource(_below(place)))


async def mcp_resource() -> Response:
    """The MCP endpoint as a resource."""
    return _answer(_resource(MCP_PATH))


async def server(place: str = "") -> Response:
    """The authorization server. 404 where that is not here."""
    if oauth().settings.oauth_issuer is not None:
        abort(404)
    _below(place)
    return _answer(_server())


def _below(place: str) -> str:
    """What a client put behind the name: the path of the public address, and that of the MCP
    endpoint. 404 for anything else.
    """
    path = below(oauth().settings.public_path, f"/{place}").rstrip("/")
    if path not in ("", MCP_PATH):
        abort(404)
    return path


def _add(name: str, view: Callable[..., Any], mcp_view: Callable[..., Any]) -> None:
    """Serve it under its name, with a path behind it as RFC 8414 section 3.1 puts that, and before
    it as OpenID Connect Discovery 1.0 section 4 does.
    """
    metadata.add_url_rule(name, view_func=view)
    metadata.add_url_rule(f"{name}/<path:place>", view_func=view)
    metadata.add_url_rule(MCP_PATH + name, view_func=mcp_view)


_add(RESOURCE_METADATA, resource, mcp_resource)
_add(SERVER_METADATA, server, server)
_add(OPENID_METADATA, server, server)


@metadata.after_request
async def open_to_pages(response: Response) -> Response:
    """Let every page read it, with whatever headers: it is there for everybody."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "*"
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response


def _resource(path: str) -> dict[str, Any]:
    issuer = current_issuer()
    documents = cast(Documents, current_app.extensions["documents"])
    return {
        "resource": issuer + path,
        "authorization_servers": [oauth().settings.oauth_issuer or issuer],
        "scopes_supported": list(oauth().scopes),
        "bearer_methods_supported": ["header"],
        "resource_name": documents.manifest["name_for_human"],
        "resource_policy_uri": f"{issuer}/legal",
    }


def _server() -> dict[str, Any]:
    issuer, methods = current_issuer(), list(METHODS)
    registration = {"registration_endpoint": issuer + REGISTER}
    return {
        "issuer": issuer,
        "authorization_endpoint": issuer + AUTHORIZE,
        "token_endpoint": issuer + TOKEN,
        "revocation_endpoint": issuer + REVOKE,
        **(registration if oauth().clients.may_register else {}),
        "scopes_supported": list(oauth().scopes),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "client_id_metadata_document_supported": True,
        "op_policy_uri": f"{issuer}/legal",
    }


def _answer(members: Mapping[str, Any]) -> Response:
    headers = {"Cache-Control": "no-cache", "Vary": "Host"}
    return Response(json_bytes(members), 200, headers=headers, content_type=JSON)
