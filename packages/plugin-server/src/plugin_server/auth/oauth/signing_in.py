"""Signing in: a name and a password, and who guesses is held back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from ...errors import TooManyRequests, Unavailable
from ...http.forms import new_secret
from ...http.record import RequestRecord
from ...limits import Limiter, address_key
from ...storage.current import database
from ..credentials import digest
from ..names import checked_name
from .passwords import is_password
from .people import find_password
from .sessions import add_session

# Each check takes 64 MiB: so many at the same time, in this process, and others wait so long.
AT_ONCE = 2
TURN_SECONDS = 5


class SigningIn:
    """Checks passwords. Wrong ones are counted by address and by name, as far as that is not yet
    refused.
    """

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def session(self, name: str, password: str, record: RequestRecord) -> str | None:
        """The cookie of a new session of `name`; None if the password is not theirs, or there is
        nobody of that name.

        Raises TooManyRequests after too many wrong ones from this address or for this name, and
        Unavailable when there is no turn.
        """
        with suppress(ValueError):
            name = checked_name(name)
        keys = (f"login {address_key(record.address)}", f"login {digest(name)}")
        async with self._turn():
            for key in keys:
                await self._limiter.check("failures", key)
            kept = await database().read(find_password, name)
            matches = await asyncio.to_thread(is_password, kept, password)
            if not matches or kept is None:
                for key in keys:
                    # Another process, or another turn, may have counted the last one meanwhile.
                    with suppress(TooManyRequests):
                        await self._limiter.count("failures", key)
                return None
        cookie = new_secret()
        is_added = await database().write(add_session, name, kept, cookie)
        return cookie if is_added else None

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._turns.acquire()
        except TimeoutError:
            raise Unavailable("Many people sign in just now. Try again in a moment.") from None
        try:
            yield
        finally:
            self._turns.release()
