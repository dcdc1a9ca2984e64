"""The authorization server: Authlib's, made anew for each request, inside one operation on the
database. What Authlib's hooks do there is one transaction.

A refusal is returned and not raised, so that what it changed is kept: a code that comes a second
time ends its grant.
"""

from typing import Any, cast

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidRequestError, UnsupportedResponseTypeError
from authlib.oauth2.rfc6749.requests import OAuth2Request

from ...http.forms import new_secret
from ...storage import Connection
from ..credentials import REALM
from .exchange import (
    ASSERTION,
    AuthlibClient,
    AuthlibRequest,
    ClientRequest,
    InvalidTarget,
    Reply,
)
from .grant_tokens import add_access, add_refresh
from .grant_types import AuthorizationCodeGrant, RefreshTokenGrant, Revocation, S256Challenge
from .presented import ClientRefused

AUTHORIZE, TOKEN, REVOKE = "/authorize", "/token", "/revoke"

# Authlib leaves some errors without a sentence, and tells in others what it looked for.
_SENTENCES = {
    "invalid_client": "The client is not known, or did not prove who it is.",
    "invalid_grant": "The code or refresh token is not valid, or not this client's.",
    "unsupported_grant_type": "grant_type must be authorization_code or refresh_token.",
    "unsupported_response_type": "response_type must be code.",
}


class Server(AuthorizationServer):
    """Answers one request. `connection` is that of the operation in which it is made."""

    def __init__(self, asked: ClientRequest, path: str, connection: Connection | None) -> None:
        super().__init__(scopes_supported=list(asked.oauth.scopes))
        self.asked = asked
        self._path = path
        self._connection = connection
        self.register_grant(AuthorizationCodeGrant, [S256Challenge()])
        self.register_grant(RefreshTokenGrant)
        self.register_endpoint(Revocation)
        self.register_token_generator("default", self._new_tokens)  # type: ignore[arg-type] # any callable will do
        self.register_client_auth_method(ASSERTION, self._asserted_client)

    @property
    def connection(self) -> Connection:
        """The connection. Raises RuntimeError where the database is not asked."""
        if self._connection is None:
            raise RuntimeError("there is no connection outside of an operation")
        return self._connection

    def resource(self, asked: str | None) -> str:
        """The resource that tokens are asked for. Raises InvalidTarget."""
        resource = self.asked.oauth.resource(self.asked.issuer, asked)
        if resource is None:
            raise InvalidTarget
        return resource

    def considered(self, name: str | None = None) -> Any:
        """The grant that a request for authorization, perhaps of `name`, is for. Raises
        OAuth2Error.
        """
        return cast(Any, super()).get_consent_grant(end_user=name)

    def query_client(self, client_id: str) -> Any:
        client = self.asked.client
        if client is None or client.client_id != client_id:
            return None
        return AuthlibClient(client, list(self.asked.oauth.scopes))

    def create_oauth2_request(self, request: object) -> AuthlibRequest:  # noqa: ARG002 - it is ours
        method = "GET" if self._path == AUTHORIZE else "POST"
        # Authlib would refuse http even for a name below localhost; the settings refuse the rest.
        address = self.asked.issuer.partition("://")[2] + self._path
        return AuthlibRequest(method, f"https://{address}", self.asked)

    def get_authorization_grant(self, request: OAuth2Request) -> Any:
        # Authlib puts what it was sent into its own error, which then takes only some characters.
        self.refuse_repeated()
        response_type = self.asked.fields.get("response_type")
        if response_type is None:
            raise InvalidRequestError("response_type is missing.")
        if response_type != "code":
            raise UnsupportedResponseTypeError(None)
        return super().get_authorization_grant(request)

    def refuse_repeated(self) -> None:
        """Raises InvalidRequestError for a parameter that stands more than once (RFC 6749 sections
        3.1 and 3.2).
        """
        if self.asked.repeated:
            raise InvalidRequestError("A parameter is repeated.")

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        settings = self.asked.oauth.settings
        found: Any = request.authorization_code or request.refresh_token
        grant, access = found.grant, token["access_token"]
        resource = cast(AuthlibRequest, request).resource
        connection, seconds = self.connection, settings.oauth_access_seconds
        add_access(connection, grant, access, token["scope"], resource, seconds)
        add_refresh(connection, grant, token["refresh_token"], settings.oauth_refresh_seconds)

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def handle_error_response(self, request: Any, error: OAuth2Error) -> Any:
        if error.error == "invalid_client":
            error.status_code = 401
            if not isinstance(error, ClientRefused):
                error.description = _SENTENCES["invalid_client"]
        error.description = error.description or _SENTENCES.get(str(error.error), "")
        return super().handle_error_response(request, error)

    def handle_response(self, status: int, body: Any, headers: Any) -> Reply:
        told = dict(headers)
        location = told.pop("Location", None)
        if location is not None:
            # RFC 9207 section 2, in errors too.
            location = add_params_to_uri(location, [("iss", self.asked.issuer)])
        if status == 401:
            told["WWW-Authenticate"] = f'Basic realm="{REALM}", charset="UTF-8"'
        return Reply(status, body or {}, told, location)

    def _asserted_client(self, query_client: Any, request: OAuth2Request) -> Any:  # noqa: ARG002 - Authlib's
        client = self.asked.client
        return query_client(client.client_id) if client and self.asked.is_asserted else None

    def _new_tokens(self, *, scope: str, **_: object) -> dict[str, object]:
        return {
            "access_token": new_secret(),
            "token_type": "bearer",
            "expires_in": self.asked.oauth.settings.oauth_access_seconds,
            "refresh_token": new_secret(),
            "scope": " ".join(name for name in self.asked.oauth.scopes if name in scope.split()),
        }


def refusal(asked: ClientRequest) -> Reply | None:
    """What is wrong with a request for authorization, whose client and redirect address are known
    to be right; None if a person may be asked.
    """
    server = Server(asked, AUTHORIZE, None)
    try:
        server.considered()
    except OAuth2Error as error:
        return _sent_back(server, error)
    return None


def requested_scope(asked: ClientRequest) -> list[str]:
    """The names of the scope that a request for authorization asks for, which is sound."""
    names = asked.fields.get("scope", "").split()
    return [name for name in asked.oauth.scopes if not names or name in names]


def decide(connection: Connection, asked: ClientRequest, name: str | None) -> Reply:
    """Send the browser back with a code of `name`, who allows what is asked for, or with the
    refusal of somebody.
    """
    server = Server(asked, AUTHORIZE, connection)
    try:
        grant = server.considered(name)
        reply = server.create_authorization_response(grant.request, name, grant)
    except OAuth2Error as error:
        return _sent_back(server, error)
    return cast(Reply, reply)


def exchange(connection: Connection, asked: ClientRequest) -> Reply:
    """Tokens for a code or a refresh token (RFC 6749 sections 4.1.3 and 6)."""
    server = Server(asked, TOKEN, connection)
    try:
        server.refuse_repeated()
        if "grant_type" not in asked.fields:
            raise InvalidRequestError("grant_type is missing.")
    except OAuth2Error as error:
        return refused(asked, error)
    return cast(Reply, server.create_token_response())


def revoke(connection: Connection, asked: ClientRequest) -> Reply:
    """The end of a token (RFC 7009)."""
    server = Server(asked, REVOKE, connection)
    if asked.repeated:
        return refused(asked, InvalidRequestError("A parameter is repeated."))
    return cast(Reply, cast(Any, server).create_endpoint_response(Revocation.ENDPOINT_NAME))


def refused(asked: ClientRequest, error: OAuth2Error) -> Reply:
    """The answer to a client whose request never came to an operation."""
    return cast(Reply, Server(asked, TOKEN, None).handle_error_response(None, error))


def _sent_back(server: Server, error: OAuth2Error) -> Reply:
    error.redirect_uri = server.asked.fields["redirect_uri"]
    error.state = server.asked.fields.get("state")
    return cast(Reply, server.handle_error_response(None, error))
