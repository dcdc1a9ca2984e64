"""Who is calling? One file a mode; each answers that and nothing else.

none           anyone
service_http   one trusted host, known by a token of PLUGIN_SERVICE_TOKENS
user_http      one person, known by a token of `todo-plugin token add NAME`
"""

from typing import NamedTuple, Protocol, cast

from quart import current_app, request

from ..errors import BadRequest, Forbidden
from ..settings import Settings
from .names import OWN_LIST, name_fault


class Caller(NamedTuple):
    """Who calls: the person whose list it is, or None for one who may name any list."""

    username: str | None


class Mode(Protocol):
    """A way to know the caller."""

    async def caller(self, authorization: str | None) -> Caller:
        """Who sent this Authorization header. Raises Unauthorized."""


def mode_of(settings: Settings) -> Mode:
    """The mode that the settings ask for."""
    from .credentials import Credentials

    credentials = Credentials(settings.authorization_type)
    match settings.mode:
        case "none":
            from .none import NoAuth

            return NoAuth()
        case "service_http":
            from .service_http import ServiceAuth

            tokens = [token.get_secret_value() for token in settings.service_tokens]
            return ServiceAuth(credentials, tokens)
        case "user_http":
            from .user_http import UserAuth

            return UserAuth(credentials)


async def list_name(username: str) -> str:
    """The list that the caller may use under the `username` of the path.

    A person has one list, named `me` or by their name. Raises Unauthorized, BadRequest for what is
    no username, and Forbidden for another's, so that nobody learns whether such a list exists.
    """
    mode = cast(Mode, current_app.extensions["auth"])
    caller = await mode.caller(request.headers.get("Authorization"))
    fault = name_fault(username)
    if fault is not None:
        raise BadRequest(fault, code="invalid_username")
    if caller.username is None:
        return username
    if username not in (OWN_LIST, caller.username):
        raise Forbidden(f"Your token is for your own list: use the username {OWN_LIST}.")
    return caller.username
