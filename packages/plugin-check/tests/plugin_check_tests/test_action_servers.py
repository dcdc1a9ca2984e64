"""GPT Actions call servers[0] as it is written, and everything is held against its domain."""

import json
from pathlib import Path

import pytest

from .commanding import NOTHING, contract, run, verdicts
from .parts import CONTRACT


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://api.plants.test", "is plain http"),
        ("/api", "is not an absolute https URL"),
        ("api.plants.test", "is not an absolute https URL"),
        ("", "is not an absolute https URL"),
        ("REPLACE-WITH-DEPLOYED-API-URL", "is a placeholder"),
        ("https://<your-host>", "is a placeholder"),
        ("https://your-api.plants.test", "is a placeholder"),
        ("https://{tenant}.plants.test", "is a placeholder"),
        ("https://localhost:5000", "is not on a public host"),
        ("http://127.0.0.1:8000", "is not on a public host"),
        ("https://192.168.0.7", "is not on a public host"),
        ("https://plants", "is not on a public host"),
        ("https://plants.internal", "is not on a public host"),
        ("https://api.plants.test:8443", "is on port 8443, not on 443"),
    ],
)
def test_an_action_calls_the_address_of_the_first_server_as_it_is_written(
    tmp_path: Path, url: str, fault: str
) -> None:
    (tmp_path / "hr.json").write_bytes(contract(url))
    place = next(
        (number, line.index('"url"') + 1)
        for number, line in enumerate((tmp_path / "hr.json").read_text().splitlines(), 1)
        if '"url"' in line
    )
    code, output = run(tmp_path, "hr.json")
    head, finding, *_, found = output.split("\n\n")
    assert (code, head) == (1, "checked       hr.json\ncontract      hr.json")
    assert found == verdicts(NOTHING, "would refuse it: 1 error", NOTHING)
    assert " ".join(finding.split()) == (
        f"error G07 (actions) hr.json:{place[0]}:{place[1]} "
        f'servers[0] is "{url}", which {fault}: an Action calls that address. '
        "instead: Write the API's own address: https://, a public host and the path. "
        "sources: AC, editor"
    )


@pytest.mark.parametrize(
    "url", ["https://api.plants.test", "https://api.plants.test:443/v1", "https://8.8.8.8/api"]
)
def test_a_public_https_address_is_one_that_an_action_can_call(tmp_path: Path, url: str) -> None:
    (tmp_path / "hr.json").write_bytes(contract(url))
    code, output = run(tmp_path, "hr.json", "--for", "actions")
    assert (code, output.splitlines()[-1]) == (0, "GPT Actions  would accept it")


def test_a_variable_of_the_server_counts_with_its_default(tmp_path: Path) -> None:
    server = {
        "url": "https://{tenant}.plants.test",
        "variables": {"tenant": {"default": "api"}},
    }
    value = CONTRACT | {"servers": [server]}
    (tmp_path / "hr.json").write_text(json.dumps(value))
    assert run(tmp_path, "hr.json", "--for", "actions") == (
        0,
        """\
checked       hr.json
root domain   api.plants.test (servers[0] is there)
server URL    https://api.plants.test (servers[0] is the first entry on api.plants.test or below it)
contract      hr.json

GPT Actions  would accept it
""",
    )


def test_the_domain_of_the_first_server_is_what_oauth_addresses_are_held_against(
    tmp_path: Path,
) -> None:
    flow = {
        "authorizationUrl": "https://login.weeds.test/authorize",
        "tokenUrl": "https://auth.plants.test/token",
        "scopes": {},
    }
    scheme = {"type": "oauth2", "flows": {"authorizationCode": flow}}
    components = {"securitySchemes": {"plants": scheme}}
    (tmp_path / "hr.json").write_bytes(contract("https://api.plants.test", components=components))
    code, output = run(tmp_path, "hr.json", "--for", "actions")
    _, finding, *_, found = output.split("\n\n")
    assert code == 1
    assert finding.splitlines()[1:3] == [
        '  authorizationUrl is on "weeds.test", the API on plants.test.',
        "  instead: Serve it from plants.test or a sub-domain of it.",
    ]
    assert found == "GPT Actions  would refuse it: 1 error\n"


def test_a_contract_that_says_where_it_is_served_needs_no_name_of_this_machine(
    tmp_path: Path,
) -> None:
    """PLUGIN_HOSTNAME is the one text that stands for it."""
    (tmp_path / "hr.json").write_bytes(contract("PLUGIN_HOSTNAME"))
    code, output = run(tmp_path, "hr.json", "--for", "actions")
    assert (code, output.splitlines()[1], output.splitlines()[-1]) == (
        0,
        "root domain   localhost (taken for PLUGIN_HOSTNAME, which the server fills in)",
        "GPT Actions  cannot reach localhost; nothing else is in the way",
    )
