"""What the authorization server grants. It is Authlib's, with what that leaves open: authorization
codes with PKCE (RFC 7636), refresh tokens, and the end of both (RFC 7009).
"""

import re
from typing import TYPE_CHECKING, Any, cast

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.errors import (
    AccessDeniedError,
    InvalidGrantError,
    InvalidRequestError,
)
from authlib.oauth2.rfc6749.requests import OAuth2Request
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge

from ...http.forms import new_secret
from .codes import Code, add_code, find_code, use_code
from .exchange import METHODS, AuthlibClient, AuthlibRequest, InvalidTarget
from .grant_tokens import find_refresh, revoke_token, use_refresh
from .grants import Consent, Grant

if TYPE_CHECKING:
    from .server import Server

# The SHA-256 of the verifier in base64url (RFC 7636 section 4.2).
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class FoundCode:
    """A code as Authlib sees it."""

    code_challenge_method = "S256"

    def __init__(self, code: Code) -> None:
        self.grant = code.grant
        self.code_challenge = code.challenge
        self._redirect_uri = code.redirect_uri

    def get_redirect_uri(self) -> str:
        return self._redirect_uri

    def get_scope(self) -> str:
        return self.grant.scope


class FoundRefresh:
    """A refresh token as Authlib sees it."""

    def __init__(self, grant: Grant) -> None:
        self.grant = grant

    def get_scope(self) -> str:
        return self.grant.scope

    def check_client(self, client: AuthlibClient) -> bool:
        return client.get_client_id() == self.grant.client_id


class _OurGrant(grants.base.BaseGrant):
    server: "Server"
    request: AuthlibRequest

    def _bind(self, grant: Grant) -> None:
        """Give tokens for the resource that the client asks for now, if that was allowed: all of
        it, or a part.
        """
        issuer = self.server.asked.issuer
        asked = self.request.form.get("resource")
        resource = grant.resource if asked is None else self.server.resource(asked)
        if resource != grant.resource and grant.resource != issuer:
            raise InvalidTarget
        self.request.resource = resource


class AuthorizationCodeGrant(_OurGrant, grants.AuthorizationCodeGrant):
    """RFC 6749 section 4.1."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def validate_authorization_request(self) -> str:
        redirect_uri = super().validate_authorization_request()
        self.request.resource = self.server.resource(self.request.form.get("resource"))
        return redirect_uri

    def generate_authorization_code(self) -> str:
        return new_secret()

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        asked = self.server.asked
        client = cast(AuthlibClient, request.client).client
        consent = Consent(
            name=cast(str, request.user),
            client_id=client.client_id,
            client_name=client.name,
            scope=request.scope,
            resource=self.request.resource,
        )
        if not add_code(
            self.server.connection,
            consent,
            code,
            self.request.form["redirect_uri"],
            self.request.form.get("code_challenge"),
            asked.oauth.settings.oauth_code_seconds,
        ):
            raise AccessDeniedError(redirect_uri=self.request.form["redirect_uri"])

    def query_authorization_code(self, code: str, client: Any) -> FoundCode | None:
        found = find_code(self.server.connection, code, client.get_client_id())
        return None if found is None else FoundCode(found)

    def validate_token_request(self) -> None:
        super().validate_token_request()
        found = cast(FoundCode, self.request.authorization_code)
        self._bind(found.grant)

    def authenticate_user(self, authorization_code: FoundCode) -> str:
        return authorization_code.grant.name

    def delete_authorization_code(self, authorization_code: FoundCode) -> None:  # noqa: ARG002 - the request has it
        use_code(self.server.connection, self.request.form["code"])


class RefreshTokenGrant(_OurGrant, grants.RefreshTokenGrant):
    """RFC 6749 section 6."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Any:
        grant = find_refresh(self.server.connection, refresh_token)
        return None if grant is None else FoundRefresh(grant)

    def validate_token_request(self) -> None:
        super().validate_token_request()
        found = cast(FoundRefresh, self.request.refresh_token)
        self._bind(found.grant)

    def authenticate_user(self, refresh_token: FoundRefresh) -> str:
        return refresh_token.grant.name

    def revoke_old_credential(self, refresh_token: Any) -> None:  # noqa: ARG002 - the request has it
        use_refresh(self.server.connection, self.request.form["refresh_token"])


class S256Challenge(CodeChallenge):
    """PKCE by S256 alone, which a client must use that came by itself. The host of the one that
    the settings name may not know PKCE. Authlib's also takes `plain`, takes a challenge without a
    method for that, and misses one at /token only.
    """

    def __init__(self) -> None:
        super().__init__()
        self.SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: AuthorizationCodeGrant, redirect_uri: str) -> None:
        super().validate_code_challenge(grant, redirect_uri)
        form, asked = grant.request.form, grant.server.asked
        challenge = form.get("code_challenge")
        if challenge is None:
            if not asked.oauth.is_chosen(asked.known_client.client_id):
                raise InvalidRequestError("code_challenge is missing (RFC 7636).")
        elif form.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method must be S256.")
        elif not _CHALLENGE.fullmatch(challenge):
            raise InvalidRequestError("code_challenge must be a SHA-256 in base64url.")


class Revocation(RevocationEndpoint):
    """RFC 7009. The hint may be anything, and changes nothing (section 2.1)."""

    CLIENT_AUTH_METHODS = METHODS
    server: "Server"

    def check_params(self, request: OAuth2Request, client: AuthlibClient) -> None:  # noqa: ARG002 - Authlib's
        if "token" not in request.form:
            raise InvalidRequestError("token is missing.")

    def authenticate_token(self, request: OAuth2Request, client: AuthlibClient) -> None:
        """Revokes it too, and leaves nothing to do: whose it is, is known under the lock alone."""
        self.check_params(request, client)
        token = request.form["token"]
        if not revoke_token(self.server.connection, token, client.get_client_id()):
            raise InvalidGrantError("The token is another client's.")
