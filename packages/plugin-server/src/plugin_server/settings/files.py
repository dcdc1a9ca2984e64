"""Files that settings name: bounded, and what is wrong with them told with the variable's name."""

from pathlib import Path

from .sources import variable


class UnusableSetting(ValueError):
    """A setting that is valid by itself cannot be used. The text begins with the variable."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{variable(field)}: {reason}")


class UnusableFile(UnusableSetting):
    """A file that a setting names cannot be used."""


def read_file(field: str, path: Path, limit: int) -> bytes:
    """The content of the file that a setting names, at most `limit` bytes. Raises UnusableFile."""
    try:
        # Reading a pipe may never end.
        if not path.is_file():
            raise UnusableFile(field, "there is no such file")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, UnusableFile):
            raise
        reason = getattr(error, "strerror", None) or "its name is not one"
        raise UnusableFile(field, f"cannot read that file: {reason}") from None
    if len(content) > limit:
        raise UnusableFile(field, f"that file is longer than {limit} bytes")
    return content
