"""Mode oauth: people sign in here, and allow clients to act for them (RFC 6749, RFC 9700).

installation  puts the mode into an application
routes        the routes, where people sign in here
account       /login, /logout, /account
consent       /authorize
asking        who asks, and where the answer goes: what must be right before anything else
endpoints     /token, /revoke
browser       cookies, forms, redirects
pages         the pages, as answers
fields        parameters, decoded strictly
presented     which client presents itself
server        the authorization server: Authlib's, one for each request
grant_types   what it grants
exchange      what comes to it and goes from it
signing_in    a name and a password, and who guesses is held back
passwords     what is kept of a password
people        who can sign in
sessions      the browsers in which they are signed in
grants        what they allowed a client
codes         what a client gets for it first
grant_tokens  the access and refresh tokens that it gets for the code
clients       who may ask
client        one of them
client_documents  those that have a document on the web
registered    those that registered themselves
registration  /register
redirects     where a browser may be sent back to
assertions    a client proves who it is by what it signed
keys          the public keys of others, and what was signed with them
fetching      documents of other servers
remembered    what was fetched, for a while
metadata      where clients learn how to get a token
resources     the tokens that are taken
issuer        those of another authorization server
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from quart import current_app

from ...errors import Forbidden
from ...settings import Settings
from ...settings.hosts import is_loopback, parse_host
from ..challenges import MCP_PATH

if TYPE_CHECKING:
    from .clients import Clients


class UnusableOAuth(Exception):
    """Mode oauth cannot be had; the text says why."""

    @classmethod
    def without(cls, missing: ModuleNotFoundError) -> "UnusableOAuth":
        """What to raise where a library is not installed."""
        return cls(f"PLUGIN_AUTH: oauth needs the extra `oauth`; {missing.name} is not installed")


class OAuth:
    """What the routes of the mode need. `scopes` are the contract's, each with what it allows as a
    sentence for people.
    """

    def __init__(self, settings: Settings, clients: "Clients", scopes: Mapping[str, str]) -> None:
        self.settings = settings
        self.clients = clients
        self.scopes = dict(scopes)

    def is_chosen(self, client_id: str) -> bool:
        """Whether whoever runs this server chose the client, by the settings. Any other came by
        itself, and is what it says of itself.
        """
        return client_id == self.settings.oauth_client_id

    def issuer(self, origin: str) -> str:
        """Who gives the tokens, and the resource that they are for: PLUGIN_PUBLIC_URL, or without
        it the origin of the request in hand.

        Raises Forbidden for an origin that is not this machine's: a page that makes a name of its
        own lead here (DNS rebinding) would be an issuer.
        """
        if self.settings.public_url is not None:
            return self.settings.public_url
        host = parse_host(origin.partition("://")[2])
        if host is None or not is_loopback(host.name):
            raise Forbidden(
                "Without PLUGIN_PUBLIC_URL people sign in under localhost only.",
                code="foreign_host",
            )
        return origin

    def resource(self, issuer: str, asked: str | None) -> str | None:
        """The resource that a client asks for (RFC 8707): the whole origin, which is what nothing
        means, or its MCP endpoint. None for any other.
        """
        resource = issuer if asked is None else asked.removesuffix("/")
        return resource if resource in (issuer, issuer + MCP_PATH) else None


def oauth() -> OAuth:
    """That of the app that handles the request."""
    return cast(OAuth, current_app.extensions["oauth"])
