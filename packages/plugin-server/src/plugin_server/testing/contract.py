"""Tests of every operation of the contract: import all of them into a module of one's own tests.

They read openapi.yaml: an operation that is added there is tested by them without a change.
"""

import json
from collections.abc import Callable
from typing import Any

import httpx
import jsonschema_rs
import pytest

from ..contract import ME, view_name
from ..documents import Documents
from ..errors import NotWritten
from ..http.routing import as_written
from ..mcp.tools import Tool, tools_of
from ..pages.blueprint import Pages
from ..plugin import Plugin
from .fixtures import TOKEN, Client, personal_token, plugin_folder
from .operations import (
    LONGEST_REQUEST,
    arguments_of,
    as_some_clients_send,
    bad_arguments,
    bad_requests,
    edge_requests,
    request,
)

__all__ = [
    "test_a_bad_request_is_refused_with_a_problem",
    "test_a_sound_request_is_answered_as_the_contract_says",
    "test_a_tool_answers_what_its_operation_answers",
    "test_a_tool_does_not_ask_who_is_known",
    "test_a_tool_refuses_what_its_operation_refuses",
    "test_a_tool_says_what_is_wrong_as_its_operation_does",
    "test_a_value_at_a_limit_of_the_contract_is_taken",
    "test_each_operation_asks_for_a_token",
    "test_each_operation_has_the_view_of_its_name",
    "test_each_operation_tells_the_methods_of_its_path",
    "test_each_route_is_in_the_contract",
    "test_null_means_left_out_and_an_integer_may_be_its_digits",
    "test_the_documents_are_clean",
    "test_the_tools_are_the_operations",
]

PROBLEM = {"type", "title", "status", "detail", "code"}


def own_routes(app: Plugin) -> dict[tuple[str, str], str]:
    """The views of the plugin's own routes, by path as the contract writes it, and method. Pages
    are for people, and in no contract.
    """
    others = {"wellknown", "mcp"}
    others |= {name for name, each in app.blueprints.items() if isinstance(each, Pages)}
    return {
        (as_written(rule.rule), method): rule.endpoint.rpartition(".")[2]
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] not in others
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_each_operation_has_the_view_of_its_name(
    operation: Tool, create_app: Callable[..., Plugin]
) -> None:
    views = own_routes(create_app(auth="none"))
    assert views[operation.path, operation.method] == view_name(operation.name)


def test_each_route_is_in_the_contract(create_app: Callable[..., Plugin]) -> None:
    app = create_app(auth="none")
    documents: Documents = app.extensions["documents"]
    operations = tools_of(documents.contract).values()
    assert own_routes(app).keys() == {(each.path, each.method) for each in operations}


async def test_a_sound_request_is_answered_as_the_contract_says(
    operation: Tool, client: httpx.AsyncClient
) -> None:
    answer = await request(operation, arguments_of(operation)).send(client)
    contract = (await client.get("/openapi.json")).json()
    responses = contract["paths"][operation.path][operation.method.lower()]["responses"]
    assert str(answer.status_code) in responses, answer.text
    # What is still to be written says so, and the contract with it.
    assert answer.status_code < 500 or answer.status_code == NotWritten.status
    if answer.is_success and operation.is_structured:
        jsonschema_rs.validate(operation.listed["outputSchema"], answer.json())


async def test_a_value_at_a_limit_of_the_contract_is_taken(
    operation: Tool, client: httpx.AsyncClient
) -> None:
    for name, edge in edge_requests(operation):
        answer = await edge.send(client)
        # That others are missing beside it is another matter.
        faults = answer.json().get("errors", []) if answer.is_client_error else []
        places = [each["pointer"] for each in faults]
        assert not any(f"{place}/".startswith(f"#/{name}/") for place in places), edge.about


async def test_a_bad_request_is_refused_with_a_problem(
    operation: Tool, client: httpx.AsyncClient
) -> None:
    for bad in bad_requests(operation):
        answer = await bad.send(client)
        assert 400 <= answer.status_code < 500, (bad.about, answer.status_code)
        assert answer.headers["Content-Type"] == "application/problem+json", bad.about
        problem = answer.json()
        assert problem.keys() >= PROBLEM, bad.about
        assert problem["status"] == answer.status_code, bad.about


async def test_null_means_left_out_and_an_integer_may_be_its_digits(
    operation: Tool, client: httpx.AsyncClient
) -> None:
    arguments = arguments_of(operation)
    less_well = as_some_clients_send(operation, arguments)
    statuses = {
        (await request(operation, each).send(client)).status_code for each in (arguments, less_well)
    }
    assert len(statuses) == 1, statuses
    results = [await _call(client, operation, each) for each in (arguments, less_well)]
    assert results[0]["isError"] == results[1]["isError"], results


@pytest.mark.parametrize("mode", ["service_http", "user_http"])
async def test_each_operation_asks_for_a_token(
    operation: Tool, mode: str, sqlite_url: str, running: Client
) -> None:
    tokens = [TOKEN] if mode == "service_http" else []
    sound = request(operation, arguments_of(operation))
    async with running(sqlite_url, auth=mode, service_tokens=tokens) as client:
        for token in (None, "made-up-by-somebody"):
            answer = await sound.send(client, token)
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        if tokens:
            assert (await sound.send(client, TOKEN)).status_code != 401


async def test_each_operation_tells_the_methods_of_its_path(
    operation: Tool, sqlite_url: str, running: Client
) -> None:
    url = request(operation, arguments_of(operation)).url
    async with running(sqlite_url) as client:
        options = await client.options(url)
        refused = await client.request("TRACE", url)
    assert options.status_code == 200
    assert operation.method in options.headers["Allow"]
    assert refused.status_code == 405
    assert operation.method in refused.headers["Allow"]


async def test_the_tools_are_the_operations(
    sqlite_url: str, running: Client, pytestconfig: pytest.Config
) -> None:
    async with running(sqlite_url) as client:
        answer = await client.post("/mcp", json=_message("tools/list", {}))
        contract = (await client.get("/openapi.json")).json()
    listed = answer.json()["result"]["tools"]
    assert [tool["name"] for tool in listed] == list(tools_of(contract))
    assert plugin_folder(pytestconfig).joinpath("openapi.yaml").is_file()


async def test_a_tool_answers_what_its_operation_answers(
    operation: Tool, sqlite_url: str, running: Client
) -> None:
    arguments = arguments_of(operation)
    async with running(sqlite_url) as client:
        by_http = await request(operation, arguments).send(client)
        by_tool = await _call(client, operation, arguments)
    assert by_tool["isError"] == (by_http.status_code >= 400)
    if not by_tool["isError"] and operation.is_structured:
        assert by_tool["structuredContent"] == json.loads(by_tool["content"][0]["text"])
        jsonschema_rs.validate(operation.listed["outputSchema"], by_tool["structuredContent"])


async def test_a_tool_refuses_what_its_operation_refuses(
    operation: Tool, sqlite_url: str, running: Client
) -> None:
    required = operation.listed["inputSchema"]["required"]
    async with running(sqlite_url) as client:
        for left_out in required:
            arguments = arguments_of(operation)
            del arguments[left_out]
            refused = await _call(client, operation, arguments)
            assert refused["isError"], left_out
            assert json.loads(refused["content"][0]["text"]).keys() >= {"status", "detail", "code"}


async def test_a_tool_does_not_ask_who_is_known(
    operation: Tool, sqlite_url: str, running: Client
) -> None:
    arguments = arguments_of(operation)
    async with running(sqlite_url, auth="user_http") as client:
        client.headers["Authorization"] = f"Bearer {await personal_token(sqlite_url)}"
        answer = await client.post("/mcp", json=_message("tools/list", {}))
        listed = {tool["name"]: tool for tool in answer.json()["result"]["tools"]}
        asked = listed[operation.name]["inputSchema"]["properties"]
        known = operation.listed["inputSchema"]["properties"].keys() - asked
        by_http = await request(operation, {**arguments, **dict.fromkeys(known, ME)}).send(client)
        rest = {name: arguments[name] for name in arguments if name not in known}
        by_tool = await _call(client, operation, rest)
    assert by_tool["isError"] == (by_http.status_code >= 400)


async def test_a_tool_says_what_is_wrong_as_its_operation_does(
    operation: Tool, sqlite_url: str, running: Client
) -> None:
    async with running(sqlite_url) as client:
        for about, bad in bad_arguments(operation):
            if len(json.dumps(bad)) > LONGEST_REQUEST:
                continue
            by_http = (await request(operation, bad).send(client)).json()
            by_tool = json.loads((await _call(client, operation, bad))["content"][0]["text"])
            told = {name: value for name, value in by_http.items() if name not in ("type", "title")}
            assert by_tool == told, about


def test_the_documents_are_clean(pytestconfig: pytest.Config) -> None:
    check = pytest.importorskip("plugin_check", reason="plugin-check is not installed").check
    report = check(plugin_folder(pytestconfig), origin="https://plugin.example.org")
    assert not report.errors, report.errors


def _message(method: str, params: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


async def _call(
    client: httpx.AsyncClient, operation: Tool, arguments: dict[str, Any]
) -> dict[str, Any]:
    params = {"name": operation.name, "arguments": arguments}
    answer = await client.post("/mcp", json=_message("tools/call", params))
    result: dict[str, Any] = answer.json()["result"]
    return result
