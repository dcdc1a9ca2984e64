"""Mode none: anyone may call, and the path names the list.

But not a page that makes a name of its own lead to this machine (DNS rebinding). A browser takes it
for a page of this server, so it may read, write and set headers. It cannot set Host, which tells
the name. Origin and Sec-Fetch-Site do not: a browser leaves them out, or they say "the same".
"""

from ipaddress import ip_address
from typing import Any

from ..errors import Forbidden
from ..http.origin import only_host
from ..http.record import RequestRecord
from ..settings.hosts import is_loopback, parse_host
from . import Caller


class NoAuth:
    """Looks at no token: whatever a caller sends, it is one of those at its address.

    `public_origin` is the one whose host may be called, as well as loopback names and addresses.
    """

    def __init__(self, public_origin: str | None) -> None:
        public = parse_host((public_origin or "").partition("://")[2])
        self._public_name = public.name if public else None

    def known(self, authorization: str) -> None:
        pass

    async def recognise(self, authorization: str, scope: dict[str, Any]) -> None:
        pass

    async def caller(
        self,
        authorization: str | None,  # noqa: ARG002 - nobody is asked
        record: RequestRecord,
    ) -> Caller:
        """Anybody. Raises BadRequest for a request that names no host, and Forbidden where a host
        that it names is not one of this server's.
        """
        only_host(record.headers)
        if all(map(self.is_ours, record.hosts)):
            return Caller(None)
        raise Forbidden(
            "This server asks for no token, so it answers only under localhost, an address, or"
            " the host that PLUGIN_PUBLIC_URL names.",
            code="foreign_host",
        )

    def is_ours(self, host: bytes) -> bool:
        """Whether a request that says it was sent to this host may be one of somebody who knows it
        for ours.
        """
        named = parse_host(host.decode("latin-1"))
        if named is None:
            return False
        name = named.name
        return name == self._public_name or is_loopback(name) or _is_address(name)


def _is_address(name: str) -> bool:
    """An address cannot be made to lead elsewhere."""
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
