"""Draw logo.png, with nothing but the standard library: a fork changes a colour and runs it again.

Every shape is a signed distance in pixels, negative inside; that gives smooth edges for free. The
bytes are the same on every run with the same zlib.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from math import sqrt
from pathlib import Path

SIZE = 512  # pixels, each way: what the hosts ask of a plugin's logo
CORNER = 116  # pixels
TOP = (108, 92, 246)  # the background's colour at its upper and lower edge, RGB
BOTTOM = (67, 48, 208)
THICKNESS = 46  # pixels

Point = tuple[float, float]
Stroke = tuple[Point, Point]
Colour = tuple[int, int, int]
Pixel = tuple[int, int, int, int]
Picture = Callable[[float, float], Pixel]

# A list, and the check-mark that stands where its last lines end.
CHECK: tuple[Stroke, ...] = (((240, 314), (304, 378)), ((304, 378), (418, 248)))
LINES: tuple[Stroke, ...] = (
    ((94, 138), (364, 138)),
    ((94, 229), (294, 229)),
    ((94, 320), (160, 320)),
)
LINES_OPACITY = 0.62


def stroke_distance(x: float, y: float, stroke: Stroke) -> float:
    """Distance to a line with round ends."""
    (x1, y1), (x2, y2) = stroke
    length_squared = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length_squared
    along = min(1.0, max(0.0, along))
    across_x, across_y = x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1)
    return sqrt(across_x**2 + across_y**2) - THICKNESS / 2


def tile_distance(x: float, y: float) -> float:
    """Distance to the square with round corners."""
    inner = SIZE / 2 - CORNER
    over_x, over_y = abs(x - SIZE / 2) - inner, abs(y - SIZE / 2) - inner
    outside = sqrt(max(over_x, 0.0) ** 2 + max(over_y, 0.0) ** 2)
    return outside + min(max(over_x, over_y), 0.0) - CORNER


def coverage(distance: float) -> float:
    """How much of a pixel a shape covers when its edge is that far from the pixel's centre."""
    return min(1.0, max(0.0, 0.5 - distance))


def todo_list(x: float, y: float) -> Pixel:
    check = min(stroke_distance(x, y, stroke) for stroke in CHECK)
    lines = min(stroke_distance(x, y, stroke) for stroke in LINES)
    return on_tile(x, y, max(coverage(check), LINES_OPACITY * coverage(lines)), TOP, BOTTOM)


def on_tile(x: float, y: float, white: float, top: Colour, bottom: Colour) -> Pixel:
    """A pixel of a tile with these colours at its edges, of which so much is white."""
    red, green, blue = (
        round((above + (below - above) * y / SIZE) * (1 - white) + 255 * white)
        for above, below in zip(top, bottom, strict=True)
    )
    return red, green, blue, round(255 * coverage(tile_distance(x, y)))


def rows(picture: Picture) -> Iterator[bytes]:
    for row in range(SIZE):
        line = (picture(column + 0.5, row + 0.5) for column in range(SIZE))
        yield b"\0" + bytes(channel for colours in line for channel in colours)


def chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def png(picture: Picture) -> bytes:
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)  # 8 bits a channel, RGBA
    image = zlib.compress(b"".join(rows(picture)), 9)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", image) + chunk(b"IEND", b"")


if __name__ == "__main__":
    target = Path(__file__).parent.parent / "logo.png"
    written = target.write_bytes(png(todo_list))
    print(f"wrote {target.name}: {written} bytes")
