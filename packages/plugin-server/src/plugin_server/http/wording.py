"""What is wrong with a value: the same words for a body, a query and a tool's argument.

pydantic's own are for programmers, and some repeat what was sent.
"""

from collections.abc import Iterable, Mapping
from typing import Any

# JSON's types.
_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
# pydantic's kinds of errors, for each type.
_WRONG_TYPE = {
    "string": ["string_type", "string_unicode"],
    "integer": ["int_type", "int_parsing", "int_parsing_size", "int_from_float"],
    "number": ["float_type", "float_parsing"],
    "boolean": ["bool_type", "bool_parsing"],
    "array": ["list_type", "tuple_type", "set_type", "frozen_set_type"],
    "object": ["dict_type", "mapping_type", "model_type", "model_attributes_type"],
    "null": ["none_required"],
}
# And for each sentence.
_WRONG_VALUE = {
    "Must be given": ["missing"],
    "Must be {ge} or more": ["greater_than_equal"],
    "Must be more than {gt}": ["greater_than"],
    "Must be {le} or less": ["less_than_equal"],
    "Must be less than {lt}": ["less_than"],
    "Must be a multiple of {multiple_of}": ["multiple_of"],
    "Must be a number that is not too large": ["finite_number"],
    "Must have {min_length} characters or more": ["string_too_short"],
    "Must have {max_length} characters or fewer": ["string_too_long"],
    "Must have {min_length} elements or more": ["too_short"],
    "Must have {max_length} elements or fewer": ["too_long"],
    "Must match {pattern}": ["string_pattern_mismatch"],
    "Must be {expected}": ["literal_error", "enum"],
    "Must be one of the kinds in the contract": ["union_tag_invalid", "union_tag_not_found"],
    "Must be a UUID": ["uuid_type", "uuid_parsing", "uuid_version"],
    "Must be a time such as 12:00:00": ["time_type", "time_parsing"],
    "Must be a date such as 2030-01-31": [
        *("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
    ],
    "Must be a date and time such as 2030-01-31T12:00:00Z": [
        *("datetime_type", "datetime_parsing", "datetime_object_invalid"),
        *("datetime_from_date_parsing", "timezone_aware"),
    ],
}
EMPTY = "Must not be empty"


def of_type(names: Iterable[str]) -> str:
    """That a value must have one of these types of JSON."""
    return f"Must be {' or '.join(_TYPES.get(name, name) for name in names)}"


_SENTENCES = {kind: of_type([name]) for name, kinds in _WRONG_TYPE.items() for kind in kinds}
_SENTENCES |= {kind: sentence for sentence, kinds in _WRONG_VALUE.items() for kind in kinds}


def told(kind: str, message: str, context: Mapping[str, Any]) -> str:
    """What pydantic found wrong: its kind of error, its message, and the limits that it names."""
    if context.get("min_length") == 1:
        return EMPTY
    if kind in _SENTENCES:
        return _SENTENCES[kind].format_map(context)
    # The rest are the author's own sentences, and rare ones of pydantic.
    for prefix in ("Value error, ", "Assertion failed, "):
        message = message.removeprefix(prefix)
    return message.replace("Input should be", "Must be")
