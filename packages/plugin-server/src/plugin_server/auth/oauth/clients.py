"""The clients that there are: that of the settings, those with a document on the web, and, where
they may register themselves, those that did.
"""

from collections.abc import Collection

from guarded_fetch import NetworkAccess

from ...settings import Settings
from ...storage.current import database
from ..credentials import digest
from .assertions import Assertions
from .client import Client, ClientKeys
from .client_documents import client_documents, is_document_url
from .fetching import NoDocument
from .redirects import CHATGPT
from .registered import find_client

__all__ = ["Client", "ClientKeys", "Clients"]


class Clients:
    """All clients. `network` is there for tests: no setting opens a private one."""

    def __init__(self, settings: Settings, network: NetworkAccess | None = None) -> None:
        self.may_register = settings.oauth_registration
        self._named = _from_settings(settings)
        self._documents = client_documents(network)
        self._assertions = Assertions(network)

    async def find(self, client_id: str) -> Client | None:
        """The client of this identifier; None for one that is not known or cannot be trusted, and
        `reason` then says why. Raises DatabaseUnavailable and nothing else.
        """
        if self._named is not None and client_id == self._named.client_id:
            return self._named
        if is_document_url(client_id):
            try:
                return await self._documents.get(client_id)
            except NoDocument:
                return None
        if self.may_register:
            return await database().read(find_client, client_id)
        return None

    def reason(self, client_id: str) -> str:
        """Why `find` found nothing a moment ago, as a sentence for the person."""
        if is_document_url(client_id):
            failure = self._documents.failure(client_id)
            return str(failure or "The document of the client cannot be fetched now.")
        if client_id.lower().startswith(("https:", "http:")):
            return (
                "The client is named by an address that is not in its normal form: https, a host"
                " in lower case and a path, without a fragment."
            )
        return "There is no client of this name."

    async def authenticate(
        self, client: Client, assertion: str, audiences: Collection[str]
    ) -> None:
        """Verify what a client presents as client_assertion (RFC 7523 section 3), and remember it,
        so that it is good once. `audiences` are what it may be addressed to: the issuer and the
        token endpoint.

        Raises InvalidAssertion, and DatabaseUnavailable.
        """
        await self._assertions.verify(client, assertion, audiences)


def _from_settings(settings: Settings) -> Client | None:
    """The client whose identifier and secret the operator enters at a host."""
    name, secret = settings.oauth_client_id, settings.oauth_client_secret
    if name is None or secret is None:
        return None
    return Client(
        client_id=name,
        name=name,
        redirect_uris=settings.oauth_redirect_uris,
        is_public=False,
        secret_digest=digest(secret.get_secret_value()),
        redirect_patterns=(CHATGPT,),
    )
