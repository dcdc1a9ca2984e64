"""`plugin-server init`: a project that is green at once, and nothing of others touched."""

import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from plugin_check import check
from plugin_server.__main__ import main

from .made_projects import BINARY, files_of, imported, init, made, run_tests

FILES, LINES = 15, 450
TOLD = """--name is not given: it is 'My notes'
--description is not given: it is 'Keep notes: list, read, add, change and delete them.'
--contact is not given: it is 'support@example.com'
"""


def test_a_project_has_few_files_and_lines_and_says_how_many(tmp_path: Path) -> None:
    ran = init(tmp_path / "my-notes")
    files = files_of(tmp_path / "my-notes")
    lines = sum(text.count("\n") for text in files.values())
    assert len(files) + 1 == FILES
    assert lines < LINES
    said = f"{tmp_path}/my-notes: {FILES} files, {lines} lines. Read README.md next.\n"
    assert (ran.exit_code, ran.output) == (0, TOLD + said)
    assert not [name for name, text in files.items() if re.search(r"@[a-z_]+@", text)]


def test_its_own_tests_pass(tmp_path: Path) -> None:
    project = made(tmp_path / "my-notes")
    told = run_tests(project, "-k", "not postgres")
    assert re.search(r"^\d\d passed", told.splitlines()[-1]), told


def test_hosts_accept_it_without_a_warning(tmp_path: Path) -> None:
    report = check(made(tmp_path / "my-notes"), origin="https://my-notes.example.org")
    assert not report.errors
    # Nobody who calls it publishes it with that address.
    assert [
        each.rule
        for each in report.findings
        if each.level != "note" and "example" not in each.message
    ] == []


def test_the_options_are_what_people_and_models_read(tmp_path: Path) -> None:
    about = 'Say "hi": it\'s \\ a # test, für dich'
    project = made(
        tmp_path / "My_Plugin.v2",
        *("--name", "Hi: there #1", "--description", about, "--contact", "me@example.org"),
    )
    manifest = json.loads((project / "ai-plugin.json").read_text())
    assert manifest["name_for_human"] == "Hi: there #1"
    assert manifest["name_for_model"] == "mypluginv2"
    assert manifest["description_for_human"] == about
    assert manifest["contact_email"] == "me@example.org"
    assert (project / "my_plugin_v2/routes.py").is_file()
    report = check(project, origin="https://hi.example.org")
    assert not report.errors
    with imported(project) as package:
        assert package.Settings.program == "my-plugin-v2"


@pytest.mark.parametrize("name", ["My notes", "Öl", "日本", "1", "z"])
def test_the_logo_is_what_hosts_want(tmp_path: Path, name: str) -> None:
    logo = (made(tmp_path / "my-notes", "--name", name) / BINARY).read_bytes()
    assert logo.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", logo[16:24]) == (512, 512)
    assert len(logo) < 10_000


@pytest.mark.parametrize(
    ("directory", "options", "sentence"),
    [
        ("good", ("--contact", "me@example.org\n"), "the contact must be an e-mail address"),
        ("1st", (), "the directory's name '1st' cannot be that of a command"),
        ("日本", (), "cannot be that of a command"),
        ("json", (), "a package of Python cannot be called json"),
        ("class", (), "a package of Python cannot be called class"),
        ("plugin-server", (), "a package of Python cannot be called plugin_server"),
        ("a" * 51, (), "has more than 50 characters"),
        ("good", ("--name", "A name of more than twenty"), "hosts take at most 20"),
        ("good", ("--name", " "), "the name is empty"),
        ("good", ("--name", "a\nb"), "the name holds a character that cannot be printed"),
        ("good", ("--description", "x" * 101), "hosts take at most 100"),
        ("good", ("--contact", "nobody"), "the contact must be an e-mail address"),
        ("good", ("--contact", 'a"@b.c'), "the contact must be an e-mail address"),
    ],
)
def test_a_name_that_cannot_be_is_told(
    tmp_path: Path, directory: str, options: tuple[str, ...], sentence: str
) -> None:
    ran = init(tmp_path / directory, *options)
    assert ran.exit_code == 2
    assert ran.output.splitlines()[-1].startswith("plugin-server: ")
    assert sentence in ran.output
    assert not (tmp_path / directory).exists()


def test_a_directory_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(main, ["init", ""])
    told = "plugin-server: DIRECTORY is empty: say where the project goes\n"
    assert (ran.exit_code, ran.output, list(tmp_path.iterdir())) == (2, told, [])


def test_options_may_stand_before_the_directory(tmp_path: Path) -> None:
    ran = init(Path("--name"), "Mine", str(tmp_path / "mine"))
    assert ran.exit_code == 0
    assert json.loads((tmp_path / "mine/ai-plugin.json").read_text())["name_for_human"] == "Mine"


def test_the_directory_of_ones_own_is_good_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my-notes/.git").mkdir(parents=True)
    (tmp_path / "my-notes/README.md").touch()
    monkeypatch.chdir(tmp_path / "my-notes")
    assert init(Path()).exit_code == 0
    assert (tmp_path / "my-notes/README.md").read_text().startswith("# My notes")


@pytest.mark.parametrize("name", ["openapi.yaml", ".gitignore", "my_notes/store.py"])
def test_a_file_that_is_not_empty_stays_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    project = tmp_path / "my-notes"
    (project / name).parent.mkdir(parents=True)
    (project / name).write_text("mine")
    ran = init(project)
    told = f"plugin-server: {project / name} is there already, and is not empty: nothing was"
    assert (ran.exit_code, ran.output.splitlines()[-1]) == (2, f"{told} written")
    assert files_of(project) == {name: "mine"}


def test_what_is_no_directory_or_leads_elsewhere_stays(tmp_path: Path) -> None:
    (tmp_path / "my-notes").write_text("")
    assert "and is no directory" in init(tmp_path / "my-notes").output
    (tmp_path / "other").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/tests").symlink_to(tmp_path / "other")
    ran = init(tmp_path / "mine")
    assert (ran.exit_code, list((tmp_path / "other").iterdir())) == (2, [])
    assert "mine/tests is a link to another place" in ran.output
    (tmp_path / "third").mkdir()
    (tmp_path / "third/README.md").symlink_to(tmp_path / "nothing")
    assert init(tmp_path / "third").exit_code == 2
    assert not (tmp_path / "nothing").exists()


def test_on_a_terminal_what_no_option_gives_is_asked_for(tmp_path: Path) -> None:
    """A name that hosts refuse is asked for again; an empty line takes the one that is shown."""
    ours, theirs = os.openpty()
    code = "from plugin_server.__main__ import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "init", "my-notes", "--contact", "me@example.org"],
        cwd=tmp_path,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.close(theirs)
    os.write(ours, b"A name of more than twenty\nMine\n\n")
    output, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0, output
    manifest = json.loads((tmp_path / "my-notes/ai-plugin.json").read_text())
    assert manifest["name_for_human"] == "Mine"
    assert manifest["description_for_human"].startswith("Keep notes")
    assert "hosts take at most 20" in output
