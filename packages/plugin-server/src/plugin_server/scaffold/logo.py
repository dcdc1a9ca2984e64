"""A logo, drawn: the first letter of the name on a square of a colour that the name decides.

The letters are those of a five by seven raster, and what is no letter is a ring.
"""

import hashlib
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from colorsys import hls_to_rgb

SIZE = 512  # pixels, each way: what the hosts ask of a plugin's logo
DOT = 48  # pixels
WIDTH, HEIGHT = 5, 7  # dots

# Each letter's rows, from the top, as numbers of five bits.
LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            *("4AHHVHH", "UHHUHHU", "EHGGGHE", "UHHHHHU", "VGGUGGV", "VGGUGGG", "EHGNHHE"),
            *("HHHVHHH", "E44444E", "722222C", "HIKOKIH", "GGGGGGV", "HRLLHHH", "HPLLLJH"),
            *("EHHHHHE", "UHHUGGG", "EHHHLID", "UHHUKIH", "FGGE11U", "V444444", "HHHHHHE"),
            *("HHHHHA4", "HHHLLRH", "HHA4AHH", "HHA4444", "V1248GV"),
        ),
        strict=True,
    )
)
RING = "EHHHHHE"

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)


def logo(title: str) -> bytes:
    """The logo of a plugin with this name, a PNG; the same name always gives the same pixels."""
    shape = LETTERS.get(unicodedata.normalize("NFKD", title)[:1].upper(), RING)
    rows = [int(each, 32) for each in shape]
    image = zlib.compress(b"".join(_rows(rows, _colour(title))), 9)
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)  # 8 bits a channel, RGB
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + _chunk(b"IHDR", header) + _chunk(b"IDAT", image) + _chunk(b"IEND", b"")


def _colour(title: str) -> Colour:
    hue = hashlib.sha256(title.encode()).digest()[0] / 256
    red, green, blue = (round(255 * part) for part in hls_to_rgb(hue, 0.36, 0.62))
    return red, green, blue


def _rows(shape: list[int], background: Colour) -> Iterator[bytes]:
    left, top = (SIZE - WIDTH * DOT) // 2, (SIZE - HEIGHT * DOT) // 2
    margin = bytes(background) * left
    empty = b"\0" + bytes(background) * SIZE
    yield from [empty] * top
    for bits in shape:
        dots = (WHITE if bits >> (WIDTH - 1 - place) & 1 else background for place in range(WIDTH))
        line = b"\0" + margin + b"".join(bytes(dot) * DOT for dot in dots) + margin
        yield from [line] * DOT
    yield from [empty] * (SIZE - top - HEIGHT * DOT)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
