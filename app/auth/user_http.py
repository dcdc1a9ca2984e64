"""Mode user_http: each person has a token, and one list."""

from ..storage.current import database
from . import Caller
from .credentials import Credentials
from .tokens import find_name


class UserAuth:
    """Knows the person by their token's digest, looked up on each request: revoking is instant."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def caller(self, authorization: str | None) -> Caller:
        for presented in self._credentials.digests(authorization):
            name = await database().read(find_name, presented)
            if name is not None:
                return Caller(name)
        raise self._credentials.refusal()
