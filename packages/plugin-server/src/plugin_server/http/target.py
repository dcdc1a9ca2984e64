"""The request target, decoded from its raw bytes (RFC 9112 section 3.2)."""

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from werkzeug.routing import IntegerConverter

from ..errors import BadRequest, TargetTooLong

TARGET_BYTES = 8192
# Where machines ask: not limited, not logged, and open to this machine whoever else may call.
HEALTH = "/healthz"
_ABSOLUTE = re.compile(rb"https?://([^/?#]*)", re.IGNORECASE)
_SAFE = re.compile(rb"/[A-Za-z0-9/._~-]*")
_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class WholeNumberInPath(IntegerConverter):
    """`<int:…>` in a route: digits of ASCII, and no more than every database keeps."""

    regex = "[0-9]{1,16}"


def split_absolute(target: bytes) -> tuple[bytes | None, bytes]:
    """The authority and path of a target in absolute form, as a proxy is sent; else None and it."""
    match = _ABSOLUTE.match(target)
    return (match[1], target[match.end() :] or b"/") if match else (None, target)


def check_length(raw_path: bytes, query: bytes) -> None:
    """Raises TargetTooLong (RFC 9110 section 15.5.15)."""
    if len(raw_path) + len(query) > TARGET_BYTES:
        raise TargetTooLong(f"Path and query are longer than {TARGET_BYTES} bytes.")


def decode_path(raw_path: bytes) -> str:
    """The path as text in NFC, so that one name has one spelling.

    Raises BadRequest for what is not UTF-8, for control characters, and for U+FFFD, which stands
    for bytes that somebody before us could not decode and would make two names one.
    """
    if _SAFE.fullmatch(raw_path):
        return raw_path.decode("ascii")
    if not raw_path.startswith(b"/") or _ESCAPE.search(raw_path):
        raise BadRequest("The request target is not a path.", code="invalid_path")
    try:
        path = unicodedata.normalize("NFC", unquote_to_bytes(raw_path).decode("utf-8"))
    except UnicodeDecodeError:
        raise BadRequest(
            "The path is not UTF-8: percent-encode its UTF-8 bytes.", code="invalid_path"
        ) from None
    if is_unfit(path):
        raise BadRequest(
            "The path has a control character or U+FFFD, which no name here may have.",
            code="invalid_path",
        )
    return path


def below(prefix: str, path: str) -> str:
    """The path without the prefix, which some proxies take away and some do not."""
    if path == prefix:
        return "/"
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path


def is_unfit(text: str) -> bool:
    """Whether it has a control character or U+FFFD, which no name in a path may have."""
    return any(each == "\ufffd" or unicodedata.category(each) == "Cc" for each in text)
