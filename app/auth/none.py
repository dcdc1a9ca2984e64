"""Mode none: anyone may call, and the path names the list."""

from . import Caller


class NoAuth:
    async def caller(self, authorization: str | None) -> Caller:  # noqa: ARG002 - nobody is asked
        return Caller(None)
