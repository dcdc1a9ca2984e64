"""Open connections: their deadlines, and which one is closed when too many are open."""

import asyncio
import logging
from collections import OrderedDict
from enum import IntEnum
from typing import Protocol

from ..http.record import ConnectionCounts
from ..observability.throttled import ThrottledWarning
from .descriptors import most_connections

SWEEP_SECONDS = 0.5
# A new connection is not closed at once to make room: its request may be on its way. Rather, there
# may be some more for a while, and some to be told that all are busy.
YOUNG_SECONDS = 0.1
MORE = 32

log = logging.getLogger(__name__)


class State(IntEnum):
    """What a connection waits for, in the order in which one is closed to make room."""

    IDLE = 0  # a request
    HEAD = 1  # the first byte after the accept, or the rest of a request's head
    BODY = 2  # the rest of a request's body; the application itself limits how long that takes
    UNREAD = 3  # a client that reads its answers
    RUNNING = 4  # nothing: a request is being answered


SECONDS = {State.IDLE: 75.0, State.HEAD: 10.0, State.UNREAD: 30.0}


class OpenConnection(Protocol):
    """What is known here of a connection. `since` is when it came into its state."""

    state: State
    since: float

    def has_unsent(self) -> bool:
        """Whether something that was written has not left."""

    def update(self) -> None:
        """Enter the state that it is in."""

    def abort(self) -> None:
        """Close it now, whatever was not sent or read."""


class Connections:
    """All open connections, about `most` at a time. To be made and used in the event loop."""

    def __init__(self, most: int, counts: ConnectionCounts) -> None:
        self.counts = counts
        self._wanted = self._most = most
        self._loop = asyncio.get_running_loop()
        # Each in the order in which connections came into the state: the first is the oldest.
        self._in: list[OrderedDict[OpenConnection, None]] = [OrderedDict() for _ in State]
        self._crowded = ThrottledWarning(log)
        self._swept = self._loop.time()
        self._sweep()

    def admit(self, connection: OpenConnection) -> bool:
        """Count a new one, for which another is closed if it must be."""
        # The limit may be lowered while the server runs.
        self._most = min(self._wanted, most_connections())
        if not self._has_room():
            self._refused()
            return False
        connection.state, connection.since = State.HEAD, self._loop.time()
        self._in[State.HEAD][connection] = None
        self.counts.open += 1
        return True

    def may_run(self) -> bool:
        """Whether no more requests run than there may be connections."""
        if len(self._in[State.RUNNING]) <= self._most:
            return True
        self._refused()
        return False

    def enter(self, connection: OpenConnection, state: State) -> None:
        """Begin a state; nothing for a connection that is in it, or not counted."""
        if state is not connection.state and connection in self._in[connection.state]:
            del self._in[connection.state][connection]
            connection.state, connection.since = state, self._loop.time()
            self._in[state][connection] = None

    def remove(self, connection: OpenConnection) -> None:
        """Count it no more."""
        if self._in[connection.state].pop(connection, self) is None:
            self.counts.open -= 1

    def _has_room(self) -> bool:
        while self.counts.open >= self._most:
            oldest = self._oldest_waiting()
            if oldest is None:
                if self.counts.open < self._most + MORE:
                    return True
                oldest = next(iter(self._in[State.HEAD]), None)
                if oldest is None:
                    return False
            self.remove(oldest)
            oldest.abort()
            self.counts.closed += 1
            self._warn()
        return True

    def _oldest_waiting(self) -> OpenConnection | None:
        now = self._loop.time()
        for state in (State.IDLE, State.HEAD, State.BODY, State.UNREAD):
            for connection in self._in[state]:
                if state is State.HEAD and connection.since > now - YOUNG_SECONDS:
                    break
                if state is State.UNREAD or not connection.has_unsent():
                    return connection
        return None

    def _sweep(self) -> None:
        """Close what is late. What was sent is read or not only some time after the answer."""
        now = self._loop.time()
        for connection in list(self._in[State.UNREAD]):
            connection.update()
        for connection in reversed(list(self._in[State.IDLE])):
            if connection.since < self._swept:
                break
            if connection.has_unsent():
                self.enter(connection, State.UNREAD)
        for state, seconds in SECONDS.items():
            for connection in list(self._in[state]):
                if connection.since > now - seconds:
                    break
                connection.abort()
        self._swept = now
        self._loop.call_later(SWEEP_SECONDS, self._sweep)

    def _refused(self) -> None:
        self.counts.refused += 1
        self._warn()

    def _warn(self) -> None:
        self._crowded.warn(
            "too many connections, %d may be open: so far %d that waited for their clients were"
            " closed to make room, and %d were refused",
            self._most,
            self.counts.closed,
            self.counts.refused,
        )
