"""POST /register: a client registers itself (RFC 7591), where PLUGIN_OAUTH_REGISTRATION lets it."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from quart import Blueprint, Response, request

from ...errors import Unavailable, json_bytes
from ...http.answer import JSON
from ...http.json import strict_json
from ...storage.current import database
from .client_documents import display_name, lists, redirect_uris
from .fetching import NoDocument
from .registered import UNUSED_MINUTES, add_client

REGISTER = "/register"
WHAT = "The client"
SECRET_METHODS = ("client_secret_basic", "client_secret_post")

registration = Blueprint("registration", __name__)


class Unregistrable(Exception):
    """A client that cannot be registered: an error of RFC 7591 section 3.2.2, and a sentence."""

    def __init__(self, error: str, sentence: str) -> None:
        super().__init__(sentence)
        self.error = error


@registration.post(REGISTER)
async def register() -> Response:
    """Register the client that the body describes."""
    try:
        client = _described(await request.body, request.mimetype)
    except Unregistrable as fault:
        return _answer({"error": fault.error, "error_description": str(fault)}, 400)
    method, uris = client["token_endpoint_auth_method"], tuple(client["redirect_uris"])
    has_secret = method in SECRET_METHODS
    added = await database().write(add_client, client["client_name"], uris, has_secret=has_secret)
    if added is None:
        raise Unavailable(
            "There are too many clients that nobody uses yet. Try again later.",
            code="too_many_clients",
            retry_after=60 * UNUSED_MINUTES,
        )
    client_id, secret = added
    # It does not expire.
    secrets = {} if secret is None else {"client_secret": secret, "client_secret_expires_at": 0}
    told = {"client_id": client_id, "client_id_issued_at": int(time.time()), **secrets, **client}
    return _answer(told, 201)


def _described(body: bytes, mimetype: str) -> dict[str, Any]:
    """The client's metadata as it will be kept. Raises Unregistrable."""
    try:
        members = strict_json(body) if mimetype == JSON else None
    except ValueError:
        members = None
    if not isinstance(members, dict):
        raise _wrong(f"The body must be a JSON object, sent as {JSON}.")
    method = members.get("token_endpoint_auth_method", SECRET_METHODS[0])
    if method not in ("none", *SECRET_METHODS):
        raise _wrong("token_endpoint_auth_method must be none or one with a client_secret.")
    for name, needed in (("grant_types", "authorization_code"), ("response_types", "code")):
        if not lists(members.get(name), needed):
            raise _wrong(f"{name} must list {needed}.")
    try:
        uris = redirect_uris(members.get("redirect_uris"), WHAT)
    except NoDocument as fault:
        raise Unregistrable("invalid_redirect_uri", str(fault)) from None
    return {
        "client_name": _name(members, uris),
        "redirect_uris": list(uris),
        "token_endpoint_auth_method": method,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
    }


def _name(members: Mapping[str, Any], uris: tuple[str, ...]) -> str:
    """Its name for itself; without one, the host that people are sent back to."""
    if members.get("client_name") is None:
        return urlsplit(uris[0]).netloc
    try:
        return display_name(members["client_name"], WHAT)
    except NoDocument:
        raise _wrong("client_name must be a text.") from None


def _wrong(sentence: str) -> Unregistrable:
    return Unregistrable("invalid_client_metadata", sentence)


def _answer(members: Mapping[str, Any], status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(json_bytes(members), status, headers=headers, content_type=JSON)
