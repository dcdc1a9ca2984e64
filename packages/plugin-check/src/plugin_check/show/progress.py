"""What a check is asking now, on stderr: one line that is written over, or a line a request."""

import shutil
from types import TracebackType
from typing import Self, TextIO

from .printable import fitting, printable

# The width where there is no terminal to ask.
WIDTH = 80


class Progress:
    """A context manager that is called with what is asked next, from any one thread.

    On a terminal it clears its line at the end. Elsewhere it is silent unless `verbose`, which
    gives every request a line of its own.
    """

    def __init__(self, stream: TextIO | None, verbose: bool) -> None:
        self._stream = stream
        self._verbose = verbose
        self._shown = 0
        # Python has no stream where the caller closed it (`2>&-`).
        self._open = stream is not None and (verbose or stream.isatty())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # The thread that asks may outlive an interrupt; what it says then is for nobody.
        self._open = False
        if self._shown:
            self._write(f"\r{' ' * self._shown}\r")

    def __call__(self, sentence: str) -> None:
        if not self._open:
            return
        # ASCII: a wide character would take two columns, and the line would not fit.
        line = fitting(printable(sentence), "ascii")
        if self._verbose:
            self._write(f"{line}\n")
            return
        line = line[: shutil.get_terminal_size((WIDTH, 24)).columns - 1]
        self._write(f"\r{line:{self._shown}}")
        self._shown = len(line)

    def _write(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(text)
            self._stream.flush()
