"""Patterns that one engine or another refuses, in requests and in tools."""

from plugin_check import Level

from ..answering import Behaviour
from ..parts import Parts, sample
from .contract import body, limit
from .live import live_sample


@sample("S11")
def pattern_looks_behind(parts: Parts) -> None:
    body(parts)["properties"]["plant"]["pattern"] = "(?<!un)wanted"


@sample("S11")
def pattern_of_a_parameter_has_a_class_of_unicode(parts: Parts) -> None:
    limit(parts)["schema"] = {"type": "string", "pattern": r"^\p{L}+$"}


@sample("S11")
def name_of_a_property_is_given_by_an_escape(parts: Parts) -> None:
    body(parts)["properties"]["beds"] = {
        "type": "object",
        "description": "By their names.",
        "patternProperties": {"^[^\\u0000]+$": {"type": "string"}},
    }


@live_sample("K25")
def pattern_of_a_tool_looks_ahead(_: Parts, behaviour: Behaviour) -> None:
    properties = behaviour.tools[0]["inputSchema"]["properties"]
    properties["bed"] = {"type": "string", "description": "Its name.", "pattern": "^(?!none)"}


@live_sample("K25", level=Level.ERROR)
def pattern_of_a_tool_has_a_class_of_unicode(_: Parts, behaviour: Behaviour) -> None:
    properties = behaviour.tools[0]["inputSchema"]["properties"]
    properties["bed"] = {"type": "string", "description": "Its name.", "pattern": r"^\p{L}+$"}
