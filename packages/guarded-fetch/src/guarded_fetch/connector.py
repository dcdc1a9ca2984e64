"""Connections to addresses that were checked, and to no others."""

import asyncio
import os
import ssl
from dataclasses import dataclass
from functools import cached_property

import httpcore2
from httpcore2 import AsyncNetworkStream

from . import tls
from .addresses import crosses, may_lead_outside
from .answers import Tls
from .errors import FetchError
from .network import NetworkAccess
from .targets import Target, target_of
from .words import printable

# A host may have hundreds of addresses; all are checked, so many are tried.
TRIED = 3


@dataclass(frozen=True)
class OutgoingConnection:
    """An open connection. `tls` is None for plain http."""

    stream: AsyncNetworkStream
    tls: Tls | None = None

    @property
    def trusted(self) -> bool:
        """Whether a credential may be sent: to whom the certificate names, or to plain http."""
        return self.tls is None or self.tls.failure is None


@dataclass(frozen=True)
class Resolution:
    """The addresses of a host, or the sentence why there are none."""

    addresses: tuple[str, ...]
    failure: str | None = None


class Connector:
    """Looks each host up once, checks what is found, and connects to exactly that.

    `start` is the URL that the user gave: when it is in a private network, everything may be
    reached, and when it is public, or None, nothing private may.
    """

    def __init__(
        self, start: str | None, network: NetworkAccess, seconds: float, needs_trust: bool
    ) -> None:
        self._start = start
        self._network = network
        self._seconds = seconds
        self._needs_trust = needs_trust
        self._look_ups: dict[str, asyncio.Task[Resolution]] = {}
        self._working: dict[str, str] = {}

    async def check(self, target: Target) -> None:
        """Raises FetchError where an address of the host may not be reached."""
        start_is_public = await self._start_is_public()
        for address in (await self._found(target)).addresses:
            if crosses(start_is_public, address):
                raise FetchError("address", _refusal(target.host, address))

    async def open(self, target: Target) -> OutgoingConnection:
        """Connect, with TLS for https. Raises FetchError."""
        await self.check(target)
        found = await self._found(target)
        if found.failure:
            raise FetchError("unresolved", found.failure)
        stream = await self._connect(target, found.addresses)
        if target.scheme == "http":
            return OutgoingConnection(stream)
        try:
            secured = await tls.secure(stream, self._strict, target.host)
            return OutgoingConnection(secured, Tls(tls.version_of(secured)))
        except httpcore2.ConnectError as error:
            refusal = error
        if self._needs_trust:
            untrusted = tls.distrusted(target.host, refusal, None)
            raise FetchError("tls", untrusted.failure or "") from refusal
        stream = await self._connect(target, found.addresses)
        try:
            secured = await tls.secure(stream, self._lenient, target.host)
        except httpcore2.ConnectError as error:
            reason = tls.failure_of(error)
            raise FetchError("tls", f"{_name(target)} does not speak TLS: {reason}.") from error
        return OutgoingConnection(
            secured, tls.distrusted(target.host, refusal, tls.version_of(secured))
        )

    async def aclose(self) -> None:
        """Wait for no resolver any longer."""
        for task in self._look_ups.values():
            task.cancel()
        await asyncio.gather(*self._look_ups.values(), return_exceptions=True)

    @cached_property
    def _strict(self) -> ssl.SSLContext:
        return tls.strict(self._network.context())

    @cached_property
    def _lenient(self) -> ssl.SSLContext:
        return tls.lenient()

    async def _start_is_public(self) -> bool:
        if self._start is None:
            return True
        try:
            found = await self._found(target_of(self._start))
        except FetchError:
            return True
        return found.failure is not None or any(map(may_lead_outside, found.addresses))

    async def _found(self, target: Target) -> Resolution:
        """What was found when the host was first asked about."""
        task = self._look_ups.get(target.host)
        if task is None:
            task = asyncio.create_task(self._look_up(target.host, target.port))
            self._look_ups[target.host] = task
        # One caller's time is up, another's is not.
        return await asyncio.shield(task)

    async def _look_up(self, host: str, port: int) -> Resolution:
        try:
            addresses = tuple(await self._network.resolve(host, port))
        except (OSError, ValueError) as error:
            why = printable(getattr(error, "strerror", None) or "no answer")
            return Resolution((), f"The host name {printable(host)} cannot be resolved: {why}.")
        return Resolution(addresses, None if addresses else f"{printable(host)} has no address.")

    async def _connect(self, target: Target, addresses: tuple[str, ...]) -> AsyncNetworkStream:
        """A connection to the first address that takes one, and to that one from then on."""
        first = self._working.get(target.host)
        tried = (first,) if first else addresses[:TRIED]
        reason = ""
        for address in tried:
            try:
                stream = await httpcore2.AnyIOBackend().connect_tcp(
                    *self._network.reach(address, target.port),
                    # None of them may use up the time of the others.
                    timeout=self._seconds / (len(tried) + 1) if address != tried[-1] else None,
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                reason = _reason(error)
            else:
                self._working[target.host] = address
                return stream
        raise FetchError("connection", f"{_name(target)} takes no connection: {reason}.")


def _name(target: Target) -> str:
    return f"{printable(target.host)} port {target.port}"


def _refusal(host: str, address: str) -> str:
    name, number = printable(host), printable(address)
    which = "is" if name == number else f"has the address {number}, which is"
    return f"{name} {which} not a public address: nothing public leads there."


def _reason(error: BaseException | None) -> str:
    while error is not None:
        if isinstance(error, OSError) and error.errno:
            return os.strerror(error.errno).lower()
        error = error.__cause__
    return "no answer"
