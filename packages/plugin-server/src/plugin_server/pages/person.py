"""Who looks at a page."""

from ..auth import caller
from ..auth.oauth.browser import signed_in as signed_in_here
from ..contract import ME
from .current import documents, settings


async def signed_in() -> str | None:
    """The name of the person who looks at the page; None where that is not known.

    In mode none on a loopback address it is `me`: whoever is at this machine. In mode oauth it is
    who signed in here. The other modes know people by the tokens that assistants send, and a
    browser sends none.

    Raises Forbidden for a host name that is not this server's, and BadRequest for none.
    """
    given = settings()
    if given.mode == "none" and given.is_loopback:
        await caller()
        return ME
    if documents().mode == "oauth":
        found = await signed_in_here()
        return None if found is None else found.name
    return None
