"""A query, or the fields of a form, as the members of a JSON object: by the types that a model's
fields have.
"""

import json
import re
from typing import Any

from quart import request
from werkzeug.datastructures import MultiDict

from ..errors import BadRequest
from .kinds import field_kinds
from .models import DIGITS, Model

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")

_SPELLINGS = {"integer": _INTEGER, "number": _NUMBER, "boolean": re.compile("true|false")}


def query_fields(model: type[Model]) -> dict[str, Any]:
    """The parameters of the query that the model has fields for, as JSON has them.

    A field that is a list takes every value of its name; any other one stands at most once. A
    number is written in decimal digits, as JSON writes it but without an exponent. What is written
    in another way stays a text, which the model refuses as it does in a body. Raises BadRequest for
    a name that is repeated.
    """
    return typed_fields(model, request.args, "query parameter")


def typed_fields(model: type[Model], texts: MultiDict[str, str], called: str) -> dict[str, Any]:
    """The same of other texts by name; a refusal says what they are `called`."""
    fields: dict[str, Any] = {}
    for name, (kind, is_list, _) in field_kinds(model).items():
        values = texts.getlist(name)
        if is_list and values:
            fields[name] = [_value(text, kind) for text in values]
        elif len(values) > 1:
            raise BadRequest(f"The {called} {name} is repeated.", code="repeated_parameter")
        elif values:
            fields[name] = _value(values[0], kind)
    return fields


def _value(text: str, kind: str) -> Any:
    spelling = _SPELLINGS.get(kind)
    if spelling is None or len(text) > DIGITS or not spelling.fullmatch(text):
        return text
    return json.loads(text)
