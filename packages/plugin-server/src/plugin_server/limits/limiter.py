"""Counts, and refuses."""

from functools import cached_property
from ipaddress import IPv6Address, IPv6Network
from typing import TYPE_CHECKING

from ..http.address import Address
from ..settings import Settings
from .policies import FAILURES, Name, policy

if TYPE_CHECKING:
    from .windows import Windows

# The least that one subscriber has, so that its addresses are all the same one (RFC 6177).
IPV6_PREFIX = 64


def address_key(address: Address | None) -> str:
    """Under what a client is counted that is known by its address alone."""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), IPV6_PREFIX), strict=False))
    return str(address)


class Limiter:
    """Holds callers to the limits. Raises UnusableStorage for a storage that can never be used."""

    def __init__(self, settings: Settings) -> None:
        self._policies = {"failures": policy("failures", FAILURES)}
        self.counts_requests = settings.rate_limit != "off"
        if self.counts_requests:
            self._policies["rate"] = policy("rate", settings.rate_limit)
        self._storage = settings.rate_limit_storage
        self._program = settings.program
        if self._storage is not None:
            _ = self._windows

    async def count(self, name: Name, key: str) -> None:
        """Count one more under the key. Raises TooManyRequests instead when there is no room."""
        policy = self._policies[name]
        if not await self._windows.hit(policy, key):
            raise policy.refusal(await self._windows.wait(policy, key))

    async def check(self, name: Name, key: str) -> None:
        """Raises TooManyRequests when there is no room for one more."""
        if "_windows" not in self.__dict__:
            return  # Nothing was counted yet.
        policy = self._policies[name]
        if not await self._windows.has_room(policy, key):
            raise policy.refusal(await self._windows.wait(policy, key))

    async def close(self) -> None:
        """Let go of the storage."""
        await self._windows.close()

    @cached_property
    def _windows(self) -> "Windows":
        # The library takes a tenth of a start to import, and is not needed before a request.
        from .windows import Windows

        url = self._storage.get_secret_value() if self._storage else None
        return Windows(url, self._program)
