"""What is served at the moment: made of the two files, and anew whenever one of them changes."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from ..contract_operations import Operations
from ..documents import Documents, InvalidDocument
from ..mcp.calls import Application
from ..mcp.routes import McpEndpoint
from ..settings import Settings
from .files import FileDocuments, Files
from .headers import OF_REQUESTS, named_in

LOOK_SECONDS = 0.5

log = logging.getLogger(__name__)

# Prints what plugin-check says of the two files.
Examine = Callable[[Files], None]


class Served(NamedTuple):
    """`request_headers` are those that pass, `answer_headers` those that the contract names."""

    documents: Documents
    mcp: McpEndpoint
    operations: Operations
    request_headers: frozenset[bytes]
    answer_headers: frozenset[bytes]


def read(files: Files, app: Application, settings: Settings) -> Served:
    """What the files hold now. Raises InvalidDocument."""
    documents = FileDocuments(files)
    endpoint = McpEndpoint(app, documents, settings)
    try:
        operations = Operations(documents.contract)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise InvalidDocument(f"{files.contract.name}: its answers cannot be read") from error
    requests, answers = named_in(documents.contract)
    return Served(documents, endpoint, operations, OF_REQUESTS | requests, answers)


class Watched:
    """`now` is what is served. Raises InvalidDocument at the start; later, what was read before
    stays in force.
    """

    def __init__(
        self, files: Files, app: Application, settings: Settings, examine: Examine | None
    ) -> None:
        self._files = files
        self._read = partial(read, files, app, settings)
        self._examine = examine
        self._state = files.state()
        self.now = self._read()

    async def watch(self) -> None:
        """Look at the files again and again, and examine each state that they are found in."""
        examined = None
        while True:
            self.refresh()
            if self._examine is not None and self._state != examined:
                examined = self._state
                await asyncio.to_thread(self._examine, self._files)
            await asyncio.sleep(LOOK_SECONDS)

    def refresh(self) -> None:
        """Read the files again if they have changed."""
        state = self._files.state()
        if state == self._state:
            return
        self._state = state
        try:
            self.now = self._read()
        except InvalidDocument as error:
            log.warning("what was read before stays in force: %s", error)
        else:
            log.info("read again: %s", " and ".join(file.name for file in self._files))
