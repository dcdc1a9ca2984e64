"""The contract is valid, and the answers are the ones that it promises."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from plugin_server.documents import documents_folder
from plugin_server.mcp.tools import METHODS
from plugin_server.testing.contract import *  # noqa: F403

from .front_door import TOKEN, front_door
from .running import PROJECT, environment, running_server

MODES = ["none", "service_http", "user_http"]
HOST_TEXT_CHARACTERS = 200


def token_of(mode: str, folder: Path) -> str:
    if mode != "user_http":
        return TOKEN
    made = subprocess.run(
        [sys.executable, "-m", "app", "token", "add", "ann"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout.strip()


@pytest.mark.parametrize("mode", MODES)
def test_schemathesis_finds_no_failure(mode: str, tmp_path: Path, long: bool) -> None:
    secret = {"PLUGIN_SERVICE_TOKENS": TOKEN} if mode == "service_http" else {}
    with running_server(tmp_path, PLUGIN_AUTH=mode, **secret) as server:
        command = [
            *(str(Path(sys.executable).with_name("schemathesis")), "run"),
            f"{server.url}/openapi.json",
            *("--checks", "all", "--exclude-checks", "use_after_free"),
            *("--max-examples", "500" if long else "20", "--request-timeout", "20"),
        ]
        if not long:
            command.append("--generation-deterministic")
        if mode != "none":
            command += ["--header", f"Authorization: Bearer {token_of(mode, tmp_path)}"]
        run = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment(SCHEMATHESIS_HOOKS="tests.schemathesis_hooks"),
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("mode", MODES)
async def test_the_served_contract_has_no_validator_errors(mode: str, sqlite_url: str) -> None:
    secret = {"service_tokens": [TOKEN]} if mode == "service_http" else {}
    async with front_door(sqlite_url, auth=mode, **secret) as client:
        as_json = (await client.get("/openapi.json")).json()
        as_yaml = yaml.safe_load((await client.get("/openapi.yaml")).text)
    assert as_json == as_yaml
    assert list(OpenAPIV31SpecValidator(as_json).iter_errors()) == []
    assert as_json["servers"] == [{"url": "http://localhost:5002"}]


async def test_the_served_yaml_has_no_anchors(sqlite_url: str) -> None:
    async with front_door(sqlite_url) as client:
        text = (await client.get("/openapi.yaml")).text
    assert not any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text))


def test_every_text_is_within_the_hosts_limits() -> None:
    contract = yaml.safe_load((PROJECT / "openapi.yaml").read_text())
    for operations in contract["paths"].values():
        for operation in (operations[method] for method in operations if method in METHODS):
            assert operation["x-openai-isConsequential"] in (True, False)
            texts = [operation["summary"], operation["description"]]
            texts += [parameter["description"] for parameter in operation.get("parameters", [])]
            assert [text for text in texts if len(text) > HOST_TEXT_CHARACTERS] == []


async def test_a_document_is_rendered_once_an_origin(client: httpx.AsyncClient) -> None:
    first = await client.get("/openapi.yaml")
    again = await client.get("/openapi.yaml")
    assert first.content == again.content
    assert first.headers["ETag"] == again.headers["ETag"]


def test_the_documents_are_those_of_the_checkout() -> None:
    assert documents_folder(PROJECT / "app") == PROJECT
