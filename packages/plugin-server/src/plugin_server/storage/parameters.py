"""`:name` parameters, as sqlite3 takes them, in the spelling of psycopg."""

import re
from functools import lru_cache

from .statements import OPAQUE

# What may hold a colon and is no parameter comes first.
_COLON = re.compile(rf"{OPAQUE} | :: | :(?P<name>[A-Za-z_]\w*)", re.VERBOSE | re.DOTALL)


@lru_cache(maxsize=1024)
def psycopg_sql(sql: str) -> bytes:
    """The same SQL with %(name)s for :name."""
    return _COLON.sub(_spelled, sql.replace("%", "%%")).encode()


def _spelled(found: re.Match[str]) -> str:
    name = found["name"]
    return found[0] if name is None else f"%({name})s"
