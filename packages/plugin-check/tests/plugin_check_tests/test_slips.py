"""What accepted contracts have wrong: the installer read over it, strict readers do not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from plugin_check import check

from .parts import ORIGIN, Parts


def required_in_a_property(contract: dict[str, Any]) -> None:
    body = contract["paths"]["/plants"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    schema["properties"]["plant"]["required"] = True


def servers_in_info(contract: dict[str, Any]) -> None:
    contract["info"]["servers"] = []


def made_up_type(contract: dict[str, Any]) -> None:
    contract["paths"]["/plants"]["get"]["parameters"][0]["schema"]["type"] = "int"


def dead_reference(contract: dict[str, Any]) -> None:
    answers = contract["paths"]["/plants"]["get"]["responses"]
    answers["404"] = {"$ref": "#/components/responses/Missing"}


def name_with_spaces(contract: dict[str, Any]) -> None:
    contract["paths"]["/plants"]["get"]["operationId"] = "get the plants"


def long_name(contract: dict[str, Any]) -> None:
    contract["paths"]["/plants"]["get"]["operationId"] = "g" * 65


def no_servers(contract: dict[str, Any]) -> None:
    del contract["servers"]


@pytest.mark.parametrize(
    "slip",
    [
        required_in_a_property,
        servers_in_info,
        made_up_type,
        dead_reference,
        name_with_spaces,
        long_name,
        no_servers,
    ],
)
def test_a_slip_that_the_installer_read_over_is_an_error_for_strict_readers_alone(
    tmp_path: Path, slip: Callable[[dict[str, Any]], None]
) -> None:
    parts = Parts()
    slip(parts.contract)
    report = check(parts.write(tmp_path), origin=ORIGIN, hosts=["plugin", "actions"])
    assert {host: verdict.sentence for host, verdict in report.verdicts.items()} == {
        "plugin": "would accept it, 1 warning",
        "actions": "would refuse it: 1 error",
    }
    ((_, plugin), (_, actions)) = report.findings[0].judgements.items()
    assert plugin.reason
    assert actions.reason


def test_a_key_that_is_there_twice_is_such_a_slip(tmp_path: Path) -> None:
    contract = b"openapi: 3.0.0\n" + yaml.safe_dump(Parts().contract).encode()
    parts = Parts(files={"openapi.yaml": contract})
    report = check(parts.write(tmp_path), origin=ORIGIN, hosts=["plugin", "actions"])
    assert [each.message for each in report.findings] == [
        'The key "openapi" is there twice; the first is on line 1.'
    ]
    assert report.verdicts["plugin"].sentence == "would accept it, 1 warning"
    assert report.verdicts["actions"].sentence == "would refuse it: 1 error"
