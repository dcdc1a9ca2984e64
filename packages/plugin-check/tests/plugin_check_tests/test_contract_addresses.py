"""A contract at an address of its own, and plugins at addresses that look like one."""

import json
from collections.abc import Callable

import pytest
import yaml

from plugin_check import check
from plugin_check.show.text import render

from .answering import Behaviour, Reply
from .parts import CONTRACT, ORIGIN, Parts
from .remote import remote
from .samples.live import at, becomes, says


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/schema.json", says(json.dumps(CONTRACT).encode())),
        ("/v3/api-docs", says(json.dumps(CONTRACT).encode())),
        ("/files/hr.yml", says(yaml.safe_dump(CONTRACT).encode(), "application/yaml")),
    ],
)
def test_the_address_of_a_contract_is_judged_for_gpt_actions(
    path: str, answer: Callable[[Reply], None]
) -> None:
    """Under any name, and by the domain of its servers[0]."""
    behaviour = Behaviour(spoil=at(path, answer))
    source = f"https://files.plants.test{path}"
    with remote(Parts(), behaviour) as network:
        report = check(source, hosts=["plugin", "actions"], network=network)
    assert [each.path for each in behaviour.requests] == [path]
    assert render(report, colour=False) == (
        f"""\
checked       {source}
root domain   todo.plants.test (servers[0] is there)
server URL    {ORIGIN} (servers[0] is the first entry on todo.plants.test or below
              it)
contract      {source}

ChatGPT's plugin installer of 2023  nothing here for this host
GPT Actions                         would accept it
"""
    )


def test_an_address_with_a_path_that_is_no_contract_is_that_of_a_plugin() -> None:
    with remote(Parts(), Behaviour()) as network:
        report = check(f"{ORIGIN}/legal", hosts=["plugin", "actions"], network=network)
    assert (report.findings, report.facts.manifest) == (
        (),
        f"{ORIGIN}/.well-known/ai-plugin.json",
    )


def test_a_plugin_that_names_no_contract_and_has_none_holds_nothing_for_gpt_actions() -> None:
    behaviour = Behaviour(spoil=at("/.well-known/ai-plugin.json", becomes(404)))
    with remote(Parts(missing={"openapi.yaml"}), behaviour) as network:
        report = check(ORIGIN, network=network)
    assert [(each.rule, each.hosts) for each in report.findings] == [("M01", ("plugin",))]
    assert {host: verdict.state for host, verdict in report.verdicts.items()} == {
        "plugin": "refused",
        "actions": "absent",
        "mcp": "accepted",
    }


def test_a_contract_whose_server_was_not_there_was_not_looked_at() -> None:
    report = check("http://127.0.0.1:1/openapi.yaml", hosts=["plugin", "actions"])
    assert (report.findings, report.exit_code, len(report.unseen)) == ((), 2, 1)
    assert {each.sentence for each in report.verdicts.values()} == {"not looked at"}
