"""Names of operations, as hosts take them (rule S03 of plugin-check) and as Python does."""

import builtins
import keyword
import re
import unicodedata
from collections.abc import Container, Iterator

from pydantic import BaseModel

from ...contract import view_name

CHARACTERS = 64
_IDENTIFIER = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_FIELD = re.compile("[a-z][a-z0-9_]*")
_SOUND = re.compile(r"[a-z][A-Za-z0-9]*(?:_[a-z0-9][A-Za-z0-9]*)*")
# What the modules of a made project use by these names.
USED = {
    "annotated",
    "answer",
    "api",
    "caller",
    "database",
    "json_body",
    "models",
    "no_content",
    "owner",
} | {*("parameters", "store", "text", "whole_body")}
# What annotations of fields use by these names.
ANNOTATING = {"bool", "dict", "float", "int", "list", "object", "str"}


def operation_id(given: object, method: str, path: str, taken: Container[str]) -> str:
    """The operationId, or one that is much like it; without one, by method and path. None has a
    view whose name is `taken`.
    """
    name = given if isinstance(given, str) else ""
    if not _SOUND.fullmatch(name) or len(name) > CHARACTERS:
        name = _camel(_words(name)) or _camel([method, *_path_words(path)])
    name = name[:CHARACTERS]
    return next(each for each in _numbered(name, CHARACTERS) if view_name(each) not in taken)


def parameter_name(given: str, taken: Container[str]) -> str:
    """The name of a variable of a path, which must be one of Python's for a route."""
    name = given
    if not _IDENTIFIER.fullmatch(given):
        name = re.sub(r"\W+", "_", _ascii(given)).strip("_") or "value"
        name = f"number_{name}" if name[0].isdigit() else name
    return next(each for each in _numbered(name, 1000) if each not in taken)


def function_name(operation: str) -> str:
    """The name of an operation's view and of its function in the store: that of the contract in
    snake case, with a line under it where Python or the modules have it already.
    """
    name = view_name(operation)
    is_taken = keyword.iskeyword(name) or keyword.issoftkeyword(name) or hasattr(builtins, name)
    return f"{name}_" if is_taken or name in USED else name


def field_name(given: str, taken: Container[str]) -> str:
    """The name of a model's field, which has the contract's name as an alias where they differ."""
    name = given if _FIELD.fullmatch(given) else "_".join(_words(given)).lower() or "value"
    if name[0].isdigit():
        name = f"number_{name}"
    if name.startswith("model_"):
        name = f"its_{name}"  # pydantic has names of its own that begin so
    if keyword.iskeyword(name) or hasattr(BaseModel, name) or name in ANNOTATING:
        name = f"{name}_"
    return next(each for each in _numbered(name, 1000) if each not in taken)


def class_name(operation: str, suffix: str) -> str:
    """The name of an operation's model."""
    # A line stays before a digit: else `pay_2` would be `pay2`.
    name = re.sub("_(?![0-9])", " ", operation)
    return "".join(word[:1].upper() + word[1:] for word in name.split()) + suffix


def in_words(name: str) -> str:
    """A name as a sentence would have it: `petId` as `pet id`."""
    return " ".join(_words(name)).lower() or name


def _numbered(name: str, characters: int) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name[: characters - len(str(number))]}{number}"
        number += 1


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _words(text: str) -> list[str]:
    """The words of a name in any of the usual spellings."""
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", _ascii(text))


def _path_words(path: str) -> list[str]:
    """`/pets/{petId}` as pets, by, pet, Id."""
    return [
        word
        for part in path.split("/")
        for word in ([*(["by"] if part.startswith("{") else []), *_words(part)])
    ]


def _camel(words: list[str]) -> str:
    name = "".join(word.capitalize() for word in words)
    name = name[:1].lower() + name[1:]
    return f"call{name}" if name[:1].isdigit() else name
