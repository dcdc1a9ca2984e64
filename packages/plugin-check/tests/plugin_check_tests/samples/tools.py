"""MCP endpoints, each of which breaks one rule."""

from ..answering import Behaviour, Reply, Request
from ..parts import Parts
from .live import becomes, live_sample, says


@live_sample("K14")
def endpoint_answers_with_something_else(_: Parts, behaviour: Behaviour) -> None:
    def otherwise(request: Request, reply: Reply) -> None:
        if request.path == "/mcp":
            says(b'{"plants": []}')(reply)

    behaviour.spoil = otherwise


@live_sample("K14")
def endpoint_fails(_: Parts, behaviour: Behaviour) -> None:
    def failing(request: Request, reply: Reply) -> None:
        if request.path == "/mcp":
            becomes(500)(reply)

    behaviour.spoil = failing


@live_sample("K20")
def tool_name_with_a_space(_: Parts, behaviour: Behaviour) -> None:
    behaviour.tools[0]["name"] = "get plants"


@live_sample("K20")
def two_tools_of_one_name(_: Parts, behaviour: Behaviour) -> None:
    behaviour.tools *= 2


@live_sample("K18")
def tool_asks_for_a_card_inside_an_object(_: Parts, behaviour: Behaviour) -> None:
    card = {"type": "object", "properties": {"cardNumber": {"type": "string"}}}
    behaviour.tools[0]["inputSchema"]["properties"]["payment"] = card
