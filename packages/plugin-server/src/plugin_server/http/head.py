"""The head of a request: its headers, and what is refused of it before a body is read."""

from collections.abc import Iterable, Mapping

from ..errors import BadRequest, HeadersTooLarge, UnreadableRequest

HEADER_BYTES = 16_384

_VERSIONS = ("2", "3")
_SINGLE = (b"authorization", b"content-type", b"content-encoding", b"content-length")


def read_headers(lines: Iterable[tuple[bytes, bytes]]) -> dict[bytes, list[bytes]]:
    """The values by the names in lower case. httptools leaves white space behind a value, which is
    no part of it (RFC 9112 section 5.1).
    """
    headers: dict[bytes, list[bytes]] = {}
    for name, value in lines:
        headers.setdefault(name.lower(), []).append(value.strip(b" \t"))
    return headers


def check_version(version: str) -> None:
    """Raises UnreadableRequest for what only looks like HTTP/1 (RFC 9110 section 2.5).

    Servers that speak HTTP/2 or HTTP/3 name these without a minor version.
    """
    if version not in _VERSIONS and not version.startswith("1."):
        problem = UnreadableRequest("The server speaks HTTP/1.1: send the request in that.")
        problem.status, problem.title = 505, "HTTP Version Not Supported"
        raise problem


def check_headers(headers: Mapping[bytes, list[bytes]]) -> None:
    """Raises HeadersTooLarge, UnreadableRequest, and BadRequest for what means two things."""
    size = sum(len(name) * len(values) + sum(map(len, values)) for name, values in headers.items())
    if size > HEADER_BYTES:
        raise HeadersTooLarge(f"The headers are longer than {HEADER_BYTES} bytes.")
    codings = headers.get(b"transfer-encoding")
    if codings is not None and b"content-length" in headers:
        # RFC 9112 section 6.3: perhaps somebody smuggles a second request past a proxy.
        raise BadRequest(
            "A request has Content-Length or Transfer-Encoding, not both.",
            code="ambiguous_length",
        )
    if codings is not None and [coding.lower() for coding in codings] != [b"chunked"]:
        problem = UnreadableRequest("The only transfer coding that the server knows is chunked.")
        problem.status, problem.title = 501, "Not Implemented"
        raise problem
    for name in _SINGLE:
        if len(headers.get(name, ())) > 1:
            raise BadRequest("A header that may stand once is repeated.", code="repeated_header")
