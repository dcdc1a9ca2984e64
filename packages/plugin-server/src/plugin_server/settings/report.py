"""What a person is told about the settings: what is wrong, what is unknown, what is in force."""

import difflib
from collections.abc import Iterable

from pydantic import ValidationError

from .sources import PREFIX, fields_from_files, variable
from .values import Hops
from .variables import Settings


def explain(error: ValueError, settings: type[Settings] = Settings) -> str:
    """One line that names the variable and what is wrong, and never its value."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return message
    name = str(first["loc"][0])
    return f"{variable(name) if name in settings.model_fields else name}: {message}"


def unknown_variables(names: Iterable[str], settings: type[Settings] = Settings) -> list[str]:
    """A sentence for each PLUGIN_* name that means nothing here, with the nearest that does."""
    known = [name.upper() for name in settings.model_fields if name != "port"]
    known += [name.upper() + "_FILE" for name in fields_from_files(settings)]
    sentences = []
    for name in sorted(names):
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in known:
            nearest = difflib.get_close_matches(name.removeprefix(PREFIX), known, n=1)
            hint = f"; did you mean {PREFIX}{nearest[0]}?" if nearest else ""
            sentences.append(f"{name} is not a setting{hint}")
    return sentences


def shown(settings: Settings) -> list[str]:
    """Each variable with its value, as `NAME=value`; secrets are masked."""
    lines = []
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, tuple) and not isinstance(value, Hops):
            value = ",".join(map(str, value))
        elif isinstance(value, bool):
            value = "on" if value else "off"
        lines.append(f"{variable(name)}={'' if value is None else value}")
    return lines
