"""Mode user_http: each person has a token, and one list."""

from ..storage.current import database
from . import Caller
from .credentials import Presented
from .tokens import find_name


class PersonalTokens:
    """Knows the person by their token's digest, looked up on each request: revoking is instant."""

    async def find(self, presented: Presented) -> Caller | None:
        name = await database().read(find_name, presented.digest)
        return None if name is None else Caller(name)
