"""What comes to the authorization server and goes from it, in Authlib's terms and in ours."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.errors import OAuth2Error
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from ..credentials import digest
from . import OAuth
from .client import Client

BASIC, POST, NONE, ASSERTION = (
    "client_secret_basic",
    "client_secret_post",
    "none",
    "private_key_jwt",
)
METHODS = (ASSERTION, BASIC, POST, NONE)


class InvalidTarget(OAuth2Error):
    """RFC 8707 section 2."""

    error = "invalid_target"
    description = "The resource is not this server's, or not the one that was allowed."


@dataclass(frozen=True)
class ClientRequest:
    """What a client asks for, itself or through a browser. `fields` are the parameters that have a
    value, `client` is the one that they name, if it is known. `is_asserted` says that it proved by
    an assertion who it is (RFC 7523), `authorization` is the header.
    """

    oauth: OAuth
    issuer: str
    client: Client | None
    fields: Mapping[str, str]
    authorization: str | None = None
    is_asserted: bool = False
    repeated: frozenset[str] = frozenset()

    @property
    def known_client(self) -> Client:
        """The client. Raises ValueError where it is not known."""
        if self.client is None:
            raise ValueError("the client is not known")
        return self.client


class Reply(NamedTuple):
    """An answer: JSON, or where the browser is sent to."""

    status: int
    members: dict[str, Any]
    headers: dict[str, str]
    location: str | None


class AuthlibClient(ClientMixin):
    """A client as Authlib sees it. `scopes` are those that there are."""

    def __init__(self, client: Client, scopes: list[str]) -> None:
        self.client = client
        self._scopes = scopes

    def get_client_id(self) -> str:
        return self.client.client_id

    def get_allowed_scope(self, scope: Any) -> str:
        """The scope that is asked for, each name once; without one, all that there are."""
        asked = (scope or "").split()
        return " ".join(name for name in self._scopes if not asked or name in asked)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return self.client.allows_redirect(redirect_uri)

    def get_default_redirect_uri(self) -> str:
        return ""

    def check_client_secret(self, client_secret: str) -> bool:
        kept = self.client.secret_digest
        return kept is not None and hmac.compare_digest(kept, digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 - the same for all
        if self.client.is_public:
            return method in (NONE, ASSERTION)
        return method in (BASIC, POST)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


class AuthlibRequest(OAuth2Request):
    """A request as Authlib sees it."""

    # For what the tokens are that it gives.
    resource: str

    def __init__(self, method: str, uri: str, asked: ClientRequest) -> None:
        headers = {} if asked.authorization is None else {"Authorization": asked.authorization}
        super().__init__(method, uri, headers=headers)
        self.payload = BasicOAuth2Payload(dict(asked.fields))

    @property
    def form(self) -> dict[str, str]:
        return self.payload.data if self.payload else {}
