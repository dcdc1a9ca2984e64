"""A request for authorization, as far as it must be right before a browser is sent anywhere."""

from quart import Response, request

from . import oauth
from .browser import current_issuer, see_other
from .exchange import ClientRequest, Reply
from .fields import Malformed, form_fields
from .pages import page


class AskedWrongly(Exception):
    """Who asks is not known, or where the answer should go is not theirs: the person is told by a
    page (RFC 6749 section 4.1.2.1). The text is a sentence.
    """


async def asking() -> ClientRequest:
    """The request for authorization in the query of the request in hand; its client is known, and
    its redirect address is the client's. Raises AskedWrongly.
    """
    try:
        fields = form_fields(request.query_string)
    except Malformed as fault:
        raise AskedWrongly(f"The address that led you here is damaged. {fault}") from None
    client_id, redirect_uri = fields.values.get("client_id"), fields.values.get("redirect_uri")
    if client_id is None or "client_id" in fields.repeated:
        raise AskedWrongly("The address that led you here names no client, or several.")
    clients = oauth().clients
    client = await clients.find(client_id)
    if client is None:
        raise AskedWrongly(clients.reason(client_id))
    if redirect_uri is None or "redirect_uri" in fields.repeated:
        raise AskedWrongly("The address that led you here does not say where you go next.")
    if not client.allows_redirect(redirect_uri):
        raise AskedWrongly("The address that you would be sent back to is not the client's.")
    return ClientRequest(oauth(), current_issuer(), client, fields.values, repeated=fields.repeated)


def sent_back(reply: Reply) -> Response:
    """Send the browser back to the client with this answer."""
    if reply.location is None:
        raise ValueError("the answer goes to no address")
    return see_other(reply.location)


async def answer_wrongly_asked(fault: AskedWrongly) -> Response:
    """The page that says why nobody is asked."""
    return await page("refusal.html", 400, sentence=str(fault))
