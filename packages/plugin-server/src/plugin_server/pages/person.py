"""Who looks at a page."""

from ..auth import caller
from ..contract import ME
from .current import settings


async def signed_in() -> str | None:
    """The name of the person who looks at the page; None where that is not known.

    In mode none on a loopback address it is `me`: whoever is at this machine. The other modes know
    people by the tokens that assistants send, and a browser sends none.

    Raises Forbidden in mode none for a host name that is not this server's.
    """
    given = settings()
    if given.mode == "none" and given.is_loopback:
        await caller()
        return ME
    return None
