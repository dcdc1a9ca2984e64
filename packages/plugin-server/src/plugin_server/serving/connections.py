"""Who is connected, and who makes room when too many are."""

import asyncio
import logging
from collections import OrderedDict
from enum import IntEnum
from typing import TYPE_CHECKING

from ..http.record import ConnectionCounts
from ..observability.throttled import ThrottledWarning

if TYPE_CHECKING:
    from .peer import Peer

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
        self.tasks: dict[Peer, asyncio.Task[None]] = {}
        # Ten thousand are looked at in the time for one: dict finds its first key by a search.
        self._peers: list[OrderedDict[Peer, None]] = [OrderedDict() for _ in Phase]
        self._crowd = ThrottledWarning(log)

    def add(self, peer: "Peer", task: asyncio.Task[None]) -> None:
        """Count it until its task ends."""
        self.tasks[peer] = task
        self._peers[peer.phase][peer] = None
        self._count()
        task.add_done_callback(lambda _: self._remove(peer))
        asyncio.get_running_loop().call_later(CHANCE_SECONDS, self._look, peer)

    def enter(self, peer: "Peer", phase: Phase) -> None:
        """Put it at the end of another phase. Who is gone stays so."""
        if peer.phase not in (phase, Phase.GONE):
            self._peers[peer.phase].pop(peer, None)
            peer.phase = phase
            self._peers[phase][peer] = None

    def without_request(self) -> "list[Peer]":
        """Those on which no request has come whole, so that nothing runs."""
        phases = (Phase.COMING, Phase.IDLE, Phase.ARRIVING)
        return [peer for phase in phases for peer in self._peers[phase]]

    @property
    def all_just_came(self) -> bool:
        """Whether nobody waits for its caller, but for those of whom that is not known yet."""
        waiting = any(self._peers[phase] for phase in WAITING)
        return bool(self._peers[Phase.COMING]) and not waiting

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
        peer = next((peer for phase in WAITING for peer in self._peers[phase]), None)
        if peer is None:
            return False
        self.enter(peer, Phase.GONE)
        peer.abort()
        self.counts.closed += 1
        self._count()
        self._tell()
        return True

    def _look(self, peer: "Peer") -> None:
        if peer.phase is Phase.COMING and peer in self.tasks:
            self.enter(peer, Phase.ARRIVING)

    def _remove(self, peer: "Peer") -> None:
        del self.tasks[peer]
        del self._peers[peer.phase][peer]
        self._count()

    def _count(self) -> None:
        self.counts.open = len(self.tasks) - len(self._peers[Phase.GONE])

    def _tell(self) -> None:
        self._crowd.warn(
            "too many connections, %d may be open: so far %d that waited for their callers were"
            " closed to make room, and %d were refused",
            self.most,
            self.counts.closed,
            self.counts.refused,
        )
