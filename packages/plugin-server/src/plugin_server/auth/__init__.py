"""Who is calling, and may they do this? One file a mode; each answers the first and nothing else.

none           anyone who calls it by a name of this server
service_http   one trusted host, known by a token of PLUGIN_SERVICE_TOKENS
user_http      one person, known by a token of `token add NAME`
oauth          one person, known by a token that a client has from them; it has scopes

In all but the first, TokenAuthenticator holds back who presents one invalid token after another.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol, cast

from quart import Quart, Response, current_app, request

from ..contract import ME
from ..errors import BadRequest, Forbidden, TooManyRequests
from ..http.answer import vary
from ..http.record import RequestRecord
from ..limits import Callers, Limiter, asks_who_calls
from ..settings import Settings
from .challenges import challenge, insufficient_scope, wanted_scopes
from .names import name_fault

# Where in the scope it stands what the limits found out about the caller.
FOUND = "found_caller"


class Caller(NamedTuple):
    """Who calls: the person whose list it is, or None for one who may name any list. `scopes` are
    what a client may do for the person; None for all.
    """

    username: str | None
    scopes: frozenset[str] | None = None

    def require(self, scopes: Iterable[str]) -> None:
        """Raises Forbidden unless the caller has all of these."""
        if self.scopes is not None and not self.scopes.issuperset(scopes):
            raise insufficient_scope(tuple(scopes))


class Mode(Callers, Protocol):
    """A way to know the caller."""

    async def caller(self, authorization: str | None, record: RequestRecord) -> Caller:
        """Who sent this Authorization header; the record is told the token's digest.

        Raises Unauthorized, TooManyRequests and Forbidden.
        """


def authenticator_of(settings: Settings, limiter: Limiter) -> Mode:
    """The mode that the settings ask for."""
    from .authenticator import TokenAuthenticator
    from .credentials import Credentials

    credentials = Credentials(settings.authorization_type)
    match settings.mode:
        case "none":
            from .none import NoAuth

            return NoAuth(settings.public_origin)
        case "service_http":
            from .service_http import ServiceTokens

            tokens = ServiceTokens(token.get_secret_value() for token in settings.service_tokens)
            return TokenAuthenticator(credentials, tokens, limiter, known=tokens.digests)
        case "user_http":
            from .user_http import PersonalTokens

            return TokenAuthenticator(credentials, PersonalTokens(), limiter)
        case "oauth":
            from .oauth.resources import access_tokens

            credentials = Credentials("bearer", challenge)
            return TokenAuthenticator(credentials, access_tokens(settings), limiter)


def install(app: Quart) -> None:
    """Tell caches that the answers of routes that ask who is calling, failures too, depend on it.

    For the modes that look at a token.
    """

    @app.after_request
    async def vary_by_caller(response: Response) -> Response:
        if asks_who_calls():
            vary(response, "Authorization")
        return response


async def caller() -> Caller:
    """Who sends the request in hand, and may do what its route does. Raises Unauthorized,
    TooManyRequests and Forbidden.
    """
    found = await authenticated()
    if found.scopes is not None:
        found.require(wanted_scopes())
    return found


async def authenticated() -> Caller:
    """Who sends the request in hand, whatever they may do. Raises Unauthorized, TooManyRequests and
    Forbidden.
    """
    mode = cast(Mode, current_app.extensions["auth"])
    scope = cast(dict[str, Any], request.scope)
    record: RequestRecord = scope["record"]
    # Once: a tool's route asks again.
    found: Caller | Exception | None = scope.pop(FOUND, None)
    try:
        if isinstance(found, Exception):
            raise found
        return found or await mode.caller(request.headers.get("Authorization"), record)
    except TooManyRequests:
        record.refusal = "failures"
        raise


async def owner(username: str = ME) -> str:
    """Under whose name the data is kept that the caller asks for.

    `username` is the one that the path names; a path that names nobody means the caller. A person
    is named `me` or by their name. Where callers are nobody in particular (modes none and
    service_http), it is the username as it stands, and `me` is common to all of them.

    Raises what `caller` raises, BadRequest for what is no username, and Forbidden for another
    person's, so that nobody learns whether it exists.
    """
    person = (await caller()).username
    fault = name_fault(username)
    if fault is not None:
        raise BadRequest(fault, code="invalid_username")
    if person is None:
        return username
    if username not in (ME, person):
        raise Forbidden(f"Your token is for yourself: use the username {ME}.")
    return person
