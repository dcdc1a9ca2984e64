"""/login, /logout and /account: a person signs in and out, and ends what they allowed.

The query of a request for authorization goes with the person to /login and back, so that no page
takes an address from its caller to send somebody to.
"""

from typing import cast

from quart import Response, current_app, request

from ...errors import TooManyRequests, Unavailable
from ...http.forms import form_token, new_secret
from ...http.record import RequestRecord
from ...http.request import current_scope
from ...storage.current import database
from . import oauth
from .asking import asking
from .browser import (
    LOGIN,
    SESSION,
    SignedIn,
    cookie,
    is_own_form,
    query,
    see_page,
    sent_form,
    set_cookie,
    signed_in,
)
from .grants import end_grant, list_grants
from .pages import asked_of, page, shown_grant
from .sessions import end_session
from .signing_in import SigningIn


async def login() -> Response:
    """The form; or on, for who is signed in."""
    if await signed_in() is not None:
        return _onwards()
    return await _login_page()


async def sign_in() -> Response:
    """The form was sent."""
    form = await sent_form()
    if not is_own_form(form, cookie(LOGIN)):
        if await signed_in() is not None:
            return _onwards()  # In another tab, since this page was made.
        return await _login_page(403, "This page was not up to date. Try again.")
    name, password = form.get("name", ""), form.get("password", "")
    if not name or not password:
        return await _login_page(400, "Enter your name and your password.", name)
    record = cast(RequestRecord, current_scope()["record"])
    signing_in = cast(SigningIn, current_app.extensions["signing_in"])
    try:
        value = await signing_in.session(name, password, record)
    except TooManyRequests as limited:
        record.refusal = "failures"
        alert = f"Too many wrong passwords. Wait {limited.headers['Retry-After']} seconds."
        return await _login_page(429, alert, name, limited.headers)
    except Unavailable as busy:
        return await _login_page(503, busy.detail, name, busy.headers)
    if value is None:
        return await _login_page(403, "The name or the password is wrong.", name)
    before = cookie(SESSION)
    if before is not None:
        await database().write(end_session, before)
    response = _onwards()
    set_cookie(response, SESSION, value)
    set_cookie(response, LOGIN, None)
    return response


async def sign_out() -> Response:
    """Somebody signs out, perhaps because somebody else will sign in."""
    person = await signed_in()
    if person is not None:
        if not is_own_form(await sent_form(), person.cookie):
            return await _account_page(person, 403, "This page was not up to date. Try again.")
        await database().write(end_session, person.cookie)
    response = see_page(f"/login{query()}")
    set_cookie(response, SESSION, None)
    return response


async def account() -> Response:
    """What the person allowed."""
    person = await signed_in()
    return see_page("/login") if person is None else await _account_page(person)


async def end_access() -> Response:
    """The person ends what they allowed."""
    person = await signed_in()
    if person is None:
        return see_page("/login")
    form = await sent_form()
    if not is_own_form(form, person.cookie):
        return await _account_page(person, 403, "This page was not up to date. Try again.")
    await database().write(end_grant, form.get("grant", ""), person.name)
    return see_page("/account")


def _onwards() -> Response:
    return see_page(f"/authorize{query()}" if query() else "/account")


async def _login_page(
    status: int = 200,
    alert: str | None = None,
    name: str = "",
    headers: dict[str, str] | None = None,
) -> Response:
    asked = await asking() if request.query_string else None
    value = cookie(LOGIN) or new_secret()
    response = await page(
        "login.html",
        status,
        sent_to=[] if asked is None else [asked.fields["redirect_uri"]],
        alert=alert,
        asked=None if asked is None else asked_of(asked),
        csrf=form_token(value),
        name=name,
        query=query(),
    )
    response.headers.update(headers or {})
    set_cookie(response, LOGIN, value)
    return response


async def _account_page(person: SignedIn, status: int = 200, alert: str | None = None) -> Response:
    grants = await database().read(list_grants, person.name)
    return await page(
        "account.html",
        status,
        alert=alert,
        csrf=form_token(person.cookie),
        grants=[shown_grant(grant, oauth().scopes) for grant in grants],
        person=person.name,
    )
