"""What a caller is told when the database cannot do what it should."""

from collections import defaultdict
from typing import ClassVar

from quart import Response

from . import errors, storage
from .observability.throttled import ThrottledWarning


class StorageFailures:
    """Answers them all, and logs each kind once a minute: every caller meets the same one."""

    _KINDS: ClassVar[dict[type[storage.DatabaseUnavailable], tuple[str, errors.Problem]]] = {
        storage.DatabaseFull: (
            "full",
            errors.InsufficientStorage("There is no room to keep this; nothing was done."),
        ),
        storage.DatabaseReadOnly: (
            "read-only",
            errors.Unavailable(
                "Nothing can be changed now, and nothing was done. Reading goes on.",
                code="read_only",
            ),
        ),
        storage.DatabaseBusy: (
            "busy",
            errors.Unavailable(
                "What this needs is busy, and nothing was done. Try again in a moment.",
                code="busy",
            ),
        ),
        storage.DatabaseUnavailable: (
            "unavailable",
            errors.Unavailable("The database is away. Try again in a moment."),
        ),
    }

    def __init__(self) -> None:
        self._news: defaultdict[tuple[type, type], ThrottledWarning] = defaultdict(
            lambda: ThrottledWarning(errors.log)
        )

    async def answer(self, error: storage.DatabaseUnavailable) -> Response:
        kind = type(error)
        word, problem = self._KINDS[kind]
        # What the database itself said may be news though the kind is not.
        news = self._news[kind, type(error.__cause__)]
        news.warn("the database is %s: %s", word, error)
        return errors.answer(problem)
