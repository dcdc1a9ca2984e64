"""Reads YAML as PyYAML's safe loader does, one event at a time.

The safe loader itself follows aliases, merges and nesting wherever they lead. Here every value is
paid for before it is made, so that no small document can become a large one.
"""

import re
from collections.abc import Generator
from contextlib import closing
from typing import Any

import yaml
from yaml.events import Event

from .building import Parsed
from .text import BYTE_ORDER_MARK, LimitExceeded, Malformed, ParseError
from .yaml_composing import Composer
from .yaml_mistakes import mistake

# Every tag directive is compared with all before it.
TAG_DIRECTIVES = 20
# Python's own parser needs seconds for what libyaml reads in milliseconds.
CHARACTERS_WITHOUT_LIBYAML = 100_000

UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(text: str) -> Parsed:
    """The document as a tree. Raises ParseError, Malformed where the text is not YAML."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    _refuse_before_parsing(text)
    composer = Composer(text)
    try:
        with closing(_events(text)) as events:
            for event in events:
                composer.take(event)
    except yaml.YAMLError as error:
        raise mistake(text, error) from None
    except (ValueError, OverflowError):
        # PyYAML's own parser stumbles over escapes such as "\UFFFFFFFF".
        raise Malformed("It is not YAML.", "Look for an escape that names no character.") from None
    parsed = composer.builder.finished()
    if parsed is None:
        raise ParseError("It holds nothing but comments.", "Write the document into it.", 0)
    return parsed


def _events(text: str) -> Generator[Event, None, None]:
    yield from yaml.parse(text, Loader=LOADER)


def _refuse_before_parsing(text: str) -> None:
    strange = UNPRINTABLE.search(text)
    if strange:
        raise Malformed(
            f"There is the control character U+{ord(strange[0]):04X}.",
            "Delete it, or write it as an escape in double quotes.",
            strange.start(),
        )
    if text.count("%TAG") > TAG_DIRECTIVES:
        raise ParseError(
            f"It has more than {TAG_DIRECTIVES} %TAG directives.",
            "Leave them out: JSON has none of the types that they name.",
            text.index("%TAG"),
        )
    if LOADER is yaml.SafeLoader and len(text) > CHARACTERS_WITHOUT_LIBYAML:
        raise LimitExceeded(
            f"It has more than {CHARACTERS_WITHOUT_LIBYAML:,} characters, and PyYAML is installed "
            "without libyaml, which would read it quickly.",
            "Install a PyYAML that has libyaml, or write the document in JSON.",
        )
