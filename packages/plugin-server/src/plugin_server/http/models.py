"""What a caller may send, as models: strict about what is said, indifferent to what is added."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ..errors import Unprocessable, json_bytes

# The largest whole number that every JSON reader keeps exactly (RFC 8259 section 6).
LARGEST_NUMBER = 2**53 - 1


class _NullIsAValue:
    """Marks a field for which null means something of its own."""


NULL_IS_A_VALUE = _NullIsAValue()


class Model(BaseModel):
    """The base of request models.

    A text is no number, a number no text, and true neither (a date, a UUID and the like are texts
    in JSON, and read as such). Names that the model does not know are ignored, because several
    hosts repeat path parameters in the body.

    A field with a default may be left out. Null is refused there, so that `None` means "left out"
    wherever the default is None; a field annotated with NULL_IS_A_VALUE takes null as well, and
    `model_fields_set` tells the two apart:

        due: Annotated[date | None, NULL_IS_A_VALUE] = None
    """

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


M = TypeVar("M", bound=Model)


def _whole(value: object) -> object:
    # JSON Schema calls 1.0 an integer; Python calls True one.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("Must be a whole number")
    return value


WholeNumber = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=LARGEST_NUMBER)]


def validated(model: type[M], fields: Mapping[str, Any]) -> M:
    """The model of the members of a JSON object. Raises Unprocessable, which names every field
    that is not as it must be.
    """
    nulls = [name for name in _never_null(model) if fields.get(name, ...) is None]
    if nulls:
        raise _refusal([((name,), "Must be left out or have a value") for name in nulls])
    try:
        # From JSON, because a date is a text there: pydantic takes it for one in no other way.
        return model.model_validate_json(json_bytes(fields))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
    raise _refusal([(each["loc"], each["msg"].removeprefix("Value error, ")) for each in found])


@lru_cache
def _never_null(model: type[Model]) -> tuple[str, ...]:
    """The names of the fields that may be left out, and are never null."""
    return tuple(
        name
        for name, field in model.model_fields.items()
        if not field.is_required() and NULL_IS_A_VALUE not in field.metadata
    )


def _refusal(found: list[tuple[tuple[int | str, ...], str]]) -> Unprocessable:
    errors = [{"detail": detail, "pointer": _pointer(place)} for place, detail in found]
    # What is wrong with the whole says by itself what it means.
    told = [
        f"{'/'.join(map(str, place))}: {detail}" if place else detail for place, detail in found
    ]
    return Unprocessable(f"The request breaks the contract: {'; '.join(told)}.", errors=errors)


def _pointer(place: tuple[int | str, ...]) -> str:
    """A JSON Pointer as a URI fragment (RFC 6901 section 6); `#` is the whole."""
    names = (str(name).replace("~", "~0").replace("/", "~1") for name in place)
    return "#" + "".join(f"/{name}" for name in names)
