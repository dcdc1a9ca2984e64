"""What breaks a specification, OpenAPI's or another one, in words, and what to write instead."""

from collections.abc import Mapping
from typing import Any

from guarded_fetch.words import shown

from .defects import Defect, found

KINDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}

# The smallest and largest that a value may be, by keyword.
BOUNDS = {
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "minProperties": "at least {} fields",
    "maxProperties": "at most {} fields",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
}

SHOWN_CHOICES = 10

OPENAPI = "OpenAPI"


def worded(
    defect: Defect, document: Mapping[str, Any], specification: str = OPENAPI
) -> tuple[str, str]:
    """The message and the repair. `specification` is what people call it."""
    if defect.keyword == "type" and defect.path[-1:] == ("required",):
        return _required_in_a_property(defect, document)
    name = shown(str(defect.path[-1])) if defect.path else "The contract"
    value = shown(defect.value)
    match defect.keyword:
        case "type":
            wanted = _listed([KINDS.get(str(each), str(each)) for each in defect.wanted])
            return f"{name} is {value}, not {wanted}.", f"Write {wanted} there."
        case "required":
            missing = _listed([shown(each) for each in defect.wanted])
            return (
                f"{missing} is missing here.",
                f"Add {missing}: {specification} requires it here.",
            )
        case "unexpected":
            return _unexpected(defect, name, specification)
        case "enum" | "const":
            choices = _listed([shown(each) for each in defect.wanted[:SHOWN_CHOICES]])
            message = f"{name} is {value}, which {specification} does not allow here."
            return message, f"Write {choices}."
        case "pattern":
            form = shown(defect.wanted[0]) if defect.wanted else "another one"
            return (
                f"{name} is {value}, which does not have the form that {specification} wants.",
                f"Write a value that matches {form}.",
            )
        case "propertyNames":
            return (
                f"{value} cannot be a name in {name}.",
                'Use letters, digits, ".", "_" and "-" only.',
            )
        case "uniqueItems":
            return f"{name} has the same entry twice.", "Delete one of them."
        case "ambiguous" | "not":
            return (
                f"{name} has fields that exclude each other.",
                f"Keep one of them, as {specification} says for this object; "
                'a parameter, for one, has either "schema" or "content".',
            )
    if defect.keyword in BOUNDS and defect.wanted:
        bound = BOUNDS[defect.keyword].format(shown(defect.wanted[0]))
        return f"{name} needs {bound}.", f"Write {bound}, as {specification} wants."
    return (
        f"{name} is not what {specification} wants here ({shown(defect.keyword)} does not hold).",
        f"Compare it with the specification of {specification}.",
    )


def _required_in_a_property(defect: Defect, document: Mapping[str, Any]) -> tuple[str, str]:
    """The mistake of all official samples of 2023."""
    message = (
        "`required` must be a list of names in an object schema; "
        f"in a property it says nothing. Here it is {shown(defect.value)}."
    )
    if len(defect.path) < 3 or defect.path[-3] != "properties":
        return message, "Write a list of the names of the required properties."
    name = defect.path[-2]
    owner = found(document, defect.path[:-3])
    listed = owner.get("required") if isinstance(owner, dict) else None
    if isinstance(listed, list) and name in listed:
        return (
            message,
            f"Delete it: the object's own `required` lists {shown(str(name))} already.",
        )
    return (
        message,
        f"Write `required: [{shown(str(name))}]` in the object that has the property, "
        "beside `properties`, and delete it here.",
    )


def _unexpected(defect: Defect, name: str, specification: str) -> tuple[str, str]:
    match defect.path:
        case ("paths", str()):
            return f"The path {name} does not start with a slash.", "Put a / before it."
        case (*_, "responses", _):
            return (
                f"{name} is no status of an answer.",
                'Write a status such as "200", a range such as "2XX", or "default".',
            )
    own = '; a field of your own starts with "x-"' if specification == OPENAPI else ""
    return (
        f"{specification[:1].upper()}{specification[1:]} knows no field {name} here.",
        f"Correct its spelling or delete it{own}.",
    )


def _listed(texts: list[str]) -> str:
    return " or ".join((", ".join(texts[:-1]), texts[-1])) if len(texts) > 1 else "".join(texts)
