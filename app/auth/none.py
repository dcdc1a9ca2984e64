"""Mode none: anyone may call, and the path names the list."""

from typing import Any

from ..http.exchange import Exchange
from . import Caller


class NoAuth:
    """Looks at no token: whatever a caller sends, it is one of those at its address."""

    def known(self, authorization: str) -> None:
        pass

    async def recognise(self, authorization: str, scope: dict[str, Any]) -> None:
        pass

    async def caller(
        self,
        authorization: str | None,  # noqa: ARG002 - nobody is asked
        exchange: Exchange,  # noqa: ARG002
    ) -> Caller:
        return Caller(None)
