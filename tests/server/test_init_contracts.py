"""`plugin-server init --from-openapi`: ten makers' contracts become plugins to write."""

import ast
import keyword
import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, cast

import httpx
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from plugin_check import check
from plugin_server.documents import Documents
from plugin_server.mcp.tools import Tool, tools_of
from plugin_server.testing.operations import arguments_of, request

from .made_projects import CONTRACTS, files_of, imported, init, made, run_tests
from .mcp_messages import message

CONTRACT = {file.stem: file for file in CONTRACTS}


@pytest.fixture(name="contract")
def fixture_contract(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The file of a contract; one of forty operations is written here."""
    if request.param != "forty":
        return CONTRACT[request.param]
    paths: dict[str, Any] = {}
    for number in range(20):
        held = {"type": "object", "properties": {"text": {"type": "string", "maxLength": 9}}}
        done = {"200": {"description": "Done", "content": {"application/json": {"schema": held}}}}
        body = {"content": {"application/json": {"schema": held}}}
        paths[f"/things{number}"] = {
            "get": {"operationId": f"ListThings{number}", "responses": done},
            "post": {"operationId": f"AddThing{number}", "requestBody": body, "responses": done},
        }
    file = tmp_path / "forty.yaml"
    info = {"title": "Forty operations", "version": "1"}
    file.write_text(yaml.safe_dump({"openapi": "3.0.0", "info": info, "paths": paths}))
    return file


every = pytest.mark.parametrize("contract", [*CONTRACT, "forty"], indirect=True)


async def called(client: httpx.AsyncClient, tool: Tool) -> tuple[int, dict[str, Any]]:
    """The status of the operation, and what the tool says."""
    arguments = arguments_of(tool)
    by_http = await request(tool, arguments).send(client)
    call = {"name": tool.name, "arguments": arguments}
    by_tool = await client.post("/mcp", content=message("tools/call", call).body)
    return by_http.status_code, by_tool.json()["result"]


@every
async def test_each_operation_answers_that_it_is_still_to_be_written(
    contract: Path, tmp_path: Path
) -> None:
    project = made(tmp_path / "made-of-it", "--from-openapi", str(contract))
    with imported(project) as package:
        settings = package.Settings(rate_limit="off", database_url=f"sqlite:///{tmp_path}/a.db")
        app = package.create_app(settings)
        documents: Documents = app.extensions["documents"]
        tools = tools_of(documents.contract)
        transport = httpx.ASGITransport(cast(Any, app))
        async with (
            app.test_app(),
            httpx.AsyncClient(transport=transport, base_url="http://localhost:5002") as client,
        ):
            for tool in tools.values():
                status, result = await called(client, tool)
                sentence = f"{tool.name} is still to be written."
                assert (tool.name, status) == (tool.name, 501)
                assert result["isError"]
                assert sentence in result["content"][0]["text"]
    assert tools


@every
def test_hosts_accept_it_and_its_files_are_few(contract: Path, tmp_path: Path) -> None:
    project = made(tmp_path / "made-of-it", "--from-openapi", str(contract))
    report = check(project, origin="https://made.example.org")
    assert not report.errors, report.errors
    written = yaml.safe_load((project / "openapi.yaml").read_text())
    assert list(OpenAPIV31SpecValidator(written).iter_errors()) == []
    assert len(files_of(project)) + 1 <= 15


@every
def test_its_code_is_sound_for_every_name(contract: Path, tmp_path: Path) -> None:
    project = made(tmp_path / "made-of-it", "--from-openapi", str(contract))
    for name, text in files_of(project).items():
        if not name.endswith(".py"):
            continue
        names = [each.name for each in ast.parse(text).body if hasattr(each, "name")]
        assert len(names) == len(set(names)), name
        assert not [each for each in names if keyword.iskeyword(each)]
        long = [line for line in text.splitlines() if len(line) > 100]
        assert not [line for line in long if "noqa: E501" not in line], name


@pytest.mark.parametrize("contract", ["composed", "search"], indirect=True)
def test_its_own_tests_pass(contract: Path, tmp_path: Path) -> None:
    """Those of the others pass in the long form: tests/soak/test_init.py."""
    project = made(tmp_path / "made-of-it", "--from-openapi", str(contract))
    assert " passed" in run_tests(project, "-k", "not postgres")


def test_each_change_is_told_with_its_reason(tmp_path: Path) -> None:
    ran = init(tmp_path / "made-of-it", "--from-openapi", str(CONTRACT["pets"]))
    assert [line for line in ran.output.splitlines() if line.startswith("changed: ")] == [
        "changed: a form is a body in JSON, which is what hosts send: addPet, updatePetWithForm",
        "changed: members that no host reads are left out of a schema: addPet, updatePet, the"
        " schema Pet and 1 more",
        "changed: a body that could be left out is required, the view reads one: addPet,"
        " updatePetWithForm, createUsersWithListInput",
        "changed: an operation without a summary has one made of its name: addPet,"
        " findPetsByStatus, getPetById and 4 more",
        "changed: an operation has the x-openai-isConsequential of its method: addPet,"
        " updatePet, findPetsByStatus and 5 more",
        "changed: an operation without a success has one, or hosts expect none: addPet,"
        " updatePetWithForm, deletePet and 1 more",
        "changed: an answer without content is an object, or hosts expect none: addPet,"
        " updatePetWithForm, deletePet and 1 more",
        "changed: an operation without a description has its summary for one: updatePet",
        "changed: an answer is JSON alone, a model reads no other: updatePet",
        "changed: a parameter without a description has one made of its name:"
        " findPetsByStatus, getPetById, updatePetWithForm and 2 more",
        "changed: a list is sent by repeating its name, as hosts do: findPetsByStatus",
        "changed: a list that is required has an element or more, a query has no name without"
        " a value: findPetsByStatus",
        "changed: a parameter in the header is left out, no host sends it: deletePet",
        "changed: a body that is no JSON is left out, a model writes no other: uploadFile",
        "changed: where the server answers itself, no operation can be: /login",
        "changed: what no host reads is left out: info.license, info.termsOfService, tags",
        "changed: it is written in OpenAPI 3.1: the contract",
        "changed: its server is PLUGIN_HOSTNAME, the address at which hosts reach the plugin:"
        " the contract",
        "changed: security is left out, PLUGIN_AUTH decides who may call: the contract",
        "changed: failures are problems (RFC 9457), as the server answers them: the contract",
    ]


def test_the_operations_keep_their_names_or_have_some_like_them(tmp_path: Path) -> None:
    project = made(tmp_path / "made-of-it", "--from-openapi", str(CONTRACT["dotted"]))
    text = (project / "openapi.yaml").read_text()
    assert re.findall(r"operationId: (\S+)", text) == [
        *("reposListForOrg", "createAThing", "getItems", "getItems2", "import", "call42"),
        *("list", "usersIdDelete", "owner", "listAllApiV1ItemsGet", "gethttpStatus", "postF"),
        *("store", "print", "models"),
        "anOperationWhoseNameIsLongerThanTheSixtyFourCharactersThatHostsT",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("swagger: '2.0'\npaths: {/a: {}}", "is Swagger 2.0: convert it to OpenAPI 3 first"),
        *(
            (f"openapi: {version}\npaths: {{/a: {{}}}}", "`openapi` must say 3.0 or 3.1")
            for version in ("4.0.0", "3.2.0", "3.10.0", "3", "3.0x", "'3.1.0\\n'")
        ),
        ("[]", "is no contract: it must hold an object"),
        ("openapi: 3.0.0\npaths: {}", "has no paths"),
        ("openapi: 3.0.0\npaths: {/a: {}}", "no operation of the contract is left"),
        ("a: [", "is neither JSON nor YAML"),
        ("\ud800", "is not UTF-8"),
        (
            "openapi: 3.0.0\npaths: {/a: {$ref: 'other.yaml#/a'}}",
            "refers to another document, 'other.yaml#/a': bundle it into one first",
        ),
        (
            "openapi: 3.0.0\npaths: {/a: {$ref: '#/components/b'}}",
            "refers to '#/components/b', and nothing is there",
        ),
        ("a: &a [*a]", "cannot be read"),
    ],
)
def test_what_is_no_contract_of_openapi_3_is_refused(
    tmp_path: Path, text: str, sentence: str
) -> None:
    file = tmp_path / "contract.yaml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    ran = init(tmp_path / "made-of-it", "--from-openapi", str(file))
    assert ran.exit_code == 2
    assert sentence in ran.output.splitlines()[-1]
    assert not (tmp_path / "made-of-it").exists()


def test_a_contract_that_is_not_there_is_told(tmp_path: Path) -> None:
    ran = init(tmp_path / "made-of-it", "--from-openapi", str(tmp_path / "none.yaml"))
    assert (ran.exit_code, ran.output) == (
        2,
        f"plugin-server: {tmp_path}/none.yaml: cannot be read: No such file or directory\n",
    )


@pytest.mark.parametrize("source", ["ftp://a.example/b.yaml", "file:///etc/hosts", "Gopher://a"])
def test_a_url_of_another_scheme_is_told(tmp_path: Path, source: str) -> None:
    ran = init(tmp_path / "made-of-it", "--from-openapi", source)
    told = f"plugin-server: {source}: only files and http and https URLs are taken\n"
    assert (ran.exit_code, ran.output) == (2, told)


def test_a_contract_may_be_at_a_url(tmp_path: Path) -> None:
    """A file server of Python's own has it; what it has not is told."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(CONTRACT["recursive"].parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        project = made(tmp_path / "made-of-it", "--from-openapi", f"{url}/recursive.yaml")
        ran = init(tmp_path / "other", "--from-openapi", f"{url}/none.yaml")
        server.shutdown()
    assert "operationId: getTree" in (project / "openapi.yaml").read_text()
    told = f"plugin-server: {url}/none.yaml: cannot be fetched: the answer is 404"
    assert (ran.exit_code, ran.output.splitlines()[-1]) == (2, told)
