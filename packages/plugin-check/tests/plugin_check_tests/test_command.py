"""`plugin-check` as a person types it: sources, options, exit codes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin_check import HOSTS, check
from plugin_check.command import check_command
from plugin_check.show.table import rules_table

from .parts import ORIGIN

README = Path(__file__).parents[2] / "README.md"


def run(default: Path, *words: str, given: str = "", **variables: str) -> Result:
    command = check_command(default, "the current folder")
    return CliRunner(env={"NO_COLOR": "", **variables}).invoke(command, words, input=given)


def test_a_folder_that_hosts_accept_ends_in_0(plants: Path) -> None:
    result = run(Path("/nowhere"), str(plants), "--origin", ORIGIN)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-3:] == [
        "ChatGPT's plugin installer of 2023  would accept it",
        "GPT Actions                         would accept it",
        "OpenAI plugins over MCP             nothing here for this host",
    ]


def test_a_trailing_comma_is_shown_with_its_line_and_ends_in_1(broken: Path) -> None:
    result = run(Path("/nowhere"), str(broken))
    assert (result.exit_code, result.stderr) == (1, "")
    assert "error M02 (plugin)  ai-plugin.json:" in result.stdout


def test_without_a_source_the_default_is_checked(broken: Path) -> None:
    assert run(broken).stdout == run(Path("/nowhere"), str(broken)).stdout


@pytest.mark.parametrize("source", ["/no/such/folder", "http://127.0.0.1:1", "ftp://x", "http://"])
def test_what_cannot_be_looked_at_ends_in_2_and_says_why(source: str) -> None:
    result = run(Path("/nowhere"), source)
    assert result.exit_code == 2
    assert "not looked at: " in result.stdout
    assert "would accept it" not in result.stdout


def test_warnings_end_in_0_and_with_strict_in_1(advised: Path) -> None:
    words = (str(advised), "--origin", ORIGIN)
    assert run(Path("/nowhere"), *words).exit_code == 0
    strict = run(Path("/nowhere"), *words, "--strict")
    assert (strict.exit_code, "warning L03 (plugin)" in strict.stdout) == (1, True)


def test_strict_does_not_mind_a_clean_plugin(plants: Path) -> None:
    assert run(plants, "--origin", ORIGIN, "--strict").exit_code == 0


@pytest.mark.parametrize(
    ("words", "hosts"),
    [
        ((), ["plugin", "actions", "mcp"]),
        (("--for", "mcp"), ["mcp"]),
        (("--for", "mcp,plugin"), ["plugin", "mcp"]),
        (("--for", "actions", "--for", " plugin , actions"), ["plugin", "actions"]),
    ],
)
def test_hosts_can_be_chosen(plants: Path, words: tuple[str, ...], hosts: list[str]) -> None:
    result = run(plants, "--json", *words)
    assert json.loads(result.stdout)["hosts"] == hosts


def test_several_sources_are_reported_one_after_another(plants: Path, broken: Path) -> None:
    sources = (str(plants), str(broken), "/no/such/folder")
    alone = [run(Path("/nowhere"), source) for source in sources]
    together = run(Path("/nowhere"), *sources)
    assert together.stdout == "\n".join(each.stdout for each in alone)
    assert [each.exit_code for each in (*alone, together)] == [0, 1, 2, 1]
    assert run(Path("/nowhere"), str(plants), "/no/such/folder").exit_code == 2


def test_several_reports_as_json_are_a_list(plants: Path, broken: Path) -> None:
    sources = (str(plants), str(broken))
    alone = [json.loads(run(Path("/nowhere"), source, "--json").stdout) for source in sources]
    assert json.loads(run(Path("/nowhere"), *sources, "--json").stdout) == alone


def test_several_reports_as_annotations_name_their_source(plants: Path, broken: Path) -> None:
    lines = run(Path("/nowhere"), str(plants), str(broken), "--github").stdout.splitlines()
    assert [line for line in lines if line.endswith(":")] == [f"{plants}:", f"{broken}:"]


def test_annotations_mark_a_file_that_was_given_itself(
    broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(broken.parent)
    result = run(Path("/nowhere"), "broken/ai-plugin.json", "--github")
    assert result.stdout.startswith("::error file=broken/ai-plugin.json,line=")


def test_json_is_the_whole_output(broken: Path) -> None:
    result = run(Path("/nowhere"), str(broken), "--json", "--for", "plugin")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["exit_code"], result.stderr) == (1, 1, "")
    assert [(each["rule"], each["place"]["document"]) for each in document["findings"]] == [
        ("M02", "ai-plugin.json")
    ]


def test_annotations_are_relative_to_where_the_command_runs(
    broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(broken.parent)
    result = run(Path("/nowhere"), "broken", "--github")
    assert result.stdout.startswith("::error file=broken/ai-plugin.json,line=")


def test_rules_prints_the_table_and_looks_at_nothing() -> None:
    result = run(Path("/nowhere"), "--rules")
    assert (result.exit_code, result.stdout) == (0, rules_table())


ADDRESS = "https://todo.example.org"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--for", "chatgpt"), "the hosts are plugin, actions, mcp."),
        (("--for", ""), "the hosts are plugin, actions, mcp."),
        (("--for", "plugin,"), "the hosts are plugin, actions, mcp."),
        (("--param", "username"), "write it as NAME=VALUE."),
        (("--param", "=ann"), "write it as NAME=VALUE."),
        (("--param", "a=1", "--param", "a=2"), "each name may have one value."),
        (("--token-file", "/no/such/file"), "the file cannot be read as text."),
        (("--token-file", "-"), "the file must hold the credential, one line of ASCII."),
        (("--origin", "todo.example.org"), "write an http or https address."),
        (("--origin", "https://todo.example.org/x"), "write scheme, host and port alone"),
        (("--origin", "https://a:b@todo.example.org"), "write scheme, host and port alone"),
        (("--mcp", "ftp://todo.example.org"), "write an http or https address."),
        (("",), "SOURCE is empty."),
        (("--mcp", "https://todo.example.org/mcp"), "--mcp needs an address"),
        (("--json", "--github"), "--json and --github exclude each other."),
        (("--probe",), "--probe needs an address"),
        ((ADDRESS, "--origin", ADDRESS), "--origin is for a folder"),
        ((ADDRESS, "--param", "username=ann"), "needs --probe."),
        ((ADDRESS, "plants", "--probe"), "--probe needs an address"),
        ((ADDRESS, "plants", "--origin", ADDRESS), "--origin is for a folder"),
        ((ADDRESS, ""), "SOURCE is empty."),
    ],
)
def test_words_that_make_no_sense_end_in_2_with_a_sentence(
    plants: Path, words: tuple[str, ...], sentence: str
) -> None:
    result = run(plants, *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in " ".join(re.sub("[│╭╰─╮╯]", " ", result.stderr).split())


@pytest.mark.parametrize("content", ["", "\n", "two\nlines", "b\x1bll", "päss"])
def test_a_credential_that_fits_no_header_is_refused_and_not_shown(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "token").write_text(content, encoding="utf-8")
    words = (ADDRESS, "--probe", "--token-file", str(tmp_path / "token"))
    result = run(tmp_path, *words)
    assert result.exit_code == 2
    assert "one line of ASCII" in result.stderr
    assert not content.strip() or content.split()[0] not in result.stderr


def test_a_credential_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe\xfd")
    result = run(tmp_path, ADDRESS, "--probe", "--token-file", str(tmp_path / "token"))
    assert (result.exit_code, "cannot be read as text" in result.stderr) == (2, True)


def test_every_option_is_in_the_docs_and_the_reverse() -> None:
    text = README.read_text()
    command = check_command(Path(), "the current folder")
    options = {name for each in command.params for name in each.opts if name.startswith("--")}
    described = set(re.findall(r"^\| `(--[a-z-]+)", text, re.MULTILINE))
    assert described == options - {"--no-colour"}


def test_the_command_reports_what_the_function_does(plants: Path) -> None:
    printed = json.loads(run(plants, "--json", "--origin", ORIGIN).stdout)
    report = check(plants, origin=ORIGIN, hosts=HOSTS)
    assert printed["exit_code"] == report.exit_code
    assert len(printed["findings"]) == len(report.findings)


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`plugin-check` in a folder, as a person types it."""
    return subprocess.run(
        [sys.executable, "-m", "plugin_check", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_command_without_words_checks_the_current_folder(broken: Path) -> None:
    ran = command(broken)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "error M02 (plugin)  ai-plugin.json:" in ran.stdout


def test_the_first_word_is_a_verb_or_else_begins_a_check(plants: Path) -> None:
    plants.rename(plants.parent / "package")
    for words in (("./package", "--json"), ("--json", "package")):
        assert json.loads(command(plants.parent, *words).stdout)["source"].endswith("package")
    verb = command(plants.parent, "package")
    assert (verb.returncode, "Missing argument 'DIRECTORY'" in verb.stderr) == (2, True)


def test_the_help_names_the_verb(tmp_path: Path) -> None:
    shown = command(tmp_path, "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "plugin-check package DIRECTORY" in shown.stdout
