"""How large a picture is, by its first bytes."""

from struct import unpack
from typing import NamedTuple

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_SIGNATURE = b"\xff\xd8\xff"

# JPEG's frame headers: those of the C row that are no tables and no arithmetic conditioning.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Markers without a length: padding, restarts, start of image.
BARE = frozenset((0x01, *range(0xD0, 0xD9)))


class Picture(NamedTuple):
    """A picture's format, `PNG` or `JPEG`, and its measures in pixels."""

    format: str
    width: int
    height: int


def measure(content: bytes) -> Picture | None:
    """The measures of a PNG or a JPEG, None for anything else. The end may be missing."""
    if content.startswith(PNG_SIGNATURE) and content[12:16] == b"IHDR" and len(content) >= 24:
        return Picture("PNG", *unpack(">II", content[16:24]))
    return _jpeg(content) if content.startswith(JPEG_SIGNATURE) else None


def _jpeg(content: bytes) -> Picture | None:
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker in FRAMES:
            height, width = unpack(">HH", content[position + 5 : position + 9])
            return Picture("JPEG", width, height)
        if marker == 0xFF:
            position += 1
        elif marker in BARE:
            position += 2
        else:
            length = int.from_bytes(content[position + 2 : position + 4], "big")
            position += 2 + max(length, 2)
    return None
