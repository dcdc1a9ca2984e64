"""What the rules say of tools and of the proof of a domain, without a server."""

from typing import Any

import pytest

from guarded_fetch import Fetch
from plugin_check.plugin import PluginSnapshot, SourceDocument
from plugin_check.report import Level
from plugin_check.rules.endpoint import endpoint
from plugin_check.rules.tools import hints, output_schema, sensitive, tool_names

from .mcp_servers import TOOL
from .parts import ORIGIN


@pytest.mark.parametrize(
    ("status", "body", "content_type", "expected"),
    [
        (200, b"a1b2-C3_d4.e5=", "text/plain", []),
        (200, b"a1b2c3\n", "text/plain", [("A line break follows the token.", Level.WARNING)]),
        (200, b"", "text/plain", [("The answer is not the token alone.", None)]),
        (200, b"token a1b2c3", "text/plain", [("The answer is not the token alone.", None)]),
        (200, b"<p>a1b2c3</p>", "text/plain", [("The answer is not the token alone.", None)]),
        (200, b'"a1b2c3"', "application/json", [("The answer is not the token alone.", None)]),
        (200, b"a1b2c3", "text/html", [("The answer is not the token alone.", None)]),
        (200, b"\xef\xbb\xbfa1b2c3", "text/plain", [("The answer is not the token alone.", None)]),
        (200, b"a" * 1_025, "text/plain", [("The answer is not the token alone.", None)]),
        (404, b"", "text/plain", [("The token that proves the domain is not set.", Level.NOTE)]),
        (302, b"", "", [("It was answered with status 302, not with the token.", None)]),
        (500, b"", "", [("It was answered with status 500, not with the token.", None)]),
    ],
)
def test_the_challenge_answers_the_token_only(
    status: int, body: bytes, content_type: str, expected: list[tuple[str, Level | None]]
) -> None:
    headers = {"content-type": content_type}
    asked = Fetch("tools", "POST", f"{ORIGIN}/mcp", status=200)
    challenge = Fetch("challenge", "GET", ORIGIN, status=status, headers=headers, body=body)
    plugin = PluginSnapshot(
        ORIGIN, fetches=(asked, challenge), tools=SourceDocument("", {"tools": []})
    )
    assert [(each.message, each.level) for each in endpoint(plugin)] == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{ORIGIN}/mcp", []),
        ("http://mcp.plants.test/mcp", [("The MCP endpoint is not served over https.", None)]),
        (
            "http://localhost:5002/mcp",
            [("Only this machine can reach the MCP endpoint.", Level.NOTE)],
        ),
    ],
)
def test_an_endpoint_elsewhere_has_a_public_https_address(
    url: str, expected: list[tuple[str, Level | None]]
) -> None:
    """Of the plugin's own host, T01 and T13 say it."""
    asked = Fetch("tools", "POST", url, status=200)
    plugin = PluginSnapshot(ORIGIN, fetches=(asked,), tools=SourceDocument(url, {"tools": []}))
    assert [(each.message, each.level) for each in endpoint(plugin)] == expected


def test_an_endpoint_that_nobody_asked_is_no_problem() -> None:
    assert list(endpoint(PluginSnapshot(ORIGIN, fetches=(Fetch("manifest", "GET", ORIGIN),)))) == []


@pytest.mark.parametrize(
    ("name", "asks"),
    [
        ("password", True),
        ("userPassword", True),
        ("API_KEY", True),
        ("apiKey", True),
        ("token", True),
        ("access_token", True),
        ("client-secret", True),
        ("SSN", True),
        ("creditCardNumber", True),
        ("cvv", True),
        ("iban", True),
        ("diagnosis", True),
        ("page_token", False),
        ("nextPageToken", False),
        ("tokens", False),
        ("secretary", False),
        ("pinned", False),
        ("key", False),
        ("cardinality", False),
        ("", False),
    ],
)
def test_inputs_are_sensitive_by_their_words(name: str, asks: bool) -> None:
    schema = {"properties": {"list": {"items": {"properties": {name: {"type": "string"}}}}}}
    plugin = _with_tools([{**TOOL, "inputSchema": schema}])
    assert [each.place.pointer for each in sensitive(plugin) if each.place] == (
        [f"/tools/0/inputSchema/properties/list/items/properties/{name}"] if asks else []
    )


@pytest.mark.parametrize(
    "tool", [None, 1, "x", [], {}, {"name": [], "annotations": 1, "inputSchema": {"properties": 1}}]
)
def test_tools_of_any_shape_are_judged(tool: object) -> None:
    plugin = _with_tools([tool, {"name": "a" * 1_000_000, "inputSchema": {"items": {"items": []}}}])
    assert len(list(tool_names(plugin))) == 2
    for rule in (hints, output_schema, sensitive):
        assert all(len(each.message) < 200 for each in rule(plugin))


def _with_tools(tools: list[Any]) -> PluginSnapshot:
    return PluginSnapshot(ORIGIN, tools=SourceDocument(f"{ORIGIN}/mcp", {"tools": tools}))
