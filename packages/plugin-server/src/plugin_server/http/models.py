"""What a caller may send, as models: strict about what is said, indifferent to what is added."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, TypeGuard, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ..errors import Unprocessable, json_bytes
from .kinds import field_kinds
from .wording import told

# The largest whole number that every JSON reader keeps exactly (RFC 8259 section 6).
LARGEST_NUMBER = 2**53 - 1

_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
# Python takes longer and longer over a number of more digits.
DIGITS = 100


class _NullIsAValue:
    """Marks a field for which null means something of its own."""


NULL_IS_A_VALUE = _NullIsAValue()


class Model(BaseModel):
    """The base of request models.

    A text is no number, a number no text, and true neither (a date, a UUID and the like are texts
    in JSON, and read as such). One text is: that of exactly an integer, `"7"`, where a field takes
    integers alone, because some hosts send every argument as a text. Names that the model does not
    know are ignored, because several hosts repeat path parameters in the body. No text that is read
    may hold the character NUL, which PostgreSQL cannot keep.

    A field with a default may be left out. Null means the same there, because several clients fill
    every argument that they leave out with null; a field annotated with NULL_IS_A_VALUE takes null
    itself, and `model_fields_set` tells the two apart:

        due: Annotated[date | None, NULL_IS_A_VALUE] = None
    """

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


M = TypeVar("M", bound=Model)
Place = tuple[int | str, ...]  # the names and the numbers that lead to a value


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
    integers = _integers(model)
    said = {
        name: int(value) if name in integers and is_exact(value) else value
        for name, value in without_nulls(model, fields).items()
    }
    content = json_bytes(said)
    try:
        # From JSON, because a date is a text there: pydantic takes it for one in no other way.
        read = model.model_validate_json(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise refusal(
            [(each["loc"], told(each["type"], each["msg"], each.get("ctx", {}))) for each in found]
        ) from None
    if rb"\u0000" in content:
        _refuse_nul(read)
    return read


def _refuse_nul(read: Model) -> None:
    """PostgreSQL keeps the character NUL in no text. What the model ignores may hold it."""
    places = list(_with_nul(read.model_dump(by_alias=True, warnings=False)))
    if places:
        raise refusal([(place, "Must not hold the character NUL") for place in places])


def _with_nul(value: object, place: Place = ()) -> Iterator[Place]:
    """Where a text or a name in the value holds it."""
    if isinstance(value, str) and "\0" in value:
        yield place
    elif isinstance(value, Mapping):
        for name, each in value.items():
            if "\0" in str(name):
                yield (*place, name)
            else:
                yield from _with_nul(each, (*place, name))
    elif isinstance(value, list | tuple | set | frozenset):
        for number, each in enumerate(value):
            yield from _with_nul(each, (*place, number))


def without_nulls(model: type[Model], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields but for those that are null and, for the model, left out by that."""
    optional = _never_null(model)
    return {
        name: value for name, value in fields.items() if value is not None or name not in optional
    }


def is_exact(value: object) -> TypeGuard[str]:
    """Whether it is a text of exactly an integer, as JSON writes one."""
    return isinstance(value, str) and len(value) <= DIGITS and _INTEGER.fullmatch(value) is not None


@lru_cache
def _integers(model: type[Model]) -> frozenset[str]:
    """The names of the fields that take integers and nothing else."""
    return frozenset(name for name, kind in field_kinds(model).items() if kind.is_integer)


@lru_cache
def _never_null(model: type[Model]) -> frozenset[str]:
    """The names of the fields that may be left out, and are never null."""
    return frozenset(
        field.alias or name
        for name, field in model.model_fields.items()
        if not field.is_required() and NULL_IS_A_VALUE not in field.metadata
    )


def refusal(found: Sequence[tuple[Place, str]]) -> Unprocessable:
    """The failure that names what is wrong, each with its place in the body."""
    errors = [{"detail": detail, "pointer": _pointer(place)} for place, detail in found]
    # What is wrong with the whole says by itself what it means.
    sentences = [
        f"{'/'.join(map(str, place))}: {detail}" if place else detail for place, detail in found
    ]
    return Unprocessable(f"The request breaks the contract: {'; '.join(sentences)}.", errors=errors)


def _pointer(place: Place) -> str:
    """A JSON Pointer as a URI fragment (RFC 6901 section 6); `#` is the whole."""
    names = (str(name).replace("~", "~0").replace("/", "~1") for name in place)
    return "#" + "".join(f"/{name}" for name in names)
