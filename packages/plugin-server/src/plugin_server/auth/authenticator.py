"""Before a token is looked up: whoever guesses is held back, and nobody else behind the address."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Protocol
from weakref import WeakValueDictionary

from ..errors import Problem, Unavailable
from ..http.record import RequestRecord
from ..limits import Limiter, address_key
from ..storage import DatabaseUnavailable
from . import FOUND, Caller
from .credentials import Credentials, Presented

# Tokens that are remembered: about 20 MB of them, if so many are in use.
KNOWN = 100_000
# Unknown tokens of one address that are looked up at the same time, and how long others wait.
AT_ONCE = 4
TURN_SECONDS = 5


class InvalidToken(Exception):
    """A token that was valid once, or is elsewhere: nobody who has it guesses. The text is a
    sentence.
    """


class Tokens(Protocol):
    """The tokens that are valid."""

    async def find(self, presented: Presented) -> Caller | None:
        """Whose token this is. Raises InvalidToken."""


class TokenAuthenticator:
    """Lets in who presents a valid token. One that was found valid is known from then on, by its
    digest, until it comes again and is not; those of `known` are from the start.
    """

    def __init__(
        self,
        credentials: Credentials,
        tokens: Tokens,
        limiter: Limiter,
        known: Iterable[str] = (),
    ) -> None:
        self._credentials = credentials
        self._tokens = tokens
        self._limiter = limiter
        self._known: OrderedDict[str, None] = OrderedDict.fromkeys(known)
        self._slots: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def known(self, authorization: str) -> str | None:
        """The digest of the token in this header, if it is known to be valid."""
        try:
            presented = self._credentials.presented(authorization)
        except Problem:
            return None
        return next((each.digest for each in presented if each.digest in self._known), None)

    async def recognise(self, authorization: str, scope: dict[str, Any]) -> str | None:
        """The digest of the token in this header, if it is valid. Raises nothing."""
        record: RequestRecord = scope["record"]
        try:
            scope[FOUND] = await self.caller(authorization, record)
        except (Problem, DatabaseUnavailable) as failure:
            scope[FOUND] = failure
        return record.caller

    async def caller(self, authorization: str | None, record: RequestRecord) -> Caller:
        """Who sent this Authorization header; the record is told the token's digest.

        Raises Unauthorized, and TooManyRequests for a token that is not known after too many that
        were not valid came from the same address.
        """
        presented = self._credentials.presented(authorization)
        try:
            return await self._caller(presented, record)
        except InvalidToken as fault:
            raise self._credentials.refusal(str(fault)) from None

    async def _caller(self, presented: list[Presented], record: RequestRecord) -> Caller:
        caller = None
        if any(each.digest in self._known for each in presented):
            caller = await self._find(presented, record)
        if caller is None:
            address = address_key(record.address)
            async with self._slot(address):
                await self._limiter.check("failures", address)
                caller = await self._find(presented, record)
                if caller is None:
                    await self._limiter.count("failures", address)
                    raise self._credentials.refusal()
        return caller

    async def _find(self, presented: list[Presented], record: RequestRecord) -> Caller | None:
        for each in presented:
            caller = await self._tokens.find(each)
            if caller is not None:
                self._remember(each.digest)
                record.caller = each.digest
                return caller
            self._known.pop(each.digest, None)
        return None

    @asynccontextmanager
    async def _slot(self, address: str) -> AsyncIterator[None]:
        """Let only so many at once of an address guess; else a flood is past before one failed."""
        slots = self._slots.setdefault(address, asyncio.Semaphore(AT_ONCE))
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await slots.acquire()
        except TimeoutError:
            raise Unavailable("Many tokens are being looked up. Try again in a moment.") from None
        try:
            yield
        finally:
            slots.release()

    def _remember(self, digest: str) -> None:
        self._known[digest] = None
        self._known.move_to_end(digest)
        if len(self._known) > KNOWN:
            self._known.popitem(last=False)
