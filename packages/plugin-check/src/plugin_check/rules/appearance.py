"""How a package looks in the directory: K09 and K16."""

import re
from collections.abc import Iterator
from math import floor

from guarded_fetch.words import shown

from ..listing import contrast, shown_in_directory
from ..packages import SCREENSHOTS
from ..pictures import measure
from ..plugin import PluginSnapshot
from ..report import Violation
from ..rule import ERROR, rule

COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
BACKGROUNDS = {"brandColor": "#ffffff", "brandColorDark": "#212121"}
CONTRAST = 2.0
SCREENSHOT_WIDTH = 706
SCREENSHOT_HEIGHTS = range(400, 861)


@rule(
    "K09",
    "package",
    "a brand colour is #rrggbb and can be told from its background",
    "SE",
    mcp=ERROR,
)
def colours(plugin: PluginSnapshot) -> Iterator[Violation]:
    for listing in shown_in_directory(plugin):
        for key, background in BACKGROUNDS.items():
            value = listing.interface.value.get(key)
            if value is None:
                continue
            if not isinstance(value, str) or not COLOUR.fullmatch(value):
                repair = "Write # and six hexadecimal digits, or leave it out."
                yield listing.violation(
                    key, f"{key} is {shown(value)}, no six-digit colour.", repair
                )
            elif (ratio := contrast(value, background)) < CONTRAST:
                yield listing.violation(
                    key,
                    f"{key} {value} has a contrast of {floor(ratio * 100) / 100}:1 "
                    f"with {background}, less than {CONTRAST:.0f}:1.",
                    f"Take a {'darker' if key == 'brandColor' else 'lighter'} colour.",
                )


@rule(
    "K16",
    "package",
    "screenshots are 706 x 400-860 PNG or JPEG, one for each prompt",
    "SE",
    mcp=ERROR,
)
def screenshots(plugin: PluginSnapshot) -> Iterator[Violation]:
    for listing in shown_in_directory(plugin):
        shots = list(listing.entries(SCREENSHOTS))
        wanted = len(list(listing.entries("defaultPrompt")))
        if shots and len(shots) != wanted:
            yield listing.violation(
                SCREENSHOTS,
                f"There are {len(shots)} screenshots for {wanted} starter prompts.",
                "Give one screenshot for each starter prompt, or none.",
            )
        for key, path in shots:
            content = plugin.images.get(path) if isinstance(path, str) else None
            if content is not None and (fault := _screenshot_fault(content)):
                yield listing.violation(
                    key,
                    f"The screenshot {shown(path)} {fault}.",
                    "Make it a PNG or JPEG, 706 pixels wide and 400 to 860 high.",
                )


def _screenshot_fault(content: bytes) -> str | None:
    picture = measure(content)
    if picture is None:
        return "is neither PNG nor JPEG"
    if picture.width != SCREENSHOT_WIDTH or picture.height not in SCREENSHOT_HEIGHTS:
        return f"is {picture.width} x {picture.height} pixels"
    return None
