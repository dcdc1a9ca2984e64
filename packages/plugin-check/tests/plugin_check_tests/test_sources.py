"""Sources that people name by accident, or that can be looked at in part only."""

import json
from pathlib import Path
from typing import Any

import pytest

from guarded_fetch import Limits
from plugin_check import check

from .answering import Behaviour, Reply, Request
from .parts import ORIGIN, Parts
from .remote import local, remote
from .samples.live_keys import guarded
from .samples.package import packaged

KEY = "sesame-0123456789"


@pytest.mark.parametrize("address", ["http://ann:pass@127.0.0.1:1/", "https://ann@plants.test"])
def test_a_user_name_in_the_address_is_refused_and_not_repeated(address: str) -> None:
    report = check(address)
    assert report.unseen == (
        "there is a user name in the address: leave it out, and give a credential by itself",
    )
    assert report.exit_code == 2
    assert "ann" not in report.source


def test_a_manifest_alone_is_a_source_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "plants.json"
    file.write_text(json.dumps(Parts().manifest))
    report = check(file, origin=ORIGIN)
    assert (report.findings, report.facts.manifest) == ((), "plants.json")
    assert {host: verdict.state for host, verdict in report.verdicts.items()} == {
        "plugin": "incomplete",
        "actions": "unknown",
        "mcp": "absent",
    }


@pytest.mark.parametrize("name", ["ai-plugin.json", "openapi.yaml", "plugin.json"])
def test_a_document_that_is_too_large_is_told_with_its_size(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(3_000_000)
    (finding,) = check(tmp_path).findings
    assert finding.message.endswith("It has 3,000,000 bytes; more than 1,048,576 are not read.")


@pytest.mark.parametrize("hosts", [(), ("action",), "plugin"])
def test_hosts_that_nobody_knows_are_the_callers_mistake(plants: Path, hosts: Any) -> None:
    with pytest.raises(ValueError, match="plugin, actions, mcp"):
        check(plants, hosts=hosts)


def test_the_server_of_a_contract_in_a_folder_is_an_address(tmp_path: Path) -> None:
    parts = Parts()
    parts.contract["servers"] = [{"url": "/v1"}]
    assert check(parts.write(tmp_path)).facts.base_url == f"{ORIGIN}/v1"
    del parts.contract["servers"]
    assert check(parts.write(tmp_path)).facts.base_url == ORIGIN


@pytest.mark.parametrize("scheme", ["", "https://", "http://"])
def test_files_are_found_under_the_gap_for_the_origin(tmp_path: Path, scheme: str) -> None:
    parts = Parts()
    parts.manifest["api"]["url"] = f"{scheme}PLUGIN_HOSTNAME/api/spec.yaml"
    parts.manifest["logo_url"] = f"{scheme}PLUGIN_HOSTNAME/img/logo%20512.png"
    parts.contract["servers"] = [{"url": "PLUGIN_HOSTNAME"}]
    parts.files = {
        "api/spec.yaml": json.dumps(parts.contract).encode(),
        "img/logo 512.png": parts.logo,
    }
    parts.missing = {"openapi.yaml", "logo.png"}
    report = check(parts.write(tmp_path))
    assert (report.errors, report.facts.contract) == ((), "api/spec.yaml")


def test_files_are_found_beside_the_manifest_too(tmp_path: Path) -> None:
    parts = Parts(missing={"openapi.yaml", "logo.png"})
    parts.manifest["api"]["url"] = f"{ORIGIN}/.well-known/plants.yaml"
    parts.manifest["logo_url"] = f"{ORIGIN}/static/fern.png"
    parts.files = {"plants.yaml": json.dumps(parts.contract).encode(), "fern.png": parts.logo}
    report = check(parts.write(tmp_path), origin=ORIGIN)
    assert (report.findings, report.unseen, report.facts.contract) == ((), (), "plants.yaml")


@pytest.mark.parametrize("name", ["ai-plugin.json", "openapi.yaml", "logo.png"])
def test_a_file_that_may_not_be_read_is_not_called_missing(
    plants: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid(plants / name, monkeypatch)
    report = check(plants)
    assert report.unseen == (f"{name} cannot be read: Permission denied",)


def test_settings_that_may_not_be_read_are_passed_over(
    plants: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (plants / ".env").write_text("KEY=1")
    forbid(plants / ".env", monkeypatch)
    report = check(plants)
    assert (report.unseen, report.errors) == ((), ())


def forbid(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What chmod does, except for root, as whom these tests may run."""
    really = Path.open

    def open_(self: Path, *arguments: Any, **named: Any) -> Any:
        if self == file:
            raise PermissionError(13, "Permission denied", str(self))
        return really(self, *arguments, **named)

    monkeypatch.setattr(Path, "open", open_)


def test_a_refused_credential_is_no_clean_probe() -> None:
    parts, behaviour = Parts(), Behaviour()
    guarded(parts, behaviour)
    declared = {"401": {"description": "Who are you?"}}
    parts.operation("get")["responses"] |= declared
    with remote(parts, behaviour) as network:
        report = check(ORIGIN, probe=True, token="an old one", network=network)
    assert [(each.rule, each.message) for each in report.errors] == [
        ("P01", '"getPlants" answered 401: it does not take the credential that was given.')
    ]


def test_an_operation_that_asks_for_a_credential_has_to_say_so() -> None:
    def closed(request: Request, reply: Reply) -> None:
        if request.path == "/plants":
            reply.status, reply.body = 401, b""

    parts = Parts()
    parts.operation("get")["responses"] |= {"401": {"description": "Who are you?"}}
    with remote(parts, Behaviour(spoil=closed)) as network:
        report = check(ORIGIN, probe=True, network=network)
    assert [(each.rule, each.message) for each in report.errors] == [
        ("P01", '"getPlants" answered 401, but nothing says that it needs a credential.')
    ]


@pytest.mark.parametrize(
    ("source", "server"),
    [
        (ORIGIN, "https://elsewhere.plants.test"),
        (f"{ORIGIN}/openapi.yaml", "https://other.example.net"),
    ],
)
def test_a_credential_goes_to_no_server_that_the_plugin_does_not_own(
    source: str, server: str
) -> None:
    parts, behaviour = Parts(), Behaviour()
    guarded(parts, behaviour)
    parts.manifest["api"]["url"] = "https://files.plants.test/openapi.yaml"
    parts.contract["servers"] = [{"url": server}]
    with remote(parts, behaviour) as network:
        report = check(source, probe=True, token=KEY, network=network)
    asked = [each for each in behaviour.requests if KEY in str(each.headers)]
    # The MCP endpoint is where the user said that the plugin is.
    assert {(each.host, each.path) for each in asked} == {("todo.plants.test", "/mcp")}
    assert "The credential was not sent: " in report.skipped[0]


def test_two_checks_at_once_do_not_meet() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with local(Parts(), Behaviour()) as origin, ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(check, [origin] * 4))
    assert [report.errors for report in reports] == [()] * 4


def test_what_there_was_no_time_for_is_neither_broken_nor_accepted() -> None:
    def slow(request: Request, reply: Reply) -> None:
        reply.silent = request.path == "/plants"

    limits = Limits(seconds_a_request=5, seconds_in_all=1.5)
    with remote(Parts(), Behaviour(spoil=slow)) as network:
        report = check(ORIGIN, probe=True, network=network, limits=limits)
    assert (report.errors, report.exit_code) == ((), 2)
    assert (
        report.unseen[0] == f"{ORIGIN}/plants: The 1.5 seconds for all requests together are over."
    )
    assert {verdict.state for verdict in report.verdicts.values()} == {"unknown"}


def test_what_is_left_out_of_many_findings_is_counted(tmp_path: Path) -> None:
    parts = Parts()
    for number in range(40):
        parts.contract["paths"][f"/p{number}"] = {"get": {"operationId": "x", "responses": {}}}
    found = check(parts.write(tmp_path), origin=parts.origin, hosts=["actions"]).findings
    told = [finding.message for finding in found if finding.rule == "S03"]
    assert (len(told), told[-1]) == (10, "30 more like the ones before.")


def test_a_package_alone_is_judged_where_its_server_is(tmp_path: Path) -> None:
    parts = packaged(Parts(missing={"ai-plugin.json", "openapi.yaml"}))
    report = check(parts.write(tmp_path), hosts=["mcp"])
    assert [finding.rule for finding in report.findings if finding.rule != "K13"] == []
    assert report.verdicts["mcp"].state == "accepted"
