"""What the machine's network does, and how much of it a check may use."""

import asyncio
import contextlib
import socket
import ssl
import threading
from dataclasses import dataclass

import httpcore2


@dataclass(frozen=True)
class Limits:
    """What a client may take. The size is that of an answer's body after decompression."""

    seconds_a_request: float = 10.0
    seconds_in_all: float = 60.0
    bytes_a_document: int = 1_048_576


class NetworkAccess:
    """The real network. Subclasses may put made-up names on it, and other authorities."""

    async def resolve(self, host: str, port: int) -> list[str]:
        """The numeric addresses of a host, the preferred first. Raises OSError."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def deliver(found: list[str] | OSError) -> None:
            if answer.done():
                return
            if isinstance(found, OSError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def ask() -> None:
            found = _look_up(host, port)
            # Nobody waits any more once the loop is closed.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(deliver, found)

        # Not the loop's executor: the interpreter would wait at its end for a resolver that hangs.
        threading.Thread(target=ask, name="resolver", daemon=True).start()
        return await answer

    def reach(self, address: str, port: int) -> tuple[str, int]:
        """Where to connect to for an address that was checked."""
        return address, port

    def context(self) -> ssl.SSLContext:
        """How to verify certificates: against the authorities that the system trusts."""
        return httpcore2.default_ssl_context()


def _look_up(host: str, port: int) -> list[str] | OSError:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        return socket.gaierror(socket.EAI_NONAME, "no name of a host")
    except OSError as error:
        return error
    return list(dict.fromkeys(str(address[0]) for *_, address in answers))
