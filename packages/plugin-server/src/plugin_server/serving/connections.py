"""Open connections, and which one is closed at the cap."""

import asyncio
import logging
from collections import OrderedDict
from enum import IntEnum
from typing import TYPE_CHECKING

from ..http.record import ConnectionCounts
from ..observability.throttled import ThrottledWarning

if TYPE_CHECKING:
    from .client_connection import ClientConnection

# Who has come has so long to be looked at before it may be taken for one that says nothing.
CHANCE_SECONDS = 0.02

log = logging.getLogger(__name__)


class Phase(IntEnum):
    """What a connection is doing. A number, because that is looked up several times a request."""

    COMING = 0  # accepted, and not looked at yet
    IDLE = 1  # no request has begun
    ARRIVING = 2  # a request has begun, and is not there yet
    LEAVING = 3  # the answer is not taken
    RUNNING = 4  # a request is being answered
    GONE = 5  # closed, to make room


# For their caller, in the order in which they make room.
WAITING = (Phase.IDLE, Phase.ARRIVING, Phase.LEAVING)


class Connections:
    """All connections, in the order in which they came into their phase; at most `most`."""

    def __init__(self, most: int, counts: ConnectionCounts) -> None:
        self.most = most
        self.counts = counts
        self.tasks: dict[ClientConnection, asyncio.Task[None]] = {}
        # Ten thousand are looked at in the time for one: dict finds its first key by a search.
        self._in_phase: list[OrderedDict[ClientConnection, None]] = [OrderedDict() for _ in Phase]
        self._crowd = ThrottledWarning(log)

    def add(self, client: "ClientConnection", task: asyncio.Task[None]) -> None:
        """Count it until its task ends."""
        self.tasks[client] = task
        self._in_phase[client.phase][client] = None
        self._count()
        task.add_done_callback(lambda _: self._remove(client))
        asyncio.get_running_loop().call_later(CHANCE_SECONDS, self._look, client)

    def enter(self, client: "ClientConnection", phase: Phase) -> None:
        """Put it at the end of another phase. Who is gone stays so."""
        if client.phase not in (phase, Phase.GONE):
            self._in_phase[client.phase].pop(client, None)
            client.phase = phase
            self._in_phase[phase][client] = None

    def without_request(self) -> "list[ClientConnection]":
        """Those on which no request has come whole, so that nothing runs."""
        phases = (Phase.COMING, Phase.IDLE, Phase.ARRIVING)
        return [client for phase in phases for client in self._in_phase[phase]]

    @property
    def all_just_came(self) -> bool:
        """Whether nobody waits for its caller, but for those of whom that is not known yet."""
        waiting = any(self._in_phase[phase] for phase in WAITING)
        return bool(self._in_phase[Phase.COMING]) and not waiting

    @property
    def must_look_first(self) -> bool:
        """Whether one more would have to take the place of one that is not looked at yet."""
        return self.counts.open >= self.most and self.all_just_came

    def make_room(self) -> bool:
        """Whether one more may come; one that waits is closed if it must be."""
        if self.counts.open < self.most or self.close_one():
            return True
        self.counts.refused += 1
        self._tell()
        return False

    def close_one(self) -> bool:
        """Close one that waits for its caller, False when none does: the one that is idle longest,
        else the one whose request is arriving longest, else the one that takes its answer longest.

        One whose request is being answered is never closed.
        """
        client = next((client for phase in WAITING for client in self._in_phase[phase]), None)
        if client is None:
            return False
        self.enter(client, Phase.GONE)
        client.abort()
        self.counts.closed += 1
        self._count()
        self._tell()
        return True

    def _look(self, client: "ClientConnection") -> None:
        if client.phase is Phase.COMING and client in self.tasks:
            self.enter(client, Phase.ARRIVING)

    def _remove(self, client: "ClientConnection") -> None:
        del self.tasks[client]
        del self._in_phase[client.phase][client]
        self._count()

    def _count(self) -> None:
        self.counts.open = len(self.tasks) - len(self._in_phase[Phase.GONE])

    def _tell(self) -> None:
        self._crowd.warn(
            "too many connections, %d may be open: so far %d that waited for their callers were"
            " closed to make room, and %d were refused",
            self.most,
            self.counts.closed,
            self.counts.refused,
        )
