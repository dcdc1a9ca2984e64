"""Lines leave from a thread of their own, gathered: a reader who is slow holds up no request."""

import logging
import os
import threading
import time

PAUSE_SECONDS = 0.05
FLUSH_SECONDS = 0.5
# What may wait for a reader; beyond, lines are counted and dropped.
WAITING_CHARACTERS = 2_000_000


class Writer(logging.Handler):
    """Writes to a file descriptor.

    The first line leaves at once, those of the next PAUSE_SECONDS together. Not through sys.stderr:
    its lock, held by a thread that is stuck, would keep the process from ending.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._changed = threading.Condition()
        self._lines: list[str] = []
        self._characters = 0
        self._dropped = 0
        self._is_writing = False
        self._is_hurried = False
        self._torn = b""
        threading.Thread(target=self._work, name="logs", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record) + "\n"
        except Exception:  # noqa: BLE001 - a message that does not fit its arguments
            self.handleError(record)
            return
        with self._changed:
            if self._characters + len(line) > WAITING_CHARACTERS:
                self._dropped += 1
                return
            self._lines.append(line)
            self._characters += len(line)
            if len(self._lines) == 1:
                self._changed.notify_all()

    def flush(self) -> None:
        """Wait until everything has left, at most FLUSH_SECONDS."""
        with self._changed:
            self._is_hurried = True
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: not self._lines and not self._is_writing, timeout=FLUSH_SECONDS
            )
            self._is_hurried = False

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._lines)
                lines, dropped = self._lines, self._dropped
                self._lines, self._characters, self._dropped = [], 0, 0
                self._is_writing = True
            if dropped:
                lines.append(self._notice(dropped))
            lost = self._write("".join(lines).encode("utf-8", "backslashreplace"))
            with self._changed:
                self._is_writing = False
                if lost:
                    # The notice, which is the last of the lines, is not worth a mention.
                    self._dropped += dropped + lost - bool(dropped)
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._is_hurried, timeout=PAUSE_SECONDS)

    def _notice(self, dropped: int) -> str:
        told = f"log lines dropped: {dropped}"
        record = logging.LogRecord(__name__, logging.WARNING, __file__, 0, told, (), None)
        return self.format(record) + "\n"

    def _write(self, lines: bytes) -> int:
        """Write them; the answer is the number of lines that could not be written whole."""
        data = self._torn + lines
        written = 0
        while written < len(data):
            try:
                written += os.write(self._descriptor, data[written:])
            except BlockingIOError:  # Whoever shares the pipe made it so.
                time.sleep(PAUSE_SECONDS)
            except OSError:
                break
        lost = data.count(b"\n", max(written, len(self._torn)))
        if written:
            self._torn = b"" if data[written - 1 : written] == b"\n" else b"\n"
        return lost
