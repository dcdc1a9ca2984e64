"""Each host is judged on what is there for it: whole outputs, from folders and files."""

import json
from pathlib import Path

import pytest

from .commanding import NOTHING, contract, run, verdicts
from .parts import MANIFEST, ORIGIN, Parts
from .samples.package import NATIVE_SERVERS, PORTABLE, PORTABLE_SERVERS, packaged

DOCUMENTS = {"ai-plugin.json", "openapi.yaml", "logo.png"}


def test_an_empty_folder_holds_nothing_for_any_host(tmp_path: Path) -> None:
    assert run(tmp_path) == (2, f"checked       .\n\n{verdicts(NOTHING, NOTHING, NOTHING)}")


def test_a_folder_with_a_contract_only_is_judged_for_gpt_actions(tmp_path: Path) -> None:
    Parts(missing={"ai-plugin.json", "logo.png"}).write(tmp_path)
    assert run(tmp_path) == (
        0,
        f"""\
checked       .
root domain   todo.plants.test (servers[0] is there)
server URL    {ORIGIN} (servers[0] is the first entry on todo.plants.test or below
              it)
contract      openapi.yaml

{verdicts(NOTHING, "would accept it", NOTHING)}""",
    )


def test_a_folder_with_a_manifest_only_is_judged_by_it_and_the_rest_is_not_looked_at(
    tmp_path: Path,
) -> None:
    Parts(missing={"openapi.yaml", "logo.png"}).write(tmp_path)
    assert run(tmp_path) == (
        0,
        f"""\
checked       .
root domain   todo.plants.test (a guess, because api.url is there; --origin says it for certain)
manifest      ai-plugin.json

not looked at: the contract: api.url names "{ORIGIN}/openapi.yaml", and no file here
  is it
not looked at: the logo: logo_url names "{ORIGIN}/logo.png", and no file here is it

{verdicts("would accept what was looked at", "not looked at", NOTHING)}""",
    )


def test_where_nothing_could_be_judged_for_the_hosts_that_were_asked_about_it_ends_in_2(
    tmp_path: Path,
) -> None:
    Parts(missing={"openapi.yaml"}).write(tmp_path)
    code, output = run(tmp_path, "--for", "actions,mcp")
    assert (code, output.splitlines()[-2:]) == (
        2,
        [
            "GPT Actions              not looked at",
            f"OpenAI plugins over MCP  {NOTHING}",
        ],
    )


def test_a_folder_with_a_package_only_is_judged_for_the_directory(tmp_path: Path) -> None:
    packaged(Parts(missing=DOCUMENTS)).write(tmp_path)
    assert run(tmp_path) == (
        0,
        f"""\
checked       .
root domain   todo.plants.test (the package's MCP server is there)

{verdicts(NOTHING, NOTHING, "would accept it")}""",
    )


def test_a_package_without_an_address_is_judged_without_one(tmp_path: Path) -> None:
    parts = packaged(Parts(missing={*DOCUMENTS, PORTABLE, PORTABLE_SERVERS}))
    parts.package[NATIVE_SERVERS] = {"mcpServers": {"plants": {"command": "plants"}}}
    parts.write(tmp_path)
    assert run(tmp_path) == (
        0,
        f"checked       .\n\n{verdicts(NOTHING, NOTHING, 'would accept it')}",
    )


def test_a_root_manifest_of_another_program_is_passed_over_with_a_note(tmp_path: Path) -> None:
    (tmp_path / PORTABLE).write_text('{"id": "plants", "type": "panel", "name": "Plants"}')
    assert run(tmp_path) == (
        2,
        f"""\
checked       .

note K21 (mcp)  plugin.json:1:1
  plugin.json is passed over: without a $schema it is another program's.
  instead: Write "$schema": "https://agent-plugins.org/schemas/1.0.0/plugin.schema.json" if it is a
    package; else leave it.
  sources: PK, AP

sources
  PK  https://developers.openai.com/plugins/build/plugins.md
  AP  https://agent-plugins.org/specification, version 1.0.0

{verdicts(NOTHING, NOTHING, NOTHING)}""",
    )


@pytest.mark.parametrize("name", ["openapi.yaml", "schema.json", "hr.json", "petstore", "a b.yml"])
def test_a_file_is_a_contract_under_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(contract("https://api.plants.test/v1"))
    assert run(tmp_path, name) == (
        0,
        f"""\
checked       {name}
root domain   api.plants.test (servers[0] is there)
server URL    https://api.plants.test/v1 (servers[0] is the first entry on api.plants.test or below
              it)
contract      {name}

{verdicts(NOTHING, "would accept it", NOTHING)}""",
    )


def test_a_contract_without_servers_is_refused_for_actions_and_let_pass_by_the_installer(
    tmp_path: Path,
) -> None:
    parts = Parts()
    del parts.contract["servers"]
    parts.write(tmp_path)
    code, output = run(tmp_path, "--origin", ORIGIN)
    assert code == 1
    assert output.split("\n\n")[1:] == [
        """\
error S02 (actions), warning (plugin)  openapi.yaml:1:1
  "servers" is missing or empty.
  plugin: warning: written, but 17 % of contracts of approved plugins did otherwise
  actions: error: strict readers refuse it, and an Action calls the address of servers[0]
  instead: Write the URL of your API there.
  sources: GS""",
        """\
sources
  GS  platform.openai.com/docs/plugins/getting-started (2023, retired)""",
        verdicts("would accept it, 1 warning", "would refuse it: 1 error", NOTHING),
    ]


def test_a_logo_is_quoted_as_the_file_has_it(tmp_path: Path) -> None:
    parts = Parts(missing={"logo.png"})
    parts.manifest["logo_url"] = "PLUGIN_HOSTNAME/logo.png"
    parts.write(tmp_path)
    _, output = run(tmp_path, "--for", "plugin")
    told = (
        'not looked at: the logo: logo_url names "PLUGIN_HOSTNAME/logo.png", and no file here is it'
    )
    assert told in output.splitlines()


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("plants.test", "api.url is there"),
        ("www.plants.test", "api.url is there"),
        (
            "api.plants.test",
            "a guess, because api.url is there; --origin says it for certain",
        ),
    ],
)
def test_an_origin_that_is_guessed_from_a_sub_domain_is_called_a_guess(
    tmp_path: Path, host: str, reason: str
) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(MANIFEST | {"api": {"type": "openapi", "url": f"https://{host}/a"}}))
    _, output = run(tmp_path, "manifest.json", "--for", "plugin")
    assert output.splitlines()[1] == f"root domain   {host.removeprefix('www.')} ({reason})"
    _, output = run(tmp_path, "manifest.json", "--origin", ORIGIN)
    assert output.splitlines()[1] == "root domain   todo.plants.test"
