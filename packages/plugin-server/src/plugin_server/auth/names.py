"""The names of people, under which their data is kept; they stand in paths."""

import unicodedata

from ..contract import ME

NAME_CHARACTERS = 100


def name_fault(name: str) -> str | None:
    """What is wrong with a username of a path, as a sentence. Paths are decoded strictly before."""
    if not 1 <= len(name) <= NAME_CHARACTERS:
        return f"A username has 1 to {NAME_CHARACTERS} characters."
    if name in (".", ".."):
        return "A username is not a dot or two: clients take such a path for another one."
    return None


def checked_name(name: str) -> str:
    """A name in NFC for whom a token can be made. Raises ValueError."""
    name = unicodedata.normalize("NFC", name)
    fault = name_fault(name)
    if fault is None and name == ME:
        fault = f"{ME} is everybody's name for themselves."
    if fault is None and any(
        character in "/\ufffd" or unicodedata.category(character) in ("Cc", "Cs")
        for character in name
    ):
        fault = "A username has no slash and no control character."
    if fault is not None:
        raise ValueError(fault)
    return name
