"""/authorize: a person who is signed in allows what a client asks for, or does not."""

from quart import Response

from ...http.forms import form_token
from ...storage.current import database
from .asking import asking, sent_back
from .browser import SignedIn, is_own_form, query, see_page, sent_form, signed_in
from .exchange import ClientRequest
from .pages import asked_of, page
from .server import decide, refusal


async def authorize() -> Response:
    """Ask the person; first who they are, if nobody is signed in."""
    asked, person = await asking(), await signed_in()
    if person is None:
        return _without_a_person(asked)
    return _told_to_the_client(asked, person) or await _page(asked, person)


async def decided() -> Response:
    """The person decided."""
    asked, person = await asking(), await signed_in()
    if person is None:
        return _without_a_person(asked)
    wrong = _told_to_the_client(asked, person)
    if wrong is not None:
        return wrong
    form = await sent_form()
    if not is_own_form(form, person.cookie):
        return await _page(asked, person, 403, "This page was not up to date. Decide again.")
    decision = form.get("decision")
    if decision not in ("allow", "deny"):
        return await _page(asked, person, 400, "Choose one of the two.")
    name = person.name if decision == "allow" else None
    return sent_back(await database().write(decide, asked, name))


def _without_a_person(asked: ClientRequest) -> Response:
    return _told_to_the_client(asked, None) or see_page(f"/login{query()}")


def _told_to_the_client(asked: ClientRequest, person: SignedIn | None) -> Response | None:
    """What is wrong with a request, told to the client through the browser.

    Anybody can be a client. Nobody is led to its address by us who has not signed in, or our name
    would make a stranger's link look safe (RFC 9700 section 4.11.2).
    """
    reply = refusal(asked)
    is_stranger = not asked.oauth.is_chosen(asked.known_client.client_id)
    if reply is None or (person is None and is_stranger):
        return None
    return sent_back(reply)


async def _page(
    asked: ClientRequest, person: SignedIn, status: int = 200, alert: str | None = None
) -> Response:
    return await page(
        "consent.html",
        status,
        sent_to=[asked.fields["redirect_uri"]],
        alert=alert,
        asked=asked_of(asked),
        csrf=form_token(person.cookie),
        person=person.name,
        query=query(),
    )
