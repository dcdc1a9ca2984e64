"""Which server the installer calls, and what it warns of."""

from typing import Any

import pytest

from plugin_check.domains import ServerChoice, choose_server, filled
from plugin_check.plugin import PluginSnapshot, SourceDocument

SPEC = "https://api.example.com/openapi.yaml"
OWN = "https://api.example.com"


def chosen(servers: Any, root: str = "example.com", url: str = SPEC) -> ServerChoice:
    return choose_server(SourceDocument("openapi.yaml", {"servers": servers}), url, root)


def test_the_only_server_on_the_root_wins_without_a_warning() -> None:
    assert chosen([{"url": "https://example.com/v1"}]) == ServerChoice(
        "https://example.com/v1", 0, "servers[0] is the first entry on example.com or below it"
    )


def test_without_a_server_on_the_root_it_is_the_host_of_the_contract() -> None:
    assert chosen([{"url": "https://evilexample.com"}]) == ServerChoice(
        OWN,
        None,
        "no entry of servers is on example.com or below it, so it is the contract's own host",
        f'No entry of servers is on example.com or below it, so calls go to "{OWN}".',
    )


@pytest.mark.parametrize(
    "servers",
    [None, [], {}, "https://example.com", 7, [None, 7, {}, {"url": None}, {"url": ["x"]}]],
)
def test_without_any_server_it_is_the_host_of_the_contract(servers: Any) -> None:
    assert chosen(servers) == ServerChoice(
        OWN, None, "the contract names no server, so it is its own host"
    )


def test_a_later_server_that_wins_is_warned_of() -> None:
    assert chosen(
        [{"url": "https://example.net"}, {"url": "https://a.example.com"}]
    ) == ServerChoice(
        "https://a.example.com",
        1,
        "servers[1] is the first entry on example.com or below it",
        "servers[0] is not on example.com or below it: the installer takes servers[1],"
        ' "https://a.example.com", other hosts take servers[0].',
    )


def test_a_sub_domain_before_the_root_is_warned_of_as_the_two_texts_differ() -> None:
    assert chosen(
        [{"url": "https://a.example.com"}, {"url": "https://example.com"}]
    ) == ServerChoice(
        "https://a.example.com",
        0,
        "servers[0] is the first entry on example.com or below it",
        "Installers differ: by the later rules calls go to servers[0],"
        ' "https://a.example.com", by those of March 2023 to servers[1], "https://example.com".',
    )


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ({"url": "/v1"}, "https://api.example.com/v1"),
        ({"url": "v1"}, "https://api.example.com/v1"),
        ({"url": "//b.example.com"}, "https://b.example.com"),
        (
            {"url": "https://{who}.example.com", "variables": {"who": {"default": "eu"}}},
            "https://eu.example.com",
        ),
    ],
)
def test_relative_servers_and_their_variables_are_resolved(server: Any, url: str) -> None:
    assert (chosen([server]).url, chosen([server]).warning) == (url, None)


@pytest.mark.parametrize("url", ["https://[", "https://{who}.example.com", "https://exam ple.com"])
def test_a_server_that_is_no_address_is_passed_over(url: str) -> None:
    server = {"url": url, "variables": {"who": 7}}
    assert chosen([server, {"url": "https://example.com"}]).index == 1


def test_servers_that_grow_without_end_are_passed_over() -> None:
    growing = {"url": "{a}" * 100_000, "variables": {"a": {"default": "{a}" * 100_000}}}
    assert chosen([growing, {"url": "https://example.com"}]).index == 1
    assert chosen([{"url": "https://example.net"}] * 100_000).index is None


def test_the_gap_for_the_origin_is_filled_in_where_the_server_does_that() -> None:
    plugin = PluginSnapshot("http://localhost:5002", filled_in=True)
    assert filled(plugin, "PLUGIN_HOSTNAME/logo.png") == "http://localhost:5002/logo.png"
    assert filled(plugin, "https://PLUGIN_HOSTNAME/logo.png") == "http://localhost:5002/logo.png"
    served = PluginSnapshot("http://localhost:5002")
    assert filled(served, "PLUGIN_HOSTNAME/logo.png") == "PLUGIN_HOSTNAME/logo.png"
    contract = SourceDocument("openapi.yaml", {"servers": [{"url": "PLUGIN_HOSTNAME"}]})
    choice = choose_server(contract, "http://localhost:5002/openapi.yaml", "localhost", plugin)
    assert (choice.url, choice.index, choice.warning) == ("http://localhost:5002", 0, None)
