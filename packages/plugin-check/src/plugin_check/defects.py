"""A contract held against OpenAPI's own JSON Schemas: one defect for each mistake, where it is.

jsonschema_rs does the work: its regular expressions run in linear time, so that no document can
make it hang.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from .validators import validator_of

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

    from .validators import Validator

# More than a contract needs; repeated YAML aliases count each time.
VALUES = 200_000
DEPTH = 100

# The dialects that the Schema Objects of 3.1 and 3.2 are checked against. A document that names
# another has its Schema Objects left alone.
DIALECTS = ("https://spec.openapis.org/oas/3.", "https://json-schema.org/draft/2020-12/schema")

# Enough to find the causes among.
ERRORS = 1_000

# Keywords that tell one alternative from another.
CHOICES = ("enum", "const")

# Keywords that may fail only because something else does, there or further inside.
CONSEQUENCES = ("unexpected", "ambiguous", "not")

Path = tuple[str | int, ...]


class Defect(NamedTuple):
    """A mistake. `keyword` is the JSON Schema keyword that does not hold for `value` at `path`.

    `wanted` are what would do: type names, values, missing names, a limit; of unexpected names
    it is the name, which is also the end of `path`.
    """

    path: Path
    keyword: str
    value: Any
    wanted: tuple[Any, ...] = ()


class Unbounded(Exception):
    """A document too large or too deep to be looked at; the message is the rest of a sentence."""


def defects(document: Mapping[str, Any], version: str) -> Iterator[Defect]:
    """What `document` breaks of the specification's version ("3.1").

    Raises Unbounded.
    """
    dialect = document.get("jsonSchemaDialect")
    known = not isinstance(dialect, str) or dialect.startswith(DIALECTS)
    yield from defects_by(validator_of(version, with_schema_objects=known), document)


def defects_by(validator: "Validator", document: Mapping[str, Any]) -> Iterator[Defect]:
    """What `document` breaks of a validator's schema. Raises Unbounded."""
    plain = _Plain().copy(document)
    if validator.is_valid(plain):
        return
    errors = islice(validator.iter_errors(plain), ERRORS)
    yield from _distinct([leaf for error in errors for leaf in _leaves(error)])


def found(document: Any, path: Path) -> Any:
    """The value at a path, or None."""
    for token in path:
        if isinstance(document, dict):
            document = document.get(str(token))
        elif isinstance(document, list) and isinstance(token, int) and token < len(document):
            document = document[token]
        else:
            return None
    return document


def _distinct(leaves: list[Defect]) -> Iterator[Defect]:
    """One defect a place; only of missing fields there may be several."""
    causes = [each for each in leaves if each.keyword not in CONSEQUENCES]
    consequences = [each for each in leaves if each.keyword in CONSEQUENCES]
    inside = {each.path[:length] for each in causes for length in range(len(each.path))}
    taken: dict[Path, list[Defect]] = {}
    for defect in (*causes, *(each for each in consequences if each.path not in inside)):
        others = taken.setdefault(defect.path, [])
        if all(
            other.keyword == defect.keyword == "required" and other.wanted != defect.wanted
            for other in others
        ):
            others.append(defect)
            yield defect


class _Plain:
    """Copies a document into what JSON could hold: YAML has keys and values beyond it."""

    def __init__(self) -> None:
        self.values = 0

    def copy(self, value: Any, depth: int = 0) -> Any:
        self.values += 1
        if self.values > VALUES:
            raise Unbounded(f"has more than {VALUES} values")
        if depth > DEPTH:
            raise Unbounded(f"is nested deeper than {DEPTH} levels")
        if isinstance(value, dict):
            return {_key(key): self.copy(each, depth + 1) for key, each in value.items()}
        if isinstance(value, list):
            return [self.copy(each, depth + 1) for each in value]
        if isinstance(value, str):
            return value if value.isascii() else value.encode("utf-8", "replace").decode()
        if isinstance(value, bool | None):
            return value
        if isinstance(value, int):
            return value if value.bit_length() <= 64 else 2**63
        if isinstance(value, float):
            return value if abs(value) < float("inf") else 0.5
        return str(value)


def _key(key: object) -> str:
    if isinstance(key, str):
        return key if key.isascii() else key.encode("utf-8", "replace").decode()
    return str(key) if not isinstance(key, int) or key.bit_length() <= 64 else "a number"


def _leaves(error: "ValidationError") -> list[Defect]:
    """The deepest places that an error speaks of: of alternatives, those in the likeliest one."""
    path = tuple(error.instance_path)
    branches: list[list[ValidationError]] | None = getattr(error.kind, "context", None)
    if branches and error.kind.name in ("oneOf", "anyOf"):
        alternatives = [[leaf for each in branch for leaf in _leaves(each)] for branch in branches]
        if any(not leaves for leaves in alternatives):
            return [Defect(path, "ambiguous", error.instance)]
        return _likeliest(path, alternatives)
    if error.kind.name in ("additionalProperties", "unevaluatedProperties"):
        names = error.kind.as_dict()["unexpected"]
        return [
            Defect((*path, name), "unexpected", _member(error.instance, name), (name,))
            for name in names
        ]
    if error.kind.name == "propertyNames":
        return [Defect(path, "propertyNames", error.kind.as_dict()["error"].instance)]
    return [Defect(path, error.kind.name, error.instance, _wanted(error))]


def _likeliest(path: Path, alternatives: list[list[Defect]]) -> list[Defect]:
    first = [leaves[0] for leaves in alternatives]
    if all(len(leaves) == 1 for leaves in alternatives) and len({_at(leaf) for leaf in first}) == 1:
        return [_any_of(first)]
    best = min(alternatives, key=lambda leaves: _unlikelihood(path, leaves))
    choice = next((leaf for leaf in best if _is_choice(path, leaf)), None)
    if choice is None:
        return best
    same = [leaf for leaves in alternatives for leaf in leaves if _at(leaf) == _at(choice)]
    return [_any_of(same)]


def _any_of(leaves: list[Defect]) -> Defect:
    """One defect for several that differ only in what is wanted."""
    wanted = {str(each): each for leaf in leaves for each in leaf.wanted}
    return leaves[0]._replace(wanted=tuple(wanted.values()))


def _at(leaf: Defect) -> tuple[Path, str]:
    return leaf.path, leaf.keyword


def _is_choice(path: Path, leaf: Defect) -> bool:
    """Whether the field that tells the alternatives apart is one of another alternative's."""
    return leaf.keyword in CHOICES and len(leaf.path) == len(path) + 1


def _unlikelihood(path: Path, leaves: list[Defect]) -> tuple[int, int, int]:
    choices = sum(_is_choice(path, leaf) for leaf in leaves)
    return choices, -max(len(leaf.path) for leaf in leaves), len(leaves)


def _wanted(error: "ValidationError") -> tuple[Any, ...]:
    details = error.kind.as_dict()
    match error.kind.name:
        case "type":
            return tuple(details["types"])
        case "enum":
            return tuple(details["options"])
        case "const":
            return (details["expected_value"],)
        case "required":
            return (details["property"],)
    return tuple(each for each in details.values() if isinstance(each, int | float | str))


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None
