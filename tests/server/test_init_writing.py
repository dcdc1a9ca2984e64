"""`plugin-server init` writes all or nothing, and says what its questions take."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .made_projects import files_of, init, made

PROMPTS = """\
Name, at most 20 characters [My notes]: \
Description, at most 100 characters [Keep notes: list, read, add, change and delete them.]: \
Contact, an e-mail address [support@example.com]: """


def on_a_terminal(folder: Path, typed: bytes, *words: str) -> tuple[int, str]:
    """The exit code of `plugin-server init`, and what it said."""
    ours, theirs = os.openpty()
    code = "from plugin_server.__main__ import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "init", *words],
        cwd=folder,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.close(theirs)
    os.write(ours, typed)
    output, _ = process.communicate(timeout=60)
    os.close(ours)
    return process.returncode, output


def test_the_questions_say_what_they_take(tmp_path: Path) -> None:
    code, output = on_a_terminal(tmp_path, b"\n\n\n", "my-notes")
    assert (code, output.partition("my-notes: ")[0]) == (0, PROMPTS)


@pytest.mark.parametrize("options", [(), ("--from-openapi", "contract.yaml")])
def test_a_file_in_the_way_is_told_before_any_question(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    (tmp_path / "contract.yaml").write_text(
        "{openapi: 3.0.0, info: {title: A, version: '1'}, paths: {/a: {get: {}}}}"
    )
    place = "my-notes/my_notes/store.py"
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text("mine")
    told = f"plugin-server: {place} is there already, and is not empty: nothing was written\n"
    assert on_a_terminal(tmp_path, b"\n\n\n", "my-notes", *options) == (2, told)


def test_an_example_s_table_is_not_in_the_way_of_a_contract(tmp_path: Path) -> None:
    contract = tmp_path / "contract.yaml"
    contract.write_text("{openapi: 3.0.0, info: {title: A, version: '1'}, paths: {/a: {get: {}}}}")
    table = tmp_path / "my-notes/my_notes/migrations/0001_notes.sql"
    table.parent.mkdir(parents=True)
    table.write_text("mine")
    made(tmp_path / "my-notes", "--from-openapi", str(contract))
    assert table.read_text() == "mine"
    (tmp_path / "yours/yours").mkdir(parents=True)
    (tmp_path / "yours/yours/models.py").write_text("mine")
    ran = init(tmp_path / "yours", "--from-openapi", str(contract))
    assert (ran.exit_code, len(files_of(tmp_path / "yours"))) == (2, 1)


@pytest.mark.parametrize("there", [[], ["new"], ["new", "new/my-notes", "new/my-notes/README.md"]])
def test_what_was_written_is_taken_back_where_a_later_file_cannot_be(
    tmp_path: Path, there: list[str]
) -> None:
    """A process whose files may have few bytes stands in for a disk that is full."""
    for each in there:
        (tmp_path / each).touch() if each.endswith(".md") else (tmp_path / each).mkdir()
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000));"
        "from plugin_server.__main__ import main; main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, "init", "new/my-notes"],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    told = "cannot be written: File too large: nothing was written"
    assert (ran.returncode, ran.stderr.splitlines()[-1].partition(": ")[2]) == (
        2,
        f"new/my-notes/openapi.yaml: {told}",
    )
    assert sorted(tmp_path.rglob("*")) == [tmp_path / each for each in there]
    assert [each for each in tmp_path.rglob("*.md") if each.stat().st_size] == []


def test_the_settings_of_a_deployment_are_for_its_owner_alone(tmp_path: Path) -> None:
    files = files_of(made(tmp_path / "my-notes"))
    command = "install -m 600 .env.example .env"
    assert f"`{command}`" in files["README.md"]
    assert files[".env.example"].startswith(f"# {command}, ")
    assert "cp .env" not in str(files)
