"""The two files that the proxy serves: with itself as the origin, as they are now, and examined."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from .mcp_messages import message
from .proxy_api import CONTRACT, MANIFEST, running_proxy, wait_for

# Nothing listens there, and nothing is asked.
NOWHERE = "http://127.0.0.1:9"
# Of the lines at the end of a report.
VERDICT = "OpenAI plugins over MCP"


def contract_with(**members: Any) -> dict[str, Any]:
    return {**deepcopy(CONTRACT), **members}


def tools(client: httpx.Client) -> list[str]:
    answer = client.post("/mcp", content=message("tools/list").body).json()
    return [tool["name"] for tool in answer["result"]["tools"]]


def test_both_are_served_with_the_proxy_as_the_origin(tmp_path: Path) -> None:
    with running_proxy(tmp_path, NOWHERE) as proxy, httpx.Client(base_url=proxy.url) as client:
        for name in (proxy.url, f"http://localhost:{proxy.port}"):
            headers = {"Host": name.removeprefix("http://")}
            manifest = client.get("/.well-known/ai-plugin.json", headers=headers)
            logo, api = f"{name}/logo.png", {"type": "openapi", "url": f"{name}/openapi.yaml"}
            assert manifest.json() == {**MANIFEST, "logo_url": logo, "api": api}
            assert manifest.headers["Cache-Control"] == "no-store"
            expected = contract_with(servers=[{"url": name}])
            assert client.get("/openapi.json", headers=headers).json() == expected
            served = client.get("/openapi.yaml", headers=headers)
            assert (yaml.safe_load(served.text)) == expected
            assert served.headers["Content-Type"] == "application/yaml"
        head = client.head("/openapi.json")
        assert (head.content, int(head.headers["Content-Length"]) > 500) == (b"", True)
        assert client.put("/openapi.json").headers["Allow"] == "GET, HEAD"


SERVERS = {
    "https://api.example.com/v1/": "/v1",
    "/v2": "/v2",
    "PLUGIN_HOSTNAME/v3": "/v3",
    "PLUGIN_HOSTNAME": "",
    "https://{region}.example.com/{version}": "/v4",
}


@pytest.mark.parametrize("server", SERVERS)
def test_the_path_of_the_first_server_stays_and_no_other_server_does(
    tmp_path: Path, server: str
) -> None:
    contract = contract_with()
    variables = {"region": {"default": "eu"}, "version": {"default": "v4"}}
    contract["servers"] = [{"url": server, "variables": variables}, {"url": "https://b.example"}]
    item = contract["paths"]["/things/{id}"]
    item["servers"] = item["get"]["servers"] = [{"url": "https://elsewhere.example"}]
    (tmp_path / "contract.json").write_text(json.dumps(contract))
    (tmp_path / "openapi.yaml").write_text("not looked at: [")
    with (
        running_proxy(tmp_path, NOWHERE, "--openapi", "contract.json") as proxy,
        httpx.Client(base_url=proxy.url) as client,
    ):
        served = client.get("/openapi.json").json()
        assert served == contract_with(servers=[{"url": f"{proxy.url}{SERVERS[server]}"}])
        assert client.get(f"{SERVERS[server]}/things/1").status_code == 502
        log = tmp_path / "proxy.log"
        wait_for(log, f'"route":"{SERVERS[server]}/things/{{id}}"')


def test_a_file_that_changes_is_read_again_and_examined(tmp_path: Path) -> None:
    contract, log, output = (tmp_path / name for name in ("openapi.yaml", "proxy.log", "proxy.out"))
    with running_proxy(tmp_path, NOWHERE) as proxy, httpx.Client(base_url=proxy.url) as client:
        wait_for(output, VERDICT)
        assert tools(client) == ["getThing", "deleteThing"]
        changed = contract_with()
        changed["paths"]["/things/{id}"]["get"]["operationId"] = "get thing"
        del changed["paths"]["/things/{id}"]["delete"]
        contract.write_text(yaml.safe_dump(changed, sort_keys=False))
        assert client.get("/openapi.json").json()["paths"] == changed["paths"]
        wait_for(log, "read again: ai-plugin.json and openapi.yaml")
        assert "error S03 (actions), warning (plugin)  openapi.yaml:" in wait_for(
            output, VERDICT, 2
        )


def test_what_was_read_before_stays_while_a_file_is_broken(tmp_path: Path) -> None:
    manifest, log = tmp_path / "ai-plugin.json", tmp_path / "proxy.log"
    with running_proxy(tmp_path, NOWHERE) as proxy, httpx.Client(base_url=proxy.url) as client:
        for broken, told in (
            ('{"name_for_human": ', "ai-plugin.json:1:20: Expecting value"),
            (None, "ai-plugin.json: cannot be read: No such file or directory"),
            ("{}", "ai-plugin.json: name_for_human is missing"),
        ):
            if broken is None:
                manifest.unlink()
            else:
                manifest.write_text(broken)
            wait_for(log, f"what was read before stays in force: {told}")
            served = client.get("/.well-known/ai-plugin.json").json()
            assert served["name_for_human"] == "Things"
        manifest.write_text(json.dumps({**MANIFEST, "name_for_human": "Others"}))
        served = client.get("/.well-known/ai-plugin.json").json()
        assert served["name_for_human"] == "Others"


def test_a_logo_that_is_not_beside_the_manifest_may_be_where_the_api_is(tmp_path: Path) -> None:
    output = tmp_path / "proxy.out"
    with running_proxy(tmp_path, NOWHERE):
        assert "M08" not in wait_for(output, VERDICT)
    (tmp_path / "logo.png").write_bytes(b"no picture")
    with running_proxy(tmp_path, NOWHERE):
        assert "error M08" in wait_for(output, VERDICT)
