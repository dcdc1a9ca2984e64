"""Listening sockets: one for each address, and two for localhost."""

import errno
import socket
from collections.abc import Sequence

BACKLOG = 1024

# What the system says that has no IPv6.
_NO_IPV6 = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT)


def listen(addresses: Sequence[str]) -> list[socket.socket]:
    """Listen on each HOST:PORT; on 127.0.0.1 and ::1 for localhost, as clients try either first.

    Raises OSError, whose `filename` is the address that cannot be had.
    """
    listeners: list[socket.socket] = []
    for address in addresses:
        host, port = split_address(address)
        if host != "localhost":
            listeners.append(_listener(address, host, port))
            continue
        listeners.append(_listener(address, "127.0.0.1", port))
        try:
            listeners.append(_listener(address, "::1", listeners[-1].getsockname()[1]))
        except OSError as error:
            if error.errno not in _NO_IPV6:
                raise
    return listeners


def split_address(address: str) -> tuple[str, int]:
    """Host, without brackets, and port."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def url(scheme: str, listener: socket.socket) -> str:
    """The origin of a listener's own address."""
    host, port = listener.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _listener(address: str, host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        error.filename = address
        raise
