"""MCP endpoints, each of which breaks one rule."""

from collections.abc import Callable

from plugin_check import Level

from ..answering import Behaviour, Reply, Request, Spoil
from ..parts import Parts
from .live import at, becomes, live_sample, says


@live_sample("K14")
def endpoint_answers_with_something_else(_: Parts, behaviour: Behaviour) -> None:
    def otherwise(request: Request, reply: Reply) -> None:
        if request.path.startswith("/mcp"):
            says(b'{"plants": []}')(reply)

    behaviour.spoil = otherwise


@live_sample("K14")
def endpoint_fails(_: Parts, behaviour: Behaviour) -> None:
    def failing(request: Request, reply: Reply) -> None:
        if request.path.startswith("/mcp"):
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


def posted(path: str, reply: Callable[[Reply], None]) -> Spoil:
    """Another reply to what is posted to one path, or to one that begins so and ends in *."""

    def spoil(request: Request, original: Reply) -> None:
        beginning = path.removesuffix("*")
        alike = request.path.startswith(beginning) if path.endswith("*") else request.path == path
        if alike and request.method == "POST":
            reply(original)

    return spoil


@live_sample("K14", level=Level.WARNING)
def challenge_with_a_line_break(_: Parts, behaviour: Behaviour) -> None:
    behaviour.challenge = "a1b2c3\n"


@live_sample("K14", level=Level.NOTE)
def domain_is_not_proven_yet(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at("/.well-known/openai-apps-challenge", becomes(404))


@live_sample("K22")
def endpoint_redirects_to_the_slash(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = posted("/mcp", becomes(307, location="/mcp/"))


@live_sample("K22")
def slash_redirects_to_the_endpoint(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = posted("/mcp/", becomes(308, location="/mcp"))


@live_sample("K22")
def endpoint_has_no_slash(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = posted("/mcp/", becomes(404))


@live_sample("K22", level=Level.ERROR)
def redirect_that_loses_the_call(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = posted("/mcp", becomes(301, location="/mcp/"))


@live_sample("K23")
def host_name_that_is_not_allowed(_: Parts, behaviour: Behaviour) -> None:
    refused = becomes(421, body=b"Invalid Host header", content_type="text/plain")
    behaviour.spoil = posted("/mcp*", refused)


PAGE = says(b"<!DOCTYPE html><title>Plants</title>", "text/html")


@live_sample("K24", level=Level.WARNING)
def page_for_metadata(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at("/.well-known/oauth-protected-resource/mcp", PAGE)
