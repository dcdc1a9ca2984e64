"""Client ID metadata documents: a client's identifier is the https address of a document about it
(draft-ietf-oauth-client-id-metadata-document-03; MCP 2026-07-28, basic/authorization/
client-registration). Whoever can publish a document is a client, so what it says is only shown.
"""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any
from urllib.parse import unquote

from guarded_fetch import NetworkAccess
from guarded_fetch.errors import FetchError
from guarded_fetch.targets import target_of
from guarded_fetch.words import printable

from .client import Client, ClientKeys
from .fetching import NoDocument, fetch_json
from .redirects import URL_CHARACTERS, is_redirect
from .remembered import Remembered

WHAT = "The document of the client"
NAME_CHARACTERS = 80
MOST_REDIRECTS = 50
# The others need a secret, or a certificate that nobody here looks at.
METHODS = (None, "none", "private_key_jwt")
SECRETS = ("client_secret", "client_secret_expires_at")


def is_document_url(client_id: str) -> bool:
    """Whether an identifier is such an address, in its one normal form: https with a path, without
    user name, fragment or dot segments (section 3).
    """
    if not client_id.startswith("https://") or len(client_id) > URL_CHARACTERS:
        return False
    try:
        target = target_of(client_id)
    except FetchError:
        return False
    segments = [unquote(each) for each in target.path.partition("?")[0].split("/")]
    return target.url == client_id and segments != ["", ""] and not {".", ".."} & set(segments)


def client_documents(
    network: NetworkAccess | None, clock: Callable[[], float] = monotonic
) -> Remembered[Client]:
    """Clients by the addresses of their documents, which are fetched."""

    async def fetch(url: str) -> tuple[Client, float]:
        value, seconds = await fetch_json(url, WHAT, network)
        return client_of(url, value), seconds

    return Remembered(fetch, clock=clock)


def client_of(url: str, document: Any) -> Client:
    """The client that the document at this address describes. Raises NoDocument.

    It is a public client, whatever its document prefers: hosts were seen to publish keys and then
    to present no assertion.
    """
    if not isinstance(document, dict):
        raise NoDocument(f"{WHAT} holds no object.")
    if document.get("client_id") != url:
        raise NoDocument(f"{WHAT} is that of another client: its client_id is not its address.")
    if document.get("token_endpoint_auth_method") not in METHODS or document.keys() & set(SECRETS):
        raise NoDocument(f"{WHAT} wants a secret, and nobody could have given it one.")
    for name, needed in (("grant_types", "authorization_code"), ("response_types", "code")):
        if not lists(document.get(name), needed):
            raise NoDocument(f"{WHAT} does not list {needed} among its {name}.")
    return Client(
        client_id=url,
        name=display_name(document.get("client_name"), WHAT),
        redirect_uris=redirect_uris(document.get("redirect_uris"), WHAT),
        is_public=True,
        keys=_keys(document),
    )


def lists(listed: object, needed: str) -> bool:
    """Whether metadata that may leave a list out leaves room for this (RFC 7591 section 2)."""
    return listed is None or (isinstance(listed, list) and needed in listed)


def display_name(name: object, what: str) -> str:
    """A client's name for itself, fit for a page. Raises NoDocument."""
    if not isinstance(name, str) or not name.strip():
        raise NoDocument(f"{what} has no client_name.")
    return printable(name.strip(), NAME_CHARACTERS)


def redirect_uris(listed: object, what: str) -> tuple[str, ...]:
    """The addresses that a client may send people back to. Raises NoDocument where there are none.

    Those that nobody may be sent to, such as schemes of an app, are left out.
    """
    if not isinstance(listed, list) or not listed or len(listed) > MOST_REDIRECTS:
        raise NoDocument(f"{what} has no redirect_uris, or more than {MOST_REDIRECTS}.")
    found = tuple(uri for uri in listed if isinstance(uri, str) and is_redirect(uri))
    if not found:
        raise NoDocument(f"{what} has no redirect_uris with https, or http to localhost.")
    return found


def _keys(document: Mapping[str, Any]) -> ClientKeys | None:
    jwks, jwks_uri = document.get("jwks"), document.get("jwks_uri")
    if jwks is None and jwks_uri is None:
        return None
    if jwks is not None and jwks_uri is not None:
        # RFC 7591 section 2.
        raise NoDocument(f"{WHAT} has both jwks and jwks_uri.")
    if jwks is not None and not isinstance(jwks, dict):
        raise NoDocument(f"{WHAT} has a jwks that is no object.")
    if jwks_uri is not None and not (
        isinstance(jwks_uri, str)
        and len(jwks_uri) <= URL_CHARACTERS
        and jwks_uri.startswith("https://")
    ):
        raise NoDocument(f"{WHAT} has a jwks_uri that is no https address.")
    return ClientKeys(jwks, jwks_uri)
