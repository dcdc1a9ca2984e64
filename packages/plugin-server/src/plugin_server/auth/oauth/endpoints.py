"""/token and /revoke: what a client calls itself."""

from collections.abc import Callable

from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error
from quart import Response, request

from ...errors import json_bytes
from ...storage import Connection
from ...storage.current import database
from . import oauth
from .assertions import InvalidAssertion
from .browser import current_issuer
from .exchange import ClientRequest, Reply
from .fields import Malformed, body_fields
from .presented import ClientRefused, presented
from .server import TOKEN, exchange, refused, revoke


async def give_tokens() -> Response:
    """Tokens for a code or a refresh token."""
    return await _answer(exchange)


async def revoke_token() -> Response:
    """The end of a token."""
    return await _answer(revoke)


async def _answer(operation: Callable[[Connection, ClientRequest], Reply]) -> Response:
    try:
        asked = await _asked()
        reply = await database().write(operation, asked)
    except OAuth2Error as error:
        reply = refused(ClientRequest(oauth(), current_issuer(), None, {}), error)
    # RFC 6749 section 5.1 asks for both.
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache", **reply.headers}
    return Response(
        json_bytes(reply.members), reply.status, headers=headers, content_type="application/json"
    )


async def _asked() -> ClientRequest:
    """What the client asks for that sent the request in hand, once its assertion is found to be
    valid. Raises OAuth2Error.
    """
    try:
        fields = body_fields(await request.body, request.mimetype)
    except Malformed as fault:
        raise InvalidRequestError(str(fault)) from None
    authorization = request.headers.get("Authorization")
    client_id, assertion = presented(authorization, fields.values)
    issuer, clients = current_issuer(), oauth().clients
    client = await clients.find(client_id)
    if assertion is not None:
        if client is None:
            raise ClientRefused
        try:
            await clients.authenticate(client, assertion, (issuer, issuer + TOKEN))
        except InvalidAssertion as failure:
            raise ClientRefused(str(failure)) from None
    return ClientRequest(
        oauth(),
        issuer,
        client,
        fields.values,
        authorization,
        is_asserted=assertion is not None,
        repeated=fields.repeated,
    )
