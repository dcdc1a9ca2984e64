"""Draw the logos of the examples, as scripts/draw_logo.py draws ours.

python -m examples.draw_logos
"""

from math import dist
from pathlib import Path

from scripts.draw_logo import Pixel, coverage, on_tile, png, stroke_distance

HERE = Path(__file__).parent


def cloud(x: float, y: float) -> Pixel:
    """A cloud before the sun."""
    puffs = [((180, 330), 74), ((270, 290), 96), ((352, 338), 66)]
    nearest = min(dist((x, y), centre) - radius for centre, radius in puffs)
    foot = stroke_distance(x, y, ((180, 381), (352, 381)))
    sun = dist((x, y), (350, 176)) - 72
    white = max(coverage(min(nearest, foot)), 0.62 * coverage(sun))
    return on_tile(x, y, white, (56, 152, 236), (24, 88, 180))


def glass(x: float, y: float) -> Pixel:
    """A magnifying glass."""
    ring = abs(dist((x, y), (226, 226)) - 104) - 23
    handle = stroke_distance(x, y, ((308, 308), (400, 400)))
    return on_tile(x, y, coverage(min(ring, handle)), (22, 150, 120), (10, 94, 84))


if __name__ == "__main__":
    for name, picture in (("weather", cloud), ("retrieval", glass)):
        (HERE / name / "logo.png").write_bytes(png(picture))
